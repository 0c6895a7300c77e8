"""A shift is handed over: what comes by itself, what is written, given, taken; and the report of a day."""

from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.rules.findings import Refused
from chart.actions import handoff, rounds
from chart.actions.day import finish_day
from chart.actions.routine import set_routine
from chart.models import DayReport, Handoff, HandoffDraft, HandoffReceipt
from chart.queries.handoff import handoff_list, handoff_page, minute_of
from programs.contributions import day_figures, exceptions
from programs.models import SiteRoutine
from programs.rules.routine import shift_at
from staff.access import NotAllowed
from staff.models import Person, Proof, Signature
from staff.rules.capabilities import Role
from tests.chart.unit_here import MINUTE, Unit, unit
from tests.documents.reading import pages
from tests.factories import PIN, World, assign, signs, world
from tests.factories.people import proof_of
from tests.signing import signed_in

HOUR = timedelta(hours=1)


@pytest.fixture
def alder(here: World) -> Unit:
    """It is 10:42; the shift began at 07:00."""
    return unit(here)


@pytest.fixture
def today(db: None) -> Unit:
    return unit(world(timezone.now()))


def shift(alder: Unit) -> int:
    return minute_of(shift_at(alder.now, alder.here.site.tz).since)


def save(alder: Unit, **changes: Any) -> HandoffDraft:
    """Lena is stable, as the nurse writes it."""
    asked: dict[str, Any] = {
        "by": alder.here.on_unit, "at": alder.now, "site_id": alder.here.site.pk, "unit_id": alder.here.unit.pk,
        "minute": shift(alder), "seen": 0, "client_id": alder.lena.pk, "illness": "stable", "words": {"summary": "Well."},
    }  # fmt: skip
    return handoff.save_part(**asked | changes)


def give(alder: Unit, **changes: Any) -> Handoff:
    asked: dict[str, Any] = {
        "by": alder.here.on_unit, "at": alder.now, "site_id": alder.here.site.pk, "unit_id": alder.here.unit.pk,
        "minute": shift(alder), "seen": 2,
    }  # fmt: skip
    return handoff.give(**asked | changes)


def ready(alder: Unit) -> None:
    save(alder)
    save(alder, client_id=alder.omar.pk)


def test_what_happened_since_the_shift_began_comes_by_itself(alder: Unit) -> None:
    alder.look(state="not_found", tag="")
    page = handoff_page(alder.here.site, alder.here.unit.pk, shift(alder), alder.now + MINUTE)
    assert page is not None
    [lena] = [row for row in page.rows if row.client_id == alder.lena.pk]
    titles = [line.title for line in lena.lines]
    assert "Set: Checks every 15 minutes" in titles
    assert "Not found" in titles
    assert any(title.startswith("Looks: ") for title in titles)
    assert [todo.title for todo in lena.todos] == [
        f"Not found on rounds at {alder.now.astimezone(alder.here.site.tz):%H:%M on %-d %b}"
    ]


def test_a_handoff_is_given_when_everybody_has_an_illness_and_every_urgent_line_is_told(alder: Unit) -> None:
    alder.look(state="not_found", tag="")
    later = alder.now + MINUTE
    save(alder, client_id=alder.omar.pk)
    with pytest.raises(Refused) as told:
        give(alder, at=later, seen=1)
    assert [str(each.message) for each in told.value.findings] == [
        "Lena Harmon: how ill they are, an urgent line to be told."
    ]
    page = handoff_page(alder.here.site, alder.here.unit.pk, shift(alder), later)
    assert page is not None
    keys = [line.key for row in page.rows for line in row.lines if line.urgent]
    save(alder, at=later, illness="watcher", told_keys=keys)
    with pytest.raises(Refused, match="what may happen"):
        give(alder, at=later, seen=2)
    words = {"summary": "Was away from the unit.", "contingency": "Search the garden first."}
    save(alder, at=later, illness="watcher", told_keys=keys, words=words, seen=1)
    made = give(alder, at=later, seen=3)
    [lena] = [each for each in made.content["clients"] if each["client_id"] == alder.lena.pk]
    assert {line["key"] for line in lena["lines"] if line["told"]} == set(keys)
    assert [line for line in lena["lines"] if not line["told"]]  # nothing generated is lost
    assert Signature.objects.get(subject_kind="chart.Handoff").content_sha256 == made.sha256


