"""Notes: drafted, signed and sealed, late where they are late; two windows never overwrite each other."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import trail
from audit.models import Event, Override
from audit.rules.findings import Refused
from chart.actions import write_note
from chart.actions.drafts import Typed, copy_forward, drop_draft, save_draft
from chart.models import Note, NoteDraft, NotePolicy
from chart.note_templates import shipped
from chart.queries.note_form import choices, note_form
from chart.queries.notes import thread
from chart.rules.notes import LONGEST_NOTE
from programs.models import Client, Episode, Placement
from staff.access import NotAllowed
from staff.models import Signature
from tests.factories import World, admit, client
from tests.factories.notes import SOAP, saved, signed, which
from tests.factories.plans import signed as signed_plan

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def sara(here: World) -> Episode:
    return admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0])


def told(act: Any, *args: Any, **asked: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        act(*args, **asked)
    return [finding.code for finding in refused.value.findings]


# Without a draft: what other acts say in a chart


def test_a_note_is_signed_as_it_is_written(here: World, sara: Episode) -> None:
    made = write_note(
        by=here.on_unit,
        at=here.now,
        episode_id=sara.pk,
        kind="nursing",
        text=" Slept well. ",
        about_at=here.now - 3 * HOUR,
    )
    assert (made.text, made.by, made.written_at, made.site) == ("Slept well.", here.on_unit, here.now, here.site)
    assert Event.objects.get(verb="chart.write_note").client_id == sara.client_id
    assert Signature.objects.get().content_sha256 == made.sha256 == made.digest()


@pytest.mark.parametrize(
    ("text", "kind", "hours", "expected"),
    [
        (" ", "nursing", 0, "chart.note_empty"),
        ("x" * (LONGEST_NOTE + 1), "nursing", 0, "chart.note_long"),
        ("Slept.", "poem", 0, "chart.note_kind"),
        ("Slept.", "nursing", 1, "chart.note_future"),
        ("Slept.", "nursing", -24 * 11, "chart.note_before"),
    ],
)
def test_a_note_that_cannot_be_is_refused(
    here: World, sara: Episode, text: str, kind: str, hours: int, expected: str
) -> None:
    asked: dict[str, Any] = {
        "episode_id": sara.pk,
        "kind": kind,
        "text": text,
        "about_at": here.now + timedelta(hours=hours),
    }
    assert told(write_note, by=here.on_unit, at=here.now, **asked) == [expected]


def test_who_may_not_write_is_told_who_may(here: World, sara: Episode) -> None:
    with pytest.raises(NotAllowed):
        write_note(by=here.intake, at=here.now, episode_id=sara.pk, kind="nursing", text="Slept well.")
    with pytest.raises(NotAllowed):
        saved(here.intake, here.now, sara)


# Drafts


def test_two_windows_never_overwrite_each_other(here: World, sara: Episode) -> None:
    first = saved(here.facilitator, here.now, sara, "Met at ten.")
    saved(here.facilitator, here.now + HOUR, sara, "Met at ten. Calm.", draft=first)
    with pytest.raises(Refused, match="saved from another window at 11:42 on 18 Nov") as refused:
        saved(here.facilitator, here.now + 2 * HOUR, sara, "Met at ten. Angry.", draft=first)
    assert refused.value.findings[0].detail["version"] == 2
    assert NoteDraft.objects.get().fields == {"text": "Met at ten. Calm."}
    assert told(saved, here.facilitator, here.now, sara, "From the very first window") == ["note.changed"]
    assert Event.objects.filter(verb="chart.begin_note").count() == 1  # the saves between are no record


def test_the_same_words_again_change_nothing(here: World, sara: Episode) -> None:
    first = saved(here.facilitator, here.now, sara)
    again = saved(here.facilitator, here.now + HOUR, sara, "Slept well.")
    assert (again.pk, again.version, again.saved_at) == (first.pk, 1, here.now)


def test_two_people_write_each_their_own_and_are_told_of_the_other(here: World, sara: Episode) -> None:
    saved(here.facilitator, here.now, sara, "Mine.")
    saved(here.cofacilitator, here.now, sara, "Hers.")
    form = note_form(sara.client, sara, here.site, "narrative", here.cofacilitator, here.now)
    assert form is not None and form.draft is not None
    assert (form.draft.fields, form.others) == ({"text": "Hers."}, (("LPC Danso", here.now),))
    signed(here.cofacilitator, here.now, sara, "Hers.", draft=form.draft)
    assert NoteDraft.objects.get(note=None).fields == {"text": "Mine."}


def test_a_draft_that_is_put_away_leaves_the_lists_and_a_new_one_can_begin(here: World, sara: Episode) -> None:
    first = saved(here.facilitator, here.now, sara)
    drop_draft(by=here.facilitator, at=here.now, draft_id=first.pk)
    assert [each.draft for each in choices(here.site, sara, here.facilitator)] == [None] * len(shipped())
    assert told(saved, here.facilitator, here.now, sara, "More", draft=first) == ["note.changed"]
    assert saved(here.facilitator, here.now, sara, "New").pk != first.pk


def test_pasted_markup_is_text(here: World, sara: Episode) -> None:
    pasted = "<b>Bold</b>\r\n<script>alert(1)</script>\x00\u202e"
    made = signed(here.facilitator, here.now, sara, pasted)
    assert made.text == "<b>Bold</b>\n<script>alert(1)</script>"


def test_a_twenty_thousand_word_note_is_signed_and_a_longer_one_is_never_lost(here: World, sara: Episode) -> None:
    made = signed(here.facilitator, here.now, sara, "hello " * 20_000)
    assert len(made.text) == 119_999
    longer = "hello " * 40_000
    draft = saved(here.facilitator, here.now, sara, longer)
    with pytest.raises(Refused, match=r"has 240,000 characters, and a note holds 150,000\. Your draft is kept"):
        signed(here.facilitator, here.now, sara, longer, draft=draft)
    assert len(NoteDraft.objects.get(note=None).fields["text"]) == 240_000
    assert told(saved, here.facilitator, here.now, sara, "hello " * 120_000, draft=draft) == ["note.draft_long"]


# Signing


def test_a_signed_note_has_its_template_its_times_its_objectives_and_a_seal(here: World, sara: Episode) -> None:
    plan = signed_plan(sara, here.facilitator, here.now)
    objective = plan.objectives.order_by("pk").first()
    assert objective is not None
    made = signed(
        here.facilitator, here.now, sara, SOAP, "soap", began=here.now - HOUR, ended=here.now - HOUR / 4,
        objectives=(objective.pk,),
    )  # fmt: skip
    assert made.text.startswith("Subjective\nSays the week was hard.\n\nObjective\nTired")
    assert (made.template_version, made.about_at, made.late, made.kind) == (1, here.now - HOUR, False, "progress")
    found = thread(sara.client, made.pk)
    assert found is not None
    words = found.newest
    assert (words.minutes, words.objectives, words.whole) == (45, (objective.text,), True)
    assert [(name.by, name.meaning) for name in words.names] == [("Kofi Danso, LPC", "Author")]


def test_what_is_missing_is_told_and_the_reasons_stand_on_the_note(here: World, sara: Episode) -> None:
    signed_plan(sara, here.facilitator, here.now)
    words = SOAP | {"assessment": " ", "risk": ""}
    assert told(signed, here.facilitator, here.now, sara, words, "soap") == [
        "note.field_missing", "note.time_missing", "note.risk_missing", "note.goal_missing",
    ]  # fmt: skip
    words = SOAP | {"risk": ""}
    times: dict[str, Any] = {"began": here.now - HOUR, "ended": here.now}
    assert told(signed, here.facilitator, here.now, sara, words, "soap", **times) == [
        "note.risk_missing", "note.goal_missing",
    ]  # fmt: skip
    reasons = {"note.risk_missing": "The nurse asked an hour before.", "note.goal_missing": "A talk about the room."}
    made = signed(here.facilitator, here.now, sara, words, "soap", reasons=reasons, **times)
    assert [each["reason"] for each in made.overrides] == list(reasons.values())
    assert set(Override.objects.values_list("code", flat=True)) == set(reasons)
    assert made.digest() == made.sha256


def test_a_note_in_the_future_is_refused(here: World, sara: Episode) -> None:
    assert told(signed, here.facilitator, here.now, sara, about=here.now + HOUR) == ["chart.note_future"]


def test_another_clients_objective_is_refused(here: World, sara: Episode) -> None:
    other = admit(here, client(here, "Ben", "Tran"), here.iop)
    foreign = signed_plan(other, here.facilitator, here.now).objectives.first()
    assert foreign is not None
    assert told(signed, here.facilitator, here.now, sara, objectives=(foreign.pk,)) == ["note.objective_other"]


def test_signing_twice_with_one_key_signs_once_and_another_window_is_told(here: World, sara: Episode) -> None:
    draft, key = saved(here.facilitator, here.now, sara), uuid4()
    made = signed(here.facilitator, here.now, sara, draft=draft, key=key)
    assert signed(here.facilitator, here.now + HOUR, sara, draft=draft, key=key) == made
    with pytest.raises(Refused, match="You signed this note at 10:42 on 18 Nov") as refused:
        signed(here.facilitator, here.now + HOUR, sara, "Other words", draft=draft)
    assert refused.value.findings[0].detail["note"] == made.pk
    assert Note.objects.count() == 1


def test_a_process_that_is_killed_while_signing_leaves_the_draft(
    here: World, sara: Episode, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, key = saved(here.facilitator, here.now, sara), uuid4()

    def killed(*args: Any, **kwargs: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(trail, "record", killed)
        with pytest.raises(SystemExit):
            signed(here.facilitator, here.now, sara, draft=draft, key=key)
    assert not Note.objects.exists() and NoteDraft.objects.get().note is None
    assert signed(here.facilitator, here.now, sara, draft=draft, key=key).draft == draft


# Late entries


def test_a_draft_of_a_client_discharged_yesterday_is_signed_as_a_late_entry(here: World, sara: Episode) -> None:
    gone = here.now - 20 * HOUR
    draft = saved(here.facilitator, gone - 10 * HOUR, sara, "Met before the discharge.")
    Placement.objects.filter(episode=sara).update(ended_at=gone)
    Episode.objects.filter(pk=sara.pk).update(ended_at=gone)
    about = gone - 10 * HOUR
    with pytest.raises(Refused, match="It happened 30 hours ago, so this is a late entry") as refused:
        signed(here.facilitator, here.now, sara, draft.fields, draft=draft, about=about)
    assert refused.value.findings[0].code == "note.late_entry"
    why: dict[str, Any] = {"note.late_entry": "The tablet was away."}
    made = signed(here.facilitator, here.now, sara, draft.fields, draft=draft, about=about, reasons=why)
    assert (made.late, made.reason, made.about_at, made.written_at) == (True, "The tablet was away.", about, here.now)
    assert not signed(here.facilitator, here.now, sara, "A call after the discharge.", about=here.now - HOUR).late


def test_what_is_late_is_the_organisations_to_say(here: World, sara: Episode) -> None:
    NotePolicy.objects.create(
        organisation=here.site.organisation, late_hours=48, written_at=here.now - DAY, by=here.director
    )
    assert not signed(here.facilitator, here.now, sara, about=here.now - 30 * HOUR).late


def test_who_worked_where_the_client_was_then_still_writes_about_it(here: World, sara: Episode) -> None:
    Placement.objects.filter(episode=sara).update(ended_at=here.now - HOUR)
    hillcrest = here.iop
    hillcrest.site = here.other_site
    hillcrest.save()
    Placement.objects.create(episode=sara, program=hillcrest, kind="treatment", level="2.1", started_at=here.now - HOUR)
    made = write_note(
        by=here.on_unit,
        at=here.now,
        episode_id=sara.pk,
        kind="nursing",
        text="Left calm.",
        about_at=here.now - 2 * HOUR,
    )
    assert made.site == here.site
    with pytest.raises(NotAllowed):
        write_note(by=here.on_unit, at=here.now, episode_id=sara.pk, kind="nursing", text="Called.")


# Copy-forward


def test_copied_words_are_marked_until_they_are_edited_and_the_signed_note_says_so(here: World, sara: Episode) -> None:
    times: dict[str, Any] = {"began": here.now - 2 * HOUR, "ended": here.now - HOUR}
    old = signed(here.facilitator, here.now - HOUR, sara, SOAP, "soap", **times)
    begun = saved(here.facilitator, here.now, sara, {"plan": "Call the sister."}, "soap")
    draft = copy_forward(by=here.facilitator, at=here.now, which=which(sara, "soap", begun), note_id=old.pk)
    assert draft.fields == SOAP | {"plan": "Call the sister."}
    words = draft.fields | {"subjective": "Says it is better.", "objective": "Rested."}
    times = {"began": here.now - HOUR, "ended": here.now}
    assert told(signed, here.facilitator, here.now, sara, words, "soap", draft, **times) == ["note.copied"]
    made = signed(
        here.facilitator,
        here.now,
        sara,
        words,
        "soap",
        draft,
        reasons={"note.copied": "Asked again: the same."},
        **times,
    )
    copied = {each["name"]: each["copied"] for each in made.fields}
    assert copied == {"subjective": False, "objective": False, "assessment": True, "risk": True, "plan": False}
    assert made.copied_from == old


def test_only_a_standing_note_of_the_same_client_and_template_is_brought_forward(here: World, sara: Episode) -> None:
    other: Client = client(here, "Ben", "Tran")
    foreign = signed(here.facilitator, here.now, admit(here, other, here.iop), "Of Ben.")
    asked: dict[str, Any] = {"by": here.facilitator, "at": here.now, "which": which(sara)}
    assert told(copy_forward, **asked, note_id=foreign.pk) == ["note.copy_other"]
    assert told(copy_forward, **asked, note_id=0) == ["note.copy_other"]


def test_the_form_takes_as_many_queries_with_much_as_with_nothing(here: World, sara: Episode) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert note_form(sara.client, sara, here.site, "narrative", here.facilitator, here.now)
        return len(found)

    few = count()
    for number in range(5):
        signed(here.facilitator, here.now, sara, f"Note {number}")
    saved(here.cofacilitator, here.now, sara)
    signed_plan(sara, here.facilitator, here.now)
    assert count() <= few + 1 <= 9  # the plan's statuses are asked once there are objectives


def test_a_save_keeps_only_fields_of_the_template(here: World, sara: Episode) -> None:
    typed = Typed({"text": "Slept.", "poem": "Roses"}, {"about": "2025-11-18T09:", "other": "x"})
    draft = save_draft(by=here.facilitator, at=here.now, which=which(sara), typed=typed)
    assert (draft.fields, draft.times) == ({"text": "Slept."}, {"about": "2025-11-18T09:"})
    assert told(saved, here.facilitator, here.now, sara, "x", "haiku") == ["note.no_template"]
