"""The medication record of a month: what stands in each box, who signed, and how it stood at a past minute."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from chart.models import Allergy
from emar.models import Administration, Order, OrderHold, Reassessment, ReassessmentResult
from emar.queries.mar import Box, Month, mar
from emar.queries.mar.words import score
from emar.rules.administration import WATCHED_DOSE
from emar.rules.schedule import EveryHours, Taper, TaperStep
from programs.models import Leave
from staff.models import Person
from tests.emar.conftest import Morning, make_morning
from tests.factories import person
from tests.factories.meds import at_times, medication, order, policy, verbal
from tests.factories.people import proof_of, signs

NEW_YEAR = date(2026, 1, 1)
NOW = datetime(2026, 1, 5, 13, 10, tzinfo=UTC)  # Mon 08:10 in New York
EIGHT = datetime(2026, 1, 5, 13, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def mark(
    ordered: Order,
    due_at: datetime | None,
    by: Person,
    outcome: str = "given",
    *,
    at: datetime | None = None,
    **more: Any,
) -> Administration:
    """A row of what became of a dose, recorded when it was given unless told otherwise."""
    given_at = at or due_at
    assert given_at is not None
    taken = outcome in ("given", "partial", "vomited", "self_administered")
    values = {
        "amount": ordered.dose if taken else None, "unit": ordered.unit if taken else "",
        "reason": "" if taken or outcome == "undone" else "other", "recorded_at": given_at,
    }  # fmt: skip
    return Administration.objects.create(
        order=ordered, due_at=due_at, outcome=outcome, given_at=given_at, by=by, wall_clock="", **values | more
    )


def shown(morning: Morning, at: datetime = NOW, first: date = NEW_YEAR) -> Month:
    return mar(morning.elin, morning.here.site, first, at)


def box(month: Month, day: int, clock: str = "08:00", title: str = "Thiamine") -> Box:
    row = next(row for row in month.scheduled if row.title.startswith(title))
    return next(line for line in row.lines if line.label == clock).boxes[day - 1]


def test_a_dose_given_as_ordered_has_the_initials_alone(morning: Morning) -> None:
    mark(morning.thiamine, EIGHT, morning.here.on_unit)
    assert box(shown(morning), 5).text == "RC"


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        ("partial", "P RC"), ("self_administered", "S RC"), ("vomited", "V RC"), ("refused", "R RC"), ("held", "H RC"),
        ("not_available", "N RC"), ("absent", "A RC"),
    ],
)  # fmt: skip
def test_every_other_outcome_has_its_letter_and_a_note(morning: Morning, outcome: str, text: str) -> None:
    mark(morning.thiamine, EIGHT, morning.here.on_unit, outcome)
    month = shown(morning)
    assert box(month, 5).text == text
    assert [note.medication for note in month.notes] == ["Thiamine"]
    assert text[0] in [letter[0] for letter, _ in month.legend]


def test_an_undone_entry_is_no_mark(morning: Morning) -> None:
    first = mark(morning.thiamine, EIGHT, morning.here.on_unit)
    mark(morning.thiamine, EIGHT, morning.here.on_unit, "undone", corrects=first, note="Wrong client", recorded_at=NOW)
    assert box(shown(morning), 5).look == "open"
    assert shown(morning).signers == ()


def test_charting_anew_after_an_undone_entry_is_not_called_a_correction(morning: Morning) -> None:
    first = mark(morning.thiamine, EIGHT, morning.here.on_unit)
    undone = mark(morning.thiamine, EIGHT, morning.here.on_unit, "undone", corrects=first, note="Slip", recorded_at=NOW)
    mark(morning.thiamine, EIGHT, morning.here.on_unit, corrects=undone, note="Given now", recorded_at=NOW)
    assert box(shown(morning), 5).text == "RC"


def test_a_corrected_mark_has_a_dagger_and_the_note_says_what_stood_before(morning: Morning) -> None:
    first = mark(morning.thiamine, EIGHT, morning.here.on_unit)
    mark(
        morning.thiamine, EIGHT, morning.here.second_nurse, "refused", corrects=first, note="Spat out", recorded_at=NOW
    )
    month = shown(morning)
    assert box(month, 5).text == "R AA†"
    assert "Before: given 5 Jan 08:00, by RN Cole" in month.notes[0].said
    assert "Spat out" in month.notes[0].why


def test_a_mark_outside_its_window_has_a_star_and_its_minutes(morning: Morning) -> None:
    mark(
        morning.thiamine, EIGHT, morning.here.on_unit, at=EIGHT + timedelta(minutes=121),
        overrides=[{"code": "dose.outside_window", "message": "late", "reason": "Fire drill"}],
    )  # fmt: skip
    month = shown(morning, EIGHT + timedelta(hours=3))
    assert box(month, 5).text == "RC*"
    assert "121 min late" in month.notes[0].said
    assert month.notes[0].why == "Fire drill"


def test_a_dose_is_open_until_its_window_closes_and_missed_the_minute_after(morning: Morning) -> None:
    assert box(shown(morning, EIGHT + timedelta(minutes=120)), 5).text == "·"
    assert box(shown(morning, EIGHT + timedelta(minutes=121)), 5).text == "M"
    assert box(shown(morning), 6).look == "ahead"


def test_the_site_says_when_a_dose_is_missed(morning: Morning) -> None:
    policy(morning.here.site, at=EIGHT - DAY, daily_minutes=30)
    assert box(shown(morning, EIGHT + timedelta(minutes=31)), 5).text == "M"
    assert box(shown(morning, EIGHT + timedelta(minutes=31)), 3).text == "M"


def test_the_last_dose_of_a_stopped_order_is_missed_too(morning: Morning) -> None:
    end = EIGHT + timedelta(minutes=5)
    Order.objects.filter(pk=morning.thiamine.pk).update(
        ended_at=end, stopped_at=end, stopped_by=morning.here.prescriber
    )
    month = shown(morning, EIGHT + timedelta(hours=5))
    assert box(month, 5).text == "M"
    assert box(month, 6).look == "closed"
    assert "Stopped 5 Jan 08:05" in month.scheduled[0].state


def test_a_dose_due_while_the_order_is_on_hold_is_no_miss(morning: Morning) -> None:
    OrderHold.objects.create(
        order=morning.thiamine, why="Systolic 88", by=morning.here.on_unit, started_at=EIGHT - DAY / 2
    )
    month = shown(morning, EIGHT + DAY / 2)
    assert box(month, 5).text == "O"
    assert "On hold since" in month.scheduled[0].state


def test_a_dose_due_on_leave_is_told_as_leave(morning: Morning) -> None:
    Leave.objects.create(
        episode=morning.episode, kind="pass", started_at=EIGHT - timedelta(hours=1), expected_at=EIGHT + DAY
    )
    assert box(shown(morning, EIGHT + DAY / 2), 5).text == "L"


def test_two_versions_of_an_order_stand_together_and_share_no_dose(morning: Morning) -> None:
    seam, who = EIGHT + timedelta(hours=4), morning.here.prescriber
    changed = {"ended_at": seam, "due_until": seam, "stopped_at": seam, "stopped_by": who, "stopped_why": "More"}
    Order.objects.filter(pk=morning.thiamine.pk).update(**changed)
    order(
        morning.episode, morning.thiamine.medication, at_times("08:00"), by=who, dose="200", started_at=seam,
        written_at=seam, due_from=seam, anchor_at=morning.thiamine.started_at, replaces=morning.thiamine,
    )  # fmt: skip
    month = shown(morning, EIGHT + timedelta(hours=6))
    assert [row.title for row in month.scheduled] == ["Thiamine 100 mg", "Thiamine 200 mg"]
    first, second = (row.lines[0].boxes for row in month.scheduled)
    assert all((one.look == "closed") != (other.look == "closed") for one, other in zip(first, second, strict=True))
    assert "Changed 5 Jan 12:00: More" in month.scheduled[0].state


def test_a_taper_has_a_line_for_each_amount(morning: Morning) -> None:
    taper = Taper(
        (TaperStep(2, at_times("09:00").times, Decimal(50)), TaperStep(1, at_times("09:00").times, Decimal(25)))
    )
    order(morning.episode, medication("Librium", "25 mg"), taper, by=morning.here.prescriber, started_at=EIGHT)
    row = next(row for row in shown(morning).scheduled if row.title == "Librium")
    assert [(line.label, line.amount) for line in row.lines] == [("09:00", "50 mg"), ("09:00", "25 mg")]
    assert [number for number, each in enumerate(row.lines[0].boxes, 1) if each.look != "closed"] == [5, 6]


def test_an_hour_that_comes_twice_holds_both_doses(morning: Morning) -> None:
    start = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)  # 00:30, and 01:30 comes twice that night
    order(morning.episode, medication("Drops", "1 mg"), EveryHours(1), by=morning.here.prescriber, started_at=start)
    month = shown(morning, start + timedelta(days=2), date(2026, 11, 1))
    assert box(month, 1, "01:30", "Drops").text == "M M"
    assert box(month, 2, "01:30", "Drops").text == "M"


def test_doses_as_needed_are_listed_with_their_effect(morning: Morning) -> None:
    here = morning.here
    watched = proof_of(signs(here.second_nurse, here.site, at=EIGHT), here.site, at=EIGHT, purpose=WATCHED_DOSE)
    row = mark(
        morning.ibuprofen, None, here.on_unit, at=EIGHT, prn_reason="Headache", scale="pain", score=Decimal(7),
        witnessed_by=here.second_nurse, witness_proof=watched,
    )  # fmt: skip
    again = Reassessment.objects.create(administration=row, due_at=EIGHT + timedelta(hours=1))
    (dose,) = shown(morning).as_needed[0].given
    assert (dose.why, dose.before, dose.effect, dose.initials) == ("Headache", "pain 7", "Open", "RC/AA")
    (dose,) = shown(morning, EIGHT + timedelta(hours=1)).as_needed[0].given
    assert dose.effect == "Overdue"
    seen = EIGHT + timedelta(minutes=50)
    ReassessmentResult.objects.create(
        reassessment=again, effect="worked", score=Decimal(2), seen_at=seen, recorded_at=seen, by=here.on_unit
    )
    (dose,) = shown(morning, EIGHT + timedelta(hours=1)).as_needed[0].given
    assert (dose.effect, dose.seen) == ("Worked · pain 2", "5 Jan 08:50 RC")


def test_the_reassessment_follows_a_corrected_dose(morning: Morning) -> None:
    first = mark(morning.ibuprofen, None, morning.here.on_unit, at=EIGHT)
    Reassessment.objects.create(administration=first, due_at=EIGHT + timedelta(hours=1))
    mark(morning.ibuprofen, None, morning.here.on_unit, at=EIGHT, corrects=first, note="Reason", recorded_at=NOW)
    assert [dose.effect for dose in shown(morning).as_needed[0].given] == ["Open"]


def test_two_people_with_the_same_letters_are_told_apart(morning: Morning) -> None:
    other = person("rae", "Rae Castle", "LPN")
    mark(morning.thiamine, EIGHT - DAY, morning.here.on_unit)
    mark(morning.thiamine, EIGHT, other)
    month = shown(morning)
    assert [box(month, day).text for day in (4, 5)] == ["RC", "RC2"]
    assert [(each.initials, each.name, each.credentials) for each in month.signers] == [
        ("RC", "Robin Cole", "RN"), ("RC2", "Rae Castle", "LPN"),
    ]  # fmt: skip


def test_what_a_client_carries_is_listed_without_boxes(morning: Morning) -> None:
    order(
        morning.episode,
        medication("Albuterol", "90 mcg"),
        at_times("08:00"),
        by=morning.here.prescriber,
        mode="self_carry",
    )
    month = shown(morning)
    assert [row.title for row in month.carried] == ["Albuterol 90 mcg"]
    assert month.carried[0].lines == ()


def test_a_verbal_order_names_whose_word_it_was(morning: Morning) -> None:
    verbal(morning.thiamine, morning.here.prescriber, by=morning.here.on_unit, at=EIGHT - DAY)
    assert shown(morning).scheduled[0].by == "MD Okoye, by telephone, taken down by RN Cole, not co-signed"


def test_today_is_marked_only_in_its_own_month(morning: Morning) -> None:
    assert shown(morning).today == 5
    assert shown(morning, first=date(2025, 12, 1)).today is None


def test_the_queries_do_not_grow_with_the_orders_and_doses(morning: Morning) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as found:
            shown(morning)
        return len(found)

    mark(morning.ibuprofen, None, morning.here.on_unit, at=EIGHT)
    few = counted()
    for number in range(6):
        drug = medication(f"Drug {number}", "5 mg")
        made = order(morning.episode, drug, at_times("08:00", "20:00"), by=morning.here.prescriber)
        for days in range(4):
            mark(made, EIGHT - days * DAY, morning.here.second_nurse)
    assert counted() == few
    assert few <= 14


def test_another_allergy_later_is_not_on_an_earlier_sheet(morning: Morning) -> None:
    Allergy.objects.create(client=morning.elin, substance="Penicillin", reaction="hives", noted_at=NOW)
    assert shown(morning).allergies == ("Penicillin (hives)",)
    assert shown(morning, NOW - timedelta(minutes=1)).allergies == ()


ACTS = (
    "give",
    "refuse",
    "correct",
    "undo",
    "late",
    "stop",
    "change",
    "hold",
    "release",
    "leave",
    "prn",
    "result",
    "new",
)


class Replay(TestCase):
    """Whatever people do afterwards, the sheet as of a minute shows what it showed at that minute."""

    @settings(derandomize=True, database=None, deadline=None, max_examples=13)
    @given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(20, 700)), min_size=2, max_size=14))
    def test_the_past_stays_as_it_was_shown(self, acts: list[tuple[str, int]]) -> None:
        morning = make_morning(NOW)
        at, seen = NOW, list[tuple[datetime, Month]]()
        for name, minutes in acts:
            seen.append((at, shown(morning, at)))
            at += timedelta(minutes=minutes)
            _act(morning, name, at)
        for moment, month in seen:
            assert _plain(shown(morning, moment)) == _plain(month)


def _plain(month: Month) -> Month:
    """Without the rows of the client and the site, which are read anew each time."""
    return replace(month, client=month.client, site=month.site)


def _act(morning: Morning, name: str, at: datetime) -> None:
    """One act as the actions write it: a new row, or an end brought to now."""
    here, orders = morning.here, Order.objects.filter(client=morning.elin)
    running = orders.exclude(ended_at__lte=at).filter(schedule__kind="fixed_times").order_by("pk").last()
    newest = Administration.objects.filter(corrected_by=None, due_at__isnull=False).order_by("pk").last()
    due = at.replace(hour=13, minute=0)
    due -= DAY if due > at else timedelta(0)

    def chart(outcome: str, **more: Any) -> None:
        if running is None or due < running.span[0]:
            return
        if not Administration.objects.filter(order=running, due_at=due).exists():
            mark(running, due, here.on_unit, outcome, at=at, **more)

    def amend(outcome: str) -> None:
        if newest is not None:
            mark(
                newest.order, newest.due_at, here.second_nurse, outcome, at=newest.given_at, corrects=newest,
                note="Amended", recorded_at=at,
            )  # fmt: skip

    def end(**more: Any) -> None:
        if running is not None:
            holds = OrderHold.objects.filter(order=running, ended_at=None, started_at__lt=at)
            holds.update(ended_at=at)
            stopped = {"ended_at": at, "stopped_at": at, "stopped_by": here.prescriber}
            Order.objects.filter(pk=running.pk).update(**stopped | more)

    def new(**more: Any) -> None:
        drug = medication(f"Drug {Order.objects.count()}", "5 mg")
        values = {"started_at": at, "written_at": at} | more
        order(morning.episode, drug, at_times("08:00"), by=here.prescriber, **values)

    def change() -> None:
        if running is not None:
            end(due_until=at)
            new(replaces=running, due_from=at, anchor_at=running.anchor, until=running.until)

    def hold() -> None:
        if running is not None and not OrderHold.objects.filter(order=running, ended_at=None).exists():
            OrderHold.objects.create(order=running, why="Low", by=here.on_unit, started_at=at)

    def prn() -> None:
        row = mark(morning.ibuprofen, None, here.second_nurse, at=at - timedelta(minutes=10), recorded_at=at)
        Reassessment.objects.create(administration=row, due_at=at + timedelta(hours=1))

    def result() -> None:
        owed = Reassessment.objects.filter(results=None).order_by("pk").first()
        if owed is not None:
            ReassessmentResult.objects.create(
                reassessment=owed, effect="partly", seen_at=at, recorded_at=at, by=here.on_unit
            )

    def leave() -> None:
        away = Leave.objects.filter(episode=morning.episode, ended_at=None)
        if not away.update(ended_at=at):
            Leave.objects.create(episode=morning.episode, kind="pass", started_at=at, expected_at=at + DAY)

    does: dict[str, Callable[[], object]] = {
        "give": lambda: chart("given"), "refuse": lambda: chart("refused"), "correct": lambda: amend("refused"),
        "undo": lambda: amend("undone"), "stop": end, "change": change, "hold": hold, "prn": prn, "result": result,
        "leave": leave, "new": lambda: new(ended_at=at + 3 * DAY, until=at + 3 * DAY),
        "release": lambda: OrderHold.objects.filter(ended_at=None, started_at__lt=at).update(ended_at=at),
        "late": lambda: chart("given", recorded_at=at + timedelta(minutes=19)),
    }  # fmt: skip
    does[name]()


def test_a_dose_as_needed_of_another_month_is_not_on_the_sheet(morning: Morning) -> None:
    mark(morning.ibuprofen, None, morning.here.on_unit, at=EIGHT - 6 * DAY)
    assert shown(morning).as_needed[0].given == ()
    assert len(shown(morning, first=date(2025, 12, 1)).as_needed[0].given) == 1


@pytest.mark.parametrize(
    ("scale", "said"), [("pain", "pain 7"), ("ciwa_ar", "CIWA-Ar 7"), ("cows", "COWS 7"), ("", "7")]
)
def test_a_score_stands_under_the_name_of_its_scale(scale: str, said: str) -> None:
    assert (score(scale, Decimal(7)), score(scale, None)) == (said, "")