def test_two_who_write_one_part_do_not_write_over_each_other_and_two_parts_are_no_quarrel(alder: Unit) -> None:
    save(alder)
    with pytest.raises(Refused, match="RN Cole changed this"):
        save(alder, by=alder.here.second_nurse, words={"summary": "Other words."})
    save(alder, by=alder.here.second_nurse, client_id=alder.omar.pk)
    draft = HandoffDraft.objects.get()
    assert (draft.version, draft.content["clients"][str(alder.lena.pk)]["summary"]) == (2, "Well.")


def test_nobody_signs_words_they_have_not_read(alder: Unit) -> None:
    ready(alder)
    with pytest.raises(Refused, match="since you read it"):
        give(alder, seen=1)


def test_it_is_given_once_and_nothing_is_written_after(alder: Unit) -> None:
    ready(alder)
    key = uuid4()
    assert give(alder, key=key) == give(alder, key=key)
    with pytest.raises(Refused, match="gave this handoff"):
        give(alder, at=alder.now + MINUTE)
    with pytest.raises(Refused, match="gave this handoff"):
        save(alder, at=alder.now + MINUTE, seen=1)


def test_the_next_takes_it_over_in_their_own_words_and_the_giver_cannot(alder: Unit) -> None:
    ready(alder)
    row = give(alder)
    asked = {"at": alder.now + MINUTE, "handoff_id": row.pk, "read_back": "Lena is watched."}
    with pytest.raises(Refused, match="You gave this handoff"):
        handoff.take(by=alder.here.on_unit, **asked)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="own words"):
        handoff.take(by=alder.here.second_nurse, **asked | {"read_back": " "})  # type: ignore[arg-type]
    handoff.take(by=alder.here.second_nurse, **asked)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="already"):
        handoff.take(by=alder.here.second_nurse, **asked)  # type: ignore[arg-type]
    [line] = list(handoff_list(alder.here.site, alder.now + MINUTE, shifts=1))
    assert (line.state, line.taken_by) == ("taken", "RN Ames")


def test_the_receiver_proves_it_with_their_pin_on_the_givers_tablet(alder: Unit) -> None:
    ready(alder)
    row, here = give(alder), alder.here
    signs(here.second_nurse, here.site, at=alder.now)
    signs(here.on_unit, here.site, at=alder.now)
    asked: dict[str, Any] = {
        "by": here.on_unit,
        "at": alder.now + MINUTE,
        "handoff_id": row.pk,
        "read_back": "Lena is watched.",
    }

    def proof(who: Person, purpose: str = handoff.purpose(row.pk)) -> int:
        return proof_of(who, here.site, at=alder.now + MINUTE, purpose=purpose).pk

    with pytest.raises(Refused, match="You gave this handoff"):
        handoff.take(**asked, proof_id=proof(here.on_unit))
    with pytest.raises(Refused, match="something else"):
        handoff.take(**asked, proof_id=proof(here.second_nurse, "waste"))
    made = handoff.take(**asked, proof_id=proof(here.second_nurse))
    assert (made.by, made.tablet_of, made.proof is not None) == (here.second_nurse, here.on_unit, True)
    with pytest.raises(Refused, match="RN Ames took this handoff over already"):
        handoff.take(**asked, proof_id=proof(here.second_nurse))
    assert Proof.objects.filter(used_at=None).count() == 3  # a refused act uses none
    with pytest.raises(IntegrityError, match="chart_handoff_taken_with_proof"), transaction.atomic():
        HandoffReceipt.objects.create(
            handoff=row, given_by=row.by, by=here.director, at=alder.now, read_back="x", tablet_of=here.on_unit
        )


