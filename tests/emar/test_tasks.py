"""What waits at a site comes from what is recorded, and goes when the thing is done."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from chart.actions import write_note
from emar.models import Administration, Cosign, Order, OrderHold, Reassessment, ReassessmentResult
from emar.queries.tasks import Tasks, tasks
from emar.rules.administration import TAKEN, Outcome
from emar.rules.refusals import Limits, refusals
from programs.models import Placement
from staff.models import Person
from tests.emar.conftest import Morning, make_morning
from tests.emar.test_mar import DAY, EIGHT, mark
from tests.factories import admit, client
from tests.factories.meds import at_times, medication, order, policy, verbal

NOON = EIGHT + timedelta(hours=4)


def waits(morning: Morning, at: datetime = NOON) -> Tasks:
    return tasks(morning.here.site, at)


def refuse(morning: Morning, *days_ago: int, ordered: Order | None = None) -> None:
    for days in days_ago:
        mark(ordered or morning.thiamine, EIGHT - days * DAY, morning.here.on_unit, "refused")


def test_one_refusal_reaches_nobody_and_two_in_a_row_do(morning: Morning) -> None:
    refuse(morning, 0)
    assert waits(morning).refused == ()
    refuse(morning, 1)
    (row,) = waits(morning).refused
    assert (row.whose.client, row.title, row.found.words) == (
        "Elin Novak",
        "Thiamine 100 mg",
        "Refused 2 times in a row",
    )


def test_three_in_seven_days_reach_the_prescriber_with_doses_taken_between(morning: Morning) -> None:
    refuse(morning, 6, 4, 2)
    for days in (5, 3, 1):
        mark(morning.thiamine, EIGHT - days * DAY, morning.here.on_unit)
    assert [row.found.words for row in waits(morning).refused] == ["Refused 3 times in 7 days"]
    assert waits(morning, NOON + DAY).refused == ()


def test_the_numbers_are_the_sites(morning: Morning) -> None:
    refuse(morning, 0, 1)
    policy(morning.here.site, at=EIGHT, refusals_in_a_row=3, refusals_in_days=9)
    assert waits(morning).refused == ()


def test_a_dose_taken_later_or_a_correction_takes_the_line_away(morning: Morning) -> None:
    refuse(morning, 1, 2)
    assert len(waits(morning).refused) == 1
    mark(morning.thiamine, EIGHT, morning.here.on_unit)
    assert waits(morning).refused == ()


def test_an_undone_refusal_does_not_count(morning: Morning) -> None:
    refuse(morning, 0, 1)
    newest = Administration.objects.get(due_at=EIGHT)
    mark(morning.thiamine, EIGHT, morning.here.on_unit, "undone", corrects=newest, note="Slip", recorded_at=NOON)
    assert waits(morning).refused == ()


def note(morning: Morning, who: Person, at: datetime) -> None:
    write_note(by=who, at=at, episode_id=morning.episode.pk, kind="progress", text="Spoke")


def test_a_prescribers_note_after_the_last_refusal_acknowledges_it(morning: Morning) -> None:
    refuse(morning, 0, 1)
    note(morning, morning.here.on_unit, EIGHT + timedelta(hours=1))
    note(morning, morning.here.prescriber, EIGHT - timedelta(hours=1))
    assert len(waits(morning).refused) == 1
    note(morning, morning.here.prescriber, EIGHT + timedelta(hours=2))
    assert waits(morning).refused == ()


def test_a_refusal_after_the_note_brings_it_back(morning: Morning) -> None:
    refuse(morning, 1, 2)
    note(morning, morning.here.prescriber, EIGHT - timedelta(hours=1))
    assert waits(morning).refused == ()
    refuse(morning, 0)
    assert len(waits(morning).refused) == 1


def test_a_hold_after_the_last_refusal_acknowledges_it(morning: Morning) -> None:
    refuse(morning, 0, 1)
    values = {"order": morning.thiamine, "why": "Refuses", "by": morning.here.prescriber}
    OrderHold.objects.create(**values, started_at=EIGHT - DAY / 2, ended_at=EIGHT - DAY / 4)
    assert len(waits(morning).refused) == 1
    OrderHold.objects.create(**values, started_at=NOON)
    assert waits(morning).refused == ()


def test_a_stop_acknowledges_it(morning: Morning) -> None:
    refuse(morning, 0, 1)
    Order.objects.filter(pk=morning.thiamine.pk).update(ended_at=NOON)
    assert waits(morning).refused == ()


def test_a_verbal_order_waits_until_it_is_signed(morning: Morning) -> None:
    said = verbal(morning.thiamine, morning.here.prescriber, by=morning.here.on_unit, at=EIGHT - DAY, hours=24)
    assert [row.overdue for row in waits(morning, EIGHT - timedelta(minutes=1)).cosigns] == [False]
    assert [row.overdue for row in waits(morning).cosigns] == [True]
    assert waits(morning).late == 2  # and the missed dose of the day before
    Cosign.objects.create(verbal=said, by=morning.here.prescriber, at=NOON)
    assert waits(morning).cosigns == ()


def given_as_needed(morning: Morning) -> Reassessment:
    row = mark(morning.ibuprofen, None, morning.here.on_unit, at=EIGHT, prn_reason="Headache")
    return Reassessment.objects.create(administration=row, due_at=EIGHT + timedelta(hours=1))


def test_a_dose_as_needed_is_owed_by_the_whole_site_until_somebody_looked(morning: Morning) -> None:
    owed = given_as_needed(morning)
    (row,) = waits(morning, EIGHT + timedelta(minutes=59)).owed
    assert (row.title, row.why, row.by, row.overdue) == ("Ibuprofen 400 mg", "Headache", "RN Cole", False)
    assert [row.overdue for row in waits(morning, EIGHT + DAY).owed] == [True]
    ReassessmentResult.objects.create(
        reassessment=owed,
        effect="worked",
        score=Decimal(1),
        seen_at=NOON,
        recorded_at=NOON,
        by=morning.here.second_nurse,
    )
    assert waits(morning).owed == ()


def test_an_undone_dose_owes_nothing(morning: Morning) -> None:
    owed = given_as_needed(morning)
    mark(
        morning.ibuprofen, None, morning.here.on_unit, "undone", at=EIGHT, corrects=owed.administration, note="Slip",
        recorded_at=NOON,
    )  # fmt: skip
    assert waits(morning).owed == ()


def test_a_missed_dose_waits_a_day_from_when_its_window_closed_or_until_it_is_charted(morning: Morning) -> None:
    closed = EIGHT + timedelta(minutes=121)
    assert EIGHT not in [row.due_at for row in waits(morning, closed - timedelta(minutes=1)).missed]
    assert EIGHT in [row.due_at for row in waits(morning, closed).missed]
    assert EIGHT in [row.due_at for row in waits(morning, closed + DAY - timedelta(minutes=1)).missed]
    assert EIGHT not in [row.due_at for row in waits(morning, closed + DAY).missed]
    mark(morning.thiamine, EIGHT, morning.here.on_unit, "absent", at=NOON)
    assert waits(morning, closed + timedelta(hours=5)).missed == ()


def test_another_site_sees_none_of_it(morning: Morning) -> None:
    refuse(morning, 0, 1)
    given_as_needed(morning)
    verbal(morning.thiamine, morning.here.prescriber, by=morning.here.on_unit, at=EIGHT)
    assert tasks(morning.here.other_site, NOON).count == 0


def test_what_is_owed_follows_a_client_who_was_discharged(morning: Morning) -> None:
    given_as_needed(morning)
    Placement.objects.filter(episode=morning.episode).update(ended_at=EIGHT + timedelta(minutes=30))
    assert len(waits(morning).owed) == 1


def test_the_queries_do_not_grow(morning: Morning) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as found:
            waits(morning)
        return len(found)

    refuse(morning, 1, 2)
    given_as_needed(morning)
    few = counted()
    here = morning.here
    for number in range(3):
        episode = admit(here, client(here, f"Ann{number}", "Lee"), here.iop)
        made = order(episode, medication(f"Drug {number}", "5 mg"), at_times("08:00", "20:00"), by=here.prescriber)
        refuse(morning, 0, 1, 2, ordered=made)
    assert len(waits(morning).refused) == 4
    assert counted() == few
    assert few <= 23  # the last is the site's own shift hours, which say when its stock is counted


def test_every_line_leads_to_a_page_that_answers(db: None) -> None:
    made = make_morning(timezone.now())
    now = made.here.now
    row = mark(made.ibuprofen, None, made.here.on_unit, at=now - timedelta(hours=2), prn_reason="Headache")
    Reassessment.objects.create(administration=row, due_at=now - timedelta(hours=1))
    verbal(made.thiamine, made.here.prescriber, by=made.here.on_unit, at=now - timedelta(days=2))
    today = now.replace(hour=13, minute=0, second=0, microsecond=0)  # 08:00 or 09:00 there
    order(made.episode, medication("Folic acid", "1 mg"), at_times("00:00", "12:00"), by=made.here.prescriber)
    for days in (1, 2):
        mark(made.thiamine, today - days * DAY, made.here.on_unit, "refused")
    for who in (made.here.on_unit, made.here.prescriber, made.here.director):
        session = Browser()
        session.force_login(who)
        answer = session.get("/pass/tasks/")
        lines = [line for part in answer.context["parts"] for line in part.lines]
        assert len(lines) >= 4
        for line in lines:
            assert session.get(line.url).status_code == 200, line
        day = session.get("/")
        assert (b"medication task" in day.content) == (who != made.here.director)


@settings(derandomize=True, database=None, deadline=None)
@given(st.lists(st.sampled_from(list(Outcome)), max_size=12), st.integers(1, 4), st.integers(1, 5))
def test_refusals_are_told_exactly_when_the_numbers_are_reached(
    outcomes: list[Outcome], in_a_row: int, in_days: int
) -> None:
    offered = [(EIGHT - number * DAY, outcome) for number, outcome in enumerate(outcomes)]  # newest first
    found = refusals(offered, NOON, Limits(in_a_row, in_days))
    row = 0
    for outcome in outcomes:
        if outcome in TAKEN:
            break
        row += outcome is Outcome.REFUSED
    lately = sum(outcome is Outcome.REFUSED for outcome in outcomes[:7])
    assert (found is not None) == (row >= in_a_row or lately >= in_days)


@pytest.mark.parametrize("between", [Outcome.HELD, Outcome.ABSENT, Outcome.NOT_AVAILABLE])
def test_a_dose_that_was_not_offered_neither_counts_nor_breaks_the_row(between: Outcome) -> None:
    days = [(EIGHT - 2 * DAY, Outcome.REFUSED), (EIGHT - DAY, between), (EIGHT, Outcome.REFUSED)]
    found = refusals(days, NOON, Limits())
    assert found is not None
    assert found.count == 2
