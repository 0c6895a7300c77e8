"""Which past minute: garbled, not yet, skipped by the clock, shown twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.rules.past import past_minute

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 3, 15, 42, tzinfo=UTC)


NO_TIMES = (
    "", "yesterday", "2026-11-31T10:00", "2026-11-03", "0001-01-01T00:00", "2026-11-03T02:14+05:00", "9999-12-31T23:59",
)  # fmt: skip


@pytest.mark.parametrize("typed", NO_TIMES)
def test_what_is_no_time_is_asked_for_again(typed: str) -> None:
    found = past_minute(typed, NOW, NEW_YORK)
    assert (found.at, found.typed) == (None, typed)
    assert found.wrong == "Write a date and a time, as in 2026-11-03 02:14."


def test_a_minute_is_read_on_the_sites_clock() -> None:
    assert past_minute("2026-11-03T02:14", NOW, NEW_YORK).at == datetime(2026, 11, 3, 7, 14, tzinfo=UTC)


def test_a_time_that_has_not_come_is_refused() -> None:
    found = past_minute("2026-11-03T10:43", NOW, NEW_YORK)
    assert found.at is None
    assert found.wrong == "Tue 3 Nov 2026, 10:43 has not come yet. Choose a time that has passed."
    assert past_minute("2026-11-03T10:42", NOW, NEW_YORK).at == NOW


def test_a_time_the_clock_skipped_names_its_neighbours() -> None:
    found = past_minute("2026-03-08T02:30", NOW, NEW_YORK)
    assert found.at is None
    assert found.wrong == "The clocks went forward and 02:30 did not come that day: 01:30 or 03:30 did."


def test_of_an_hour_that_came_twice_the_first_is_meant_unless_the_second_is_asked_for() -> None:
    first = past_minute("2026-11-01T01:30", NOW, NEW_YORK)
    second = past_minute("2026-11-01T01:30", NOW, NEW_YORK, second=True)
    assert (first.at, first.twice, first.second) == (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), True, False)
    assert (second.at, second.twice, second.second) == (datetime(2026, 11, 1, 6, 30, tzinfo=UTC), True, True)


def test_the_second_time_is_not_offered_before_it_came() -> None:
    between = datetime(2026, 11, 1, 5, 45, tzinfo=UTC)
    assert past_minute("2026-11-01T01:30", between, NEW_YORK).twice is False
    assert "has not come yet" in past_minute("2026-11-01T01:30", between, NEW_YORK, second=True).wrong


@settings(derandomize=True, database=None, deadline=None)
@given(st.integers(1, 400 * 24 * 60), st.sampled_from(["America/New_York", "America/Los_Angeles", "UTC"]))
def test_every_past_minute_can_be_asked_for(ago: int, zone: str) -> None:
    tz = ZoneInfo(zone)
    minute = NOW - timedelta(minutes=ago)
    wall = minute.astimezone(tz)
    assert past_minute(f"{wall:%Y-%m-%dT%H:%M}", NOW, tz, second=wall.fold == 1).at == minute