def test_on_the_givers_page_somebody_else_takes_it_over(today: Unit) -> None:
    ready(today)
    give(today)
    here, where = today.here, [today.here.unit.pk, shift(today)]
    nurse = signed_in(here.on_unit)
    assert "on this tablet" not in nurse.get(reverse("unit:handoff", args=where)).content.decode()  # nobody is on duty
    signs(here.second_nurse, here.site, at=today.now)
    assert "on this tablet" in nurse.get(reverse("unit:handoff", args=where)).content.decode()
    sent = {"as": "other", "read_back": "Both are well.", "second": here.second_nurse.pk, "key": uuid4()}
    wrong = nurse.post(reverse("unit:handoff_take", args=where), sent | {"pin": "0000"})
    assert (wrong.status_code, "Both are well." in wrong.content.decode()) == (422, True)
    assert nurse.post(reverse("unit:handoff_take", args=where), sent | {"pin": PIN}).status_code == 302
    assert HandoffReceipt.objects.get().by == here.second_nurse


def test_the_next_shifts_lines_begin_where_the_last_handoff_ended(alder: Unit) -> None:
    """Given at 14:50; what happens at 14:55 is told by the next shift, which began at 15:00."""
    ready(alder)
    early = alder.now.replace(hour=19, minute=50)
    give(alder, at=early)
    alder.look(state="refused", tag="", at=early + 5 * MINUTE)
    following = minute_of(early + 10 * MINUTE)
    page = handoff_page(alder.here.site, alder.here.unit.pk, following, early + HOUR)
    assert page is not None
    assert page.begins == early
    assert "Refused to be seen" in [line.title for row in page.rows for line in row.lines]


def test_a_handoff_that_nobody_took_is_late_when_its_shift_is_over(alder: Unit) -> None:
    ready(alder)
    give(alder)
    over = shift_at(alder.now, alder.here.site.tz).until + MINUTE
    lines = handoff_list(alder.here.site, over, shifts=2)
    assert [(line.state, line.late) for line in lines] == [("open", False), ("given", True)]


def test_a_technician_hands_nothing_over(alder: Unit) -> None:
    with pytest.raises(NotAllowed):
        save(alder, by=alder.tech)


def test_a_shift_that_does_not_exist_is_refused(alder: Unit) -> None:
    with pytest.raises(Refused, match="no such unit or shift"):
        save(alder, minute=shift(alder) + 1)


@pytest.mark.parametrize(("illness", "words"), [("dying", {}), ("stable", {"summary": "x" * 2001})])
def test_words_that_cannot_be_kept_are_refused(alder: Unit, illness: str, words: dict[str, str]) -> None:
    with pytest.raises(Refused):
        save(alder, illness=illness, words=words)
    assert not HandoffDraft.objects.exists()


def test_the_database_keeps_what_was_given_and_taken(alder: Unit) -> None:
    ready(alder)
    row = give(alder)
    receipt = handoff.take(by=alder.here.second_nurse, at=alder.now, handoff_id=row.pk, read_back="Heard.")
    for model in (Handoff, HandoffReceipt):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.update(at=alder.now) if model is HandoffReceipt else model.objects.update(unit="Elm")
    receipt.pk, receipt.by = None, alder.here.on_unit
    with pytest.raises(IntegrityError, match="chart_handoff_taken_by_another"), transaction.atomic():
        receipt.save(force_insert=True)


def test_exceptions_and_figures_cost_the_same_for_one_client_and_for_four(
    alder: Unit, django_assert_max_num_queries: Any
) -> None:
    since, site = alder.now - 8 * HOUR, alder.here.site.pk
    with django_assert_max_num_queries(70):
        exceptions(site, since, alder.now, alder.now)
    with django_assert_max_num_queries(50):
        day_figures(site, since, alder.now, alder.now)


