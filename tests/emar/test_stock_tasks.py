"""What controlled stock adds to the medication tasks: counts at the change of shift, differences with their clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emar.actions import stock
from emar.queries.tasks import Tasks, tasks
from emar.rules.stock import Shift
from emar.rules.stock.shifts import AHEAD, BEFORE, change_due
from programs.rules.routine import CHANGES, newest_change
from tests.emar.conftest import NOW
from tests.emar.desk import body
from tests.factories.stock import Stocked, stocked
from tests.signing import signed_in as as_

NEW_YORK = ZoneInfo("America/New_York")
SEVEN = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)  # 07:00 in New York, 70 minutes before NOW
HOUR = timedelta(hours=1)


@pytest.fixture
def shelf(db: None) -> Stocked:
    return stocked(NOW)


def waits(shelf: Stocked, at: datetime = NOW) -> Tasks:
    return tasks(shelf.here.site, at)


def test_a_place_that_holds_something_is_to_be_counted_for_the_shift_and_then_not(shelf: Stocked) -> None:
    (row,) = waits(shelf).counts
    assert (row.location, row.due_at, row.late, row.counted) == (shelf.cart, SEVEN, True, None)
    shelf.count("20", "20")
    assert waits(shelf).counts == ()
    assert waits(shelf, NOW + 8 * HOUR).counts[0].due_at == SEVEN + 8 * HOUR


def test_a_count_that_one_person_made_still_waits(shelf: Stocked) -> None:
    begun = stock.start_count(by=shelf.nurse, at=NOW, location_id=shelf.cart.pk, shift=Shift.DAY)
    (row,) = waits(shelf).counts
    assert row.running == begun


def test_a_difference_waits_with_its_clocks_until_it_is_resolved(shelf: Stocked) -> None:
    shelf.count("19", "19")
    (row,) = waits(shelf).variances
    assert [each.due_at - NOW for each in row.reports] == [timedelta(days=1), timedelta(days=45)]
    late = waits(shelf, NOW + timedelta(days=2))
    assert late.variances[0].late
    assert late.late > waits(shelf).late


def test_the_page_leads_to_the_count_and_to_the_difference(db: None) -> None:
    shelf = stocked(datetime.now(UTC))
    shelf.count("19", "19", at=shelf.now - timedelta(minutes=1))
    said = body(as_(shelf.director).get("/pass/tasks/"))
    assert "Resolve: Lorazepam 1 mg, lot A12" in said
    assert "Written notice due" in said


def test_a_count_is_due_from_half_an_hour_before_the_change() -> None:
    before = SEVEN - AHEAD
    assert change_due(None, before, NEW_YORK) == SEVEN
    assert change_due(SEVEN - BEFORE, before, NEW_YORK) is None
    assert change_due(SEVEN - BEFORE - timedelta(minutes=1), before, NEW_YORK) == SEVEN
    assert change_due(None, before - timedelta(minutes=1), NEW_YORK) == SEVEN - 8 * HOUR


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
@settings(derandomize=True, database=None, deadline=None)
def test_the_change_is_one_of_the_day_and_never_more_than_nine_hours_old(at: datetime) -> None:
    found = newest_change(at, NEW_YORK)
    assert found.astimezone(NEW_YORK).time() in CHANGES
    assert timedelta(0) <= at - found < 9 * HOUR + timedelta(minutes=1)
    assert change_due(at, at, NEW_YORK) is None
