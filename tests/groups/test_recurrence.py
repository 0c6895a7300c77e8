"""On which dates does a group meet, and when by the clock on the wall?"""

from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groups.rules.recurrence import Meets, dates, rule_findings, times

NEW_YORK = ZoneInfo("America/New_York")
MONDAY = date(2026, 1, 5)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=100)


def meets(rule: str, ends_on: date | None = None) -> Meets:
    return Meets(rule, MONDAY, ends_on, time(17, 30), 180)


def test_three_days_a_week_without_the_holidays_and_not_after_the_end() -> None:
    rule = meets("FREQ=WEEKLY;BYDAY=MO,WE,FR", date(2026, 1, 16))
    found = [day.day for day in dates(rule, date(2026, 1, 1), date(2026, 2, 1), {date(2026, 1, 9)})]
    assert found == [5, 7, 12, 14]


def test_every_second_week_is_counted_from_the_beginning_not_from_what_is_asked() -> None:
    rule = meets("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
    assert [day.day for day in dates(rule, date(2026, 1, 12), date(2026, 2, 1))] == [20]


def test_the_first_thursday_of_each_month() -> None:
    found = dates(meets("FREQ=MONTHLY;BYDAY=TH;BYSETPOS=1"), MONDAY, date(2026, 4, 1))
    assert list(found) == [date(2026, 2, 5), date(2026, 3, 5)]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("FREQ=WEEKLY;BYDAY=MO", ""),
        ("FREQ=HOURLY", "series.rule_frequency"),
        ("every monday", "series.rule_unknown"),
        ("FREQ=WEEKLY;BYHOUR=9", "series.rule_unknown"),
        ("FREQ=WEEKLY;BYDAY=XX", "series.rule_unreadable"),
        ("FREQ=DAILY;INTERVAL=no", "series.rule_unreadable"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "series.rule_month_day"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=12;BYSETPOS=2", "series.rule_never"),
        ("FREQ=WEEKLY;UNTIL=20250101T000000", "series.rule_never"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_with_a_sentence(rule: str, code: str) -> None:
    found = rule_findings(rule, MONDAY)
    assert [finding.code for finding in found] == ([code] if code else [])
    assert all(finding.message.endswith(".") for finding in found)


@pytest.mark.parametrize(
    ("on", "starts", "shown"),
    [
        (date(2026, 3, 7), time(17, 30), "17:30 to 20:30"),
        (date(2026, 3, 8), time(17, 30), "17:30 to 20:30"),
        (date(2026, 3, 8), time(2, 30), "03:00 to 06:00"),  # the clock skips it: the first minute after the gap
        (date(2026, 11, 1), time(1, 30), "01:30 to 03:30"),  # the first of the two, three real hours
    ],
)
def test_the_wall_clock_counts_when_the_clocks_change(on: date, starts: time, shown: str) -> None:
    begins, ends = times(on, starts, 180, NEW_YORK)
    assert f"{begins.astimezone(NEW_YORK):%H:%M} to {ends.astimezone(NEW_YORK):%H:%M}" == shown
    assert ends - begins == timedelta(hours=3)


@quick
@given(
    st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    st.times(),
    st.integers(1, 720),
    st.sampled_from(["America/New_York", "Australia/Lord_Howe", "UTC", "America/Sao_Paulo"]),
)
def test_a_meeting_lasts_its_real_minutes_and_begins_on_its_date(on: date, at: time, minutes: int, zone: str) -> None:
    begins, ends = times(on, at.replace(second=0, microsecond=0), minutes, ZoneInfo(zone))
    assert ends - begins == timedelta(minutes=minutes)
    assert begins.astimezone(ZoneInfo(zone)).date() == on
    assert begins.tzinfo == UTC


@quick
@given(
    st.sets(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_asking_in_two_steps_gives_the_same_dates(days: set[str], first: int, second: int) -> None:
    rule = meets(f"FREQ=WEEKLY;BYDAY={','.join(sorted(days))}")
    middle, end = MONDAY + timedelta(days=first), MONDAY + timedelta(days=first + second)
    whole = list(dates(rule, MONDAY, end))
    assert list(dates(rule, MONDAY, middle)) + list(dates(rule, middle, end)) == whole