def test_the_page_keeps_words_gives_and_is_taken_over(today: Unit) -> None:
    nurse, other = signed_in(today.here.on_unit), signed_in(today.here.second_nurse)
    where = [today.here.unit.pk, shift(today)]
    page = nurse.get(reverse("unit:handoff", args=where)).content.decode()
    assert "Lena Harmon" in page
    for whole, client in enumerate((today.lena, today.omar)):
        sent = {"client": client.pk, "seen": 0, "illness": "stable", "summary": "Well.", "whole": whole}
        for _ in ("sent", "sent again: its answer was lost"):
            kept = nurse.post(reverse("unit:handoff_save", args=where), sent).content.decode()
            assert "Kept" in kept
            assert f'id="draft-version" value="{whole + 1}"' in kept
    stale = nurse.post(
        reverse("unit:handoff_save", args=where), {**sent, "summary": "Not well."}, headers={"HX-Request": "true"}
    )
    assert (stale.status_code, stale["HX-Retarget"]) == (422, "#refusal")
    assert nurse.post(reverse("unit:handoff_give", args=where), {"whole": 1, "key": uuid4()}).status_code == 422
    assert nurse.post(reverse("unit:handoff_give", args=where), {"whole": 2, "key": uuid4()}).status_code == 302
    assert "Nobody has taken this handoff over" in nurse.get(reverse("unit:handoff", args=where)).content.decode()
    taken = {"read_back": "Both are well.", "key": uuid4()}
    assert nurse.post(reverse("unit:handoff_take", args=where), taken).status_code == 422
    assert other.post(reverse("unit:handoff_take", args=where), taken).status_code == 302
    paper = " ".join(pages(other.get(reverse("unit:handoff_pdf", args=where)).content))
    assert "Both are well." in paper
    assert signed_in(today.tech).get(reverse("unit:handoffs")).status_code == 403


def test_a_save_of_ones_own_does_not_cover_up_what_a_colleague_wrote_meanwhile(today: Unit) -> None:
    nurse, other = signed_in(today.here.on_unit), signed_in(today.here.second_nurse)
    where = [today.here.unit.pk, shift(today)]
    save, give_it = reverse("unit:handoff_save", args=where), reverse("unit:handoff_give", args=where)
    first = {"client": today.lena.pk, "seen": 0, "illness": "stable", "summary": "Well.", "whole": 0}
    second = {"client": today.omar.pk, "seen": 0, "illness": "stable", "summary": "Well too.", "whole": 0}
    assert 'id="draft-version" value="1"' in nurse.post(save, first).content.decode()
    assert 'id="draft-version" value="0"' in other.post(save, second).content.decode()
    unread = other.post(give_it, {"whole": 0, "key": uuid4()})
    assert "Somebody wrote in it since you read it" in unread.content.decode()
    assert 'id="draft-version" value="2"' in unread.content.decode()


def test_a_day_is_finished_when_it_is_over_and_shown_as_it_was(today: Unit) -> None:
    browser = signed_in(today.here.on_unit)
    on = timezone.localtime(today.now, today.here.site.tz).date() - timedelta(days=1)
    address = reverse("unit:day")
    assert "Nobody has finished" in browser.get(f"{address}?on={on}").content.decode()
    sent = {"on": f"{on}", "comment": "Quiet.", "corrects": "", "key": uuid4()}
    assert browser.post(reverse("unit:day_finish"), sent).status_code == 302
    assert browser.post(reverse("unit:day_finish"), sent | {"key": uuid4()}).status_code == 422
    assert "Quiet." in browser.get(f"{address}?on={on}").content.decode()
    assert "Quiet." in " ".join(pages(browser.get(reverse("unit:day_pdf") + f"?on={on}").content))
    again = sent | {"corrects": DayReport.objects.get().pk, "comment": "Not so quiet.", "key": uuid4()}
    assert browser.post(reverse("unit:day_finish"), again).status_code == 302
    assert (
        browser.post(reverse("unit:day_finish"), sent | {"on": f"{on + timedelta(days=1)}", "key": uuid4()}).status_code
        == 422
    )
    assert browser.get(f"{address}?on=nonsense").status_code == 422


