"""How far from its due time may a dose be given, and how does it stand now? The examples of docs/rules/doses.md."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emar.rules.administration import Outcome
from emar.rules.schedule import AsNeeded, EveryHours, FixedTimes, Once, Schedule, Taper, TaperStep, due_times
from emar.rules.windows import (
    DoseState,
    Timing,
    Window,
    WindowClass,
    WindowPolicy,
    dose_state,
    minutes_off,
    missed_from,
    opens_at,
    timing,
    window_for,
)
from tests.doc_table import table

PAGE = "docs/rules/doses.md"
DUE = datetime(2026, 1, 5, 13, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR_EACH_SIDE = Window(WindowClass.FREQUENT, 60, 60)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=100)


def schedule(words: str) -> Schedule:
    """The schedules of the page's first column."""
    match words.split():
        case ["once"]:
            return Once()
        case ["as", "needed"]:
            return AsNeeded(timedelta(hours=6), 4)
        case ["every", hours, "hours"]:
            return EveryHours(int(hours))
        case ["Mon", "at", clock]:
            return FixedTimes((time.fromisoformat(clock),), frozenset({0}))
        case ["daily", "at", clock]:
            return FixedTimes((time.fromisoformat(clock),))
        case clocks:
            return FixedTimes(tuple(time.fromisoformat(clock.rstrip(",")) for clock in clocks))


@pytest.mark.parametrize("row", table(PAGE, "Windows"), ids=lambda row: f"{row['Schedule']} / {row['Time-critical']}")
def test_a_schedule_has_the_window_that_the_page_says(row: dict[str, str]) -> None:
    window = window_for(schedule(row["Schedule"]), row["Time-critical"] == "yes")
    assert (window.kind, window.before, window.after) == (row["Class"], int(row["Before"]), int(row["After"]))
    assert window.asks_reason == (row["Class"] != "not_eligible")


@pytest.mark.parametrize(
    "row", table(PAGE, "How an uncharted dose stands"), ids=lambda row: f"{row['Window']} min at {row['Now']}"
)
def test_an_uncharted_dose_stands_as_the_page_says(row: dict[str, str]) -> None:
    due, now = (datetime.fromisoformat(f"2026-01-05 {row[key]}Z") for key in ("Due", "Now"))
    window = Window(WindowClass.FREQUENT, int(row["Window"]), int(row["Window"]))
    assert dose_state(due, now, window, None) == row["State"]


def test_a_charted_dose_is_charted_whatever_the_clock_says() -> None:
    for hours in (-72, 0, 72):
        now = DUE + timedelta(hours=hours)
        assert dose_state(DUE, now, HOUR_EACH_SIDE, Outcome.REFUSED) is DoseState.CHARTED


def test_a_single_dose_is_never_early_or_late_but_does_not_wait_unseen() -> None:
    window = window_for(Once(), False)
    assert timing(DUE, DUE + timedelta(hours=9), window) is Timing.ON_TIME
    assert dose_state(DUE, DUE - MINUTE, window, None) is DoseState.UPCOMING
    assert dose_state(DUE, DUE, window, None) is DoseState.DUE
    assert dose_state(DUE, DUE + timedelta(hours=3), window, None) is DoseState.MISSED


def test_the_edges_of_the_window_are_on_time_to_the_second_that_the_clock_still_shows() -> None:
    assert timing(DUE, DUE + 60 * MINUTE + timedelta(seconds=59), HOUR_EACH_SIDE) is Timing.ON_TIME
    assert timing(DUE, DUE + 61 * MINUTE, HOUR_EACH_SIDE) is Timing.LATE
    assert timing(DUE, DUE - 60 * MINUTE, HOUR_EACH_SIDE) is Timing.ON_TIME
    assert timing(DUE, DUE - 60 * MINUTE - timedelta(seconds=1), HOUR_EACH_SIDE) is Timing.EARLY


def test_minutes_off_are_negative_when_early_and_count_real_time_on_a_change_night() -> None:
    zone = ZoneInfo("America/New_York")
    assert minutes_off(DUE, DUE - 24 * MINUTE) == -24
    assert minutes_off(DUE, DUE + timedelta(seconds=59)) == 0
    first = datetime(2026, 11, 1, 1, 30, tzinfo=zone)
    assert minutes_off(first, first.replace(fold=1)) == 60


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        minutes_off(DUE, datetime(2026, 1, 5, 8))


def test_a_site_may_set_its_own_minutes() -> None:
    policy = WindowPolicy(daily=60, source="Riverbend policy 4.2")
    assert window_for(FixedTimes((time(8),)), False, policy).after == 60
    with pytest.raises(ValueError, match="at least 1 minute"):
        WindowPolicy(frequent=0)


def test_a_taper_takes_the_window_of_its_busiest_step() -> None:
    calm, busy = TaperStep(1, (time(20),), Decimal(5)), TaperStep(1, (time(8), time(20)), Decimal(5))
    assert window_for(Taper((calm, busy)), False).kind is WindowClass.FREQUENT
    assert window_for(Taper((calm,)), False).kind is WindowClass.DAILY


windows = st.builds(
    lambda before, after: Window(WindowClass.FREQUENT, before, after), st.integers(0, 180), st.integers(0, 180)
)
seconds = st.integers(-6 * 3600, 6 * 3600).map(lambda number: timedelta(seconds=number))


@quick
@given(windows, seconds)
def test_a_dose_is_missed_exactly_from_the_instant_its_window_closes(window: Window, off: timedelta) -> None:
    now = DUE + off
    state = dose_state(DUE, now, window, None)
    assert (state is DoseState.MISSED) == (now >= missed_from(DUE, window))
    assert (state is DoseState.UPCOMING) == (now < opens_at(DUE, window))


@quick
@given(windows, st.lists(seconds, min_size=2))
def test_a_dose_only_ever_moves_on_from_upcoming_to_due_to_late_to_missed(
    window: Window, offs: list[timedelta]
) -> None:
    order = list(DoseState)
    seen = [order.index(dose_state(DUE, DUE + off, window, None)) for off in sorted(offs)]
    assert seen == sorted(seen)


@quick
@given(windows, seconds)
def test_what_shows_as_open_can_be_given_without_a_reason_and_nothing_else_can(window: Window, off: timedelta) -> None:
    open_now = dose_state(DUE, DUE + off, window, None) in {DoseState.DUE, DoseState.LATE}
    assert open_now == (timing(DUE, DUE + off, window) is Timing.ON_TIME)


@quick
@given(
    st.lists(st.builds(time, st.integers(0, 23), st.integers(0, 59)), min_size=1, max_size=8, unique=True),
    st.booleans(),
    st.builds(WindowPolicy, st.integers(1, 300), st.integers(1, 900), st.integers(1, 900)),
)
def test_windows_of_neighbouring_doses_never_meet(times: list[time], critical: bool, policy: WindowPolicy) -> None:
    daily = FixedTimes(tuple(times))
    window = window_for(daily, critical, policy)
    due = due_times(daily, start=DUE, stop=None, since=DUE, until=DUE + timedelta(days=3), tz=UTC)
    for earlier, later in pairwise(due):
        assert earlier + window.after * MINUTE < later - window.before * MINUTE
