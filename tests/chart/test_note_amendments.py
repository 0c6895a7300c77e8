"""What is still done with a signed note: addenda, corrections, retractions, co-signatures. What was written stays."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from audit.rules.findings import Refused
from chart.actions.amendments import amend
from chart.actions.note_signing import cosign_note
from chart.models import Note, NoteCosign, NoteDraft, NoteObjective, NotePolicy, NoteTemplate
from chart.queries.note_queue import waiting
from chart.queries.notes import standing, thread
from programs.models import Episode
from staff.models import Person, Signature
from tests.factories import World, admit, client
from tests.factories.notes import SOAP, saved, signed
from tests.factories.plans import signed as signed_plan

HOUR = timedelta(hours=1)


@pytest.fixture
def sara(here: World) -> Episode:
    return admit(here, client(here, "Sara", "Amari"), here.residential, here.beds[0])


@pytest.fixture
def slept(here: World, sara: Episode) -> Note:
    return signed(here.facilitator, here.now, sara, "Slept well.")


def amended(by: Person, at: datetime, note: Note, kind: str, text: str = "", **more: Any) -> Note:
    return amend(
        by=by, at=at, note_id=note.pk, kind=kind, text=text, reason=more.pop("reason", "Read the log."), **more
    )


def told(act: Any, *args: Any, **asked: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        act(*args, **asked)
    return [finding.code for finding in refused.value.findings]


def stand() -> list[str]:
    return list(standing(Note.objects.all()).order_by("pk").values_list("text", flat=True))


def test_a_correction_stands_for_the_words_it_replaces_and_both_are_read(here: World, slept: Note) -> None:
    newer = amended(here.facilitator, here.now + HOUR, slept, "correction", "Slept badly.")
    assert stand() == ["Slept badly."]
    found = thread(slept.episode.client, slept.pk)
    assert found is not None
    assert [(words.parts[0].text, words.stands) for words in found.chain] == [
        ("Slept well.", False), ("Slept badly.", True),
    ]  # fmt: skip
    assert (newer.reason, newer.about_at, newer.root) == ("Read the log.", slept.about_at, slept)
    assert Signature.objects.filter(subject_id=newer.pk).get().content_sha256 == newer.sha256


def test_an_amended_note_is_amended_by_its_newest_words(here: World, slept: Note) -> None:
    second = amended(here.facilitator, here.now, slept, "correction", "Slept badly.")
    assert told(amended, here.facilitator, here.now, slept, "correction", "Slept a little.") == ["amend.superseded"]
    third = amended(here.facilitator, here.now, second, "correction", "Slept a little.")
    assert (third.root, stand()) == (slept, ["Slept a little."])
    added = amended(here.cofacilitator, here.now, slept, "addendum", "Ate well.")  # to the note, whichever words stand
    assert added.adds_to == slept
    assert stand() == ["Slept a little.", "Ate well."]
    amended(here.cofacilitator, here.now, added, "correction", "Ate little.")
    found = thread(slept.episode.client, third.pk)
    assert found is not None
    assert [[words.parts[0].text for words in chain] for chain in found.additions] == [["Ate well.", "Ate little."]]


def test_the_fields_of_a_template_are_corrected_one_by_one(here: World, sara: Episode) -> None:
    old = signed(here.facilitator, here.now, sara, SOAP, "soap", began=here.now - HOUR, ended=here.now)
    newer = amended(here.facilitator, here.now, old, "correction", fields=SOAP | {"plan": "Meet on Monday."})
    assert newer.text.endswith("Plan\nMeet on Monday.") and newer.started_at == old.started_at
    assert told(
        amended, here.facilitator, here.now, newer, "correction", fields=SOAP | {"plan": "Meet on Monday."}
    ) == ["amend.same"]


def test_a_retraction_takes_the_note_and_its_addenda_out_of_working_views_never_out_of_the_record(
    here: World, slept: Note
) -> None:
    amended(here.cofacilitator, here.now, slept, "addendum", "Ate well.")
    second = amended(here.facilitator, here.now, slept, "correction", "Slept badly.")
    gone = amended(here.facilitator, here.now, second, "retraction", reason="Of another client.")
    assert stand() == []
    assert Note.objects.count() == 4
    found = thread(slept.episode.client, slept.pk)
    assert found is not None and found.retraction is not None
    assert (found.retraction.pk, found.retraction.reason) == (gone.pk, "Of another client.")
    assert [words.parts[0].text for words in found.chain] == ["Slept well.", "Slept badly."]
    for note, kind in ((slept, "addendum"), (second, "correction"), (gone, "addendum")):
        assert told(amended, here.facilitator, here.now, note, kind, "More.") == ["amend.retracted"]


def test_an_addendum_is_retracted_alone(here: World, slept: Note) -> None:
    added = amended(here.cofacilitator, here.now, slept, "addendum", "Of another client.")
    amended(here.cofacilitator, here.now, added, "retraction")
    assert stand() == ["Slept well."]
    assert amended(here.cofacilitator, here.now, slept, "addendum", "Ate well.").adds_to == slept


def test_who_did_not_write_it_adds_and_never_corrects(here: World, slept: Note) -> None:
    assert told(amended, here.cofacilitator, here.now, slept, "correction", "Slept badly.") == ["amend.not_author"]
    assert told(amended, here.cofacilitator, here.now, slept, "retraction") == ["amend.not_author"]
    assert amended(here.cofacilitator, here.now, slept, "addendum", "Ate well.").amendment == "addendum"
    assert amended(here.director, here.now, slept, "retraction").amendment == "retraction"


@pytest.mark.parametrize(
    ("kind", "text", "more", "expected"),
    [
        ("addendum", "Ate well.", {"reason": " "}, "amend.reason"),
        ("addendum", "Ate well.", {"reason": "x" * 401}, "amend.reason"),
        ("addendum", " ", {}, "amend.empty"),
        ("correction", "Slept well.", {}, "amend.same"),
        ("poem", "Roses", {}, "amend.kind"),
    ],
)
def test_an_amendment_that_cannot_be_is_refused(
    here: World, slept: Note, kind: str, text: str, more: dict[str, Any], expected: str
) -> None:
    assert expected in told(amended, here.facilitator, here.now, slept, kind, text, **more)


def test_an_addendum_about_what_is_long_past_is_a_late_entry_and_one_to_come_is_refused(
    here: World, slept: Note
) -> None:
    later = here.now + 48 * HOUR
    made = amended(here.cofacilitator, later, slept, "addendum", "Ate well.", about_at=here.now)
    assert (made.amendment, made.late, made.about_at, made.written_at) == ("late_entry", True, here.now, later)
    future: dict[str, Any] = {"about_at": later + HOUR}
    assert told(amended, here.cofacilitator, later, slept, "addendum", "Ate.", **future) == ["chart.note_future"]


# A supervisor's name


def test_a_provisional_credential_waits_for_a_supervisors_name(here: World, sara: Episode) -> None:
    note = signed(here.cofacilitator, here.now, sara)  # LSW
    [line] = waiting(here.director, here.site, here.now).to_cosign
    assert (line.note_id, line.due_at, line.late) == (note.pk, here.now + 72 * HOUR, False)
    assert waiting(here.director, here.site, here.now + 73 * HOUR).overdue == 1
    assert [line.note_id for line in waiting(here.cofacilitator, here.site, here.now).unsigned] == [note.pk]
    assert waiting(here.on_unit, here.site, here.now).count == 0  # an RN's name does not count
    assert told(cosign_note, by=here.cofacilitator, at=here.now, note_id=note.pk) == ["note.cosign_own"]
    assert told(cosign_note, by=here.on_unit, at=here.now, note_id=note.pk) == ["note.cosign_credential"]
    cosign_note(by=here.director, at=here.now + HOUR, note_id=note.pk)
    assert Signature.objects.get(meaning="cosign").content_sha256 == note.sha256
    assert told(cosign_note, by=here.director, at=here.now, note_id=note.pk) == ["note.cosigned"]
    assert waiting(here.director, here.site, here.now).count == 0
    assert Event.objects.get(verb="chart.cosign_note").client_id == sara.client_id


def test_who_is_licensed_waits_for_nobody_and_a_corrected_note_waits_by_its_newer_words(
    here: World, sara: Episode
) -> None:
    assert told(cosign_note, by=here.director, at=here.now, note_id=signed(here.facilitator, here.now, sara).pk) == [
        "note.cosign_none"
    ]
    first = signed(here.cofacilitator, here.now, sara)
    newer = amended(here.cofacilitator, here.now, first, "correction", "Slept badly.")
    assert told(cosign_note, by=here.director, at=here.now, note_id=first.pk) == ["note.superseded"]
    assert [line.note_id for line in waiting(here.director, here.site, here.now).to_cosign] == [newer.pk]


def test_the_queue_takes_as_many_queries_for_three_as_for_one(here: World, sara: Episode) -> None:
    def fill() -> int:
        signed(here.cofacilitator, here.now, sara)
        with CaptureQueriesContext(connection) as found:
            waiting(here.director, here.site, here.now)
        return len(found)

    one = fill()
    assert fill() == fill() == one == 4
    saved(here.director, here.now, sara)
    assert waiting(here.director, here.site, here.now).count == 4


# The database


def refuses(act: Any, *args: Any, match: str, **asked: Any) -> None:
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        act(*args, **asked)


def test_nothing_that_was_signed_is_ever_changed(here: World, slept: Note) -> None:
    refuses(Note.objects.update, match="never changed", text="other")
    refuses(Note.objects.all()._raw_delete, "default", match="never changed")
    draft = saved(here.facilitator, here.now, slept.episode)
    signed(here.facilitator, here.now, slept.episode, draft=draft)
    refuses(NoteDraft.objects.filter(pk=draft.pk).update, match="never changed", version=9)
    first = signed(here.cofacilitator, here.now, slept.episode)
    cosign_note(by=here.director, at=here.now, note_id=first.pk)
    refuses(NoteCosign.objects.update, match="never changed", at=here.now + HOUR)
    NotePolicy.objects.create(organisation=here.site.organisation, late_hours=4, written_at=here.now, by=here.director)
    refuses(NotePolicy.objects.update, match="never changed", late_hours=5)
    NoteTemplate.objects.create(
        organisation=here.site.organisation, code="x", version=1, name="X", kind="progress", fields=[{"name": "a"}],
        written_at=here.now, by=here.director,
    )  # fmt: skip
    refuses(NoteTemplate.objects.update, match="never changed", name="Y")


def raw(old: Note, by: Person, **more: Any) -> Note:
    """A row past the acts."""
    row = Note(
        episode=old.episode, site=old.site, kind="progress", text="Raw.", about_at=old.about_at, written_at=old.written_at,
        by=by, sha256="0", **more,
    )  # fmt: skip
    row.save()
    return row


def test_no_row_amends_what_it_may_not(here: World, slept: Note) -> None:
    why: dict[str, Any] = {"reason": "So."}
    other = signed(here.facilitator, here.now, admit(here, client(here, "Ben", "Tran"), here.iop), "Of Ben.")
    for by, more in (
        (here.director, {"amendment": "correction", "corrects": slept, "root": slept, **why}),  # not its author
        (here.facilitator, {"amendment": "correction", "corrects": slept, "root": other, **why}),  # another chain
        (here.facilitator, {"amendment": "correction", "corrects": slept, "root": slept}),  # no reason
        (here.facilitator, {"amendment": "addendum", **why}),  # to nothing
        (here.facilitator, {"corrects": slept}),  # what it is, not said
    ):
        refuses(raw, slept, by, match="chart_note_|cannot be amended", **more)
    refuses(raw, other, here.facilitator, match="cannot be amended", amendment="addendum", adds_to=slept, **why)
    amended(here.facilitator, here.now, slept, "retraction")
    refuses(raw, slept, here.facilitator, match="cannot be amended", amendment="addendum", adds_to=slept, **why)


def test_no_row_is_without_seal_or_in_the_future_or_backwards(here: World, slept: Note) -> None:
    for more in (
        {"sha256": ""}, {"text": ""}, {"about_at": slept.written_at + HOUR},
        {"started_at": here.now, "ended_at": here.now - HOUR},
    ):  # fmt: skip
        row = Note(
            episode=slept.episode, site=slept.site, kind="progress", by=slept.by,
            **{"text": "Raw.", "sha256": "0", "about_at": here.now, "written_at": here.now, **more},
        )  # fmt: skip
        refuses(row.save, match="chart_note_")


def test_a_note_names_objectives_of_its_own_client_and_of_signed_plans(here: World, slept: Note) -> None:
    other = admit(here, client(here, "Ben", "Tran"), here.iop)
    foreign = signed_plan(other, here.facilitator, here.now).objectives.first()
    assert foreign is not None
    refuses(NoteObjective.objects.create, note=slept, objective=foreign, match="its own client")
    own = signed_plan(slept.episode, here.facilitator, here.now).objectives.first()
    assert own is not None
    NoteObjective.objects.create(note=slept, objective=own)
    refuses(NoteObjective.objects.all()._raw_delete, "default", match="never changed")


def test_a_person_has_one_open_draft_of_a_template(here: World, sara: Episode) -> None:
    common: dict[str, Any] = {
        "episode": sara,
        "template": "soap",
        "by": here.facilitator,
        "begun_at": here.now,
        "saved_at": here.now,
    }
    NoteDraft.objects.create(**common)
    with pytest.raises(IntegrityError, match="chart_one_draft"), transaction.atomic():
        NoteDraft.objects.create(**common)


def test_no_correction_follows_another_one_of_the_same_words(here: World, slept: Note) -> None:
    amended(here.facilitator, here.now, slept, "correction", "Slept badly.")
    more: dict[str, Any] = {"amendment": "correction", "corrects": slept, "root": slept, "reason": "So."}
    with pytest.raises(IntegrityError, match="chart_note_corrects_id_key"), transaction.atomic():
        raw(slept, here.facilitator, **more)