def test_the_days_figures_add_up(alder: Unit) -> None:
    start = alder.now.replace(hour=5, minute=0)
    found = {
        (each.group, each.label): each.value
        for each in day_figures(alder.here.site.pk, start, start + 24 * HOUR, start + 24 * HOUR)
    }
    census = [found["Census", label] for label in ("At the start", "Came", "Left", "At the end")]
    assert census[0] + census[1] - census[2] == census[3] == 2
    rounds_ = [found["Rounds", label] for label in ("In time", "Entered later", "Late", "Missed")]
    assert sum(rounds_) == found["Rounds", "Looks due"] > 0


def test_a_day_that_runs_is_not_finished(alder: Unit) -> None:
    on = alder.now.astimezone(alder.here.site.tz).date()
    with pytest.raises(Refused, match="is not over"):
        finish_day(by=alder.here.director, at=alder.now, site_id=alder.here.site.pk, on=on, comment="Quiet.")


def test_a_site_sets_its_own_hours_from_now_on(alder: Unit) -> None:
    admin = assign(alder.here.without_role, alder.here.site, Role.ADMINISTRATOR, at=alder.now)
    asked: dict[str, Any] = {
        "by": admin, "at": alder.now, "site_id": alder.here.site.pk, "changes": (time(6), time(18)),
        "night_from": time(21), "night_until": time(5), "night_minutes": 30,
        "source": "Policy 7 of the house",
    }  # fmt: skip
    set_routine(**asked)
    with pytest.raises(Refused, match="this very moment"):
        set_routine(**asked)
    set_routine(**asked | {"at": alder.now + HOUR, "night_minutes": 0})
    assert [row.night_minutes for row in SiteRoutine.objects.order_by("pk")] == [30, 0]
    with pytest.raises(Refused, match="5 to 240"):
        set_routine(**asked | {"at": alder.now + 2 * HOUR, "night_minutes": 3})
    with pytest.raises(NotAllowed):
        set_routine(**asked | {"by": alder.here.on_unit, "at": alder.now + 2 * HOUR})


def test_the_hours_page_sets_them_and_refuses_nonsense(today: Unit) -> None:
    admin = assign(today.here.without_role, today.here.site, Role.ADMINISTRATOR, at=today.now)
    sent = {
        "key": uuid4(), "changes": "06:00 18:00", "night_from": "21:00", "night_until": "05:00", "night_minutes": 30, "source": "Policy 7",
    }  # fmt: skip
    browser = signed_in(admin)
    assert browser.post(reverse("unit:routine"), sent | {"changes": "six"}).status_code == 422
    assert browser.post(reverse("unit:routine"), sent).status_code == 302
    assert "06:00" in signed_in(today.tech).get(reverse("unit:routine")).content.decode()
    assert signed_in(today.tech).post(reverse("unit:routine"), sent | {"key": uuid4()}).status_code == 403


def test_rounds_of_the_night_follow_the_sites_hours(alder: Unit) -> None:
    """At 02:00 Omar, whom nothing else watches, is to be looked in on."""
    night = alder.now.replace(hour=7, minute=0) + timedelta(days=1)
    row = rounds.check(
        by=alder.tech,
        at=night,
        site_id=alder.here.site.pk,
        client_id=alder.omar.pk,
        state="asleep",
        untagged="not_wake",
    )
    from chart.queries.rounds.board import rounds_board

    board = rounds_board(alder.here.site, alder.here.unit.pk, row.at + MINUTE)
    assert board is not None
    [omar] = [each for each in board.rows if each.client_id == alder.omar.pk]
    assert (omar.words, omar.minutes) == ("Rounds of the night", 60)
