"""What does an attendance count for? The examples of docs/rules/minutes.md, and properties."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groups.rules.minutes import (
    AttendanceFacts,
    AttendanceStatus,
    Interval,
    ServiceRule,
    SessionFacts,
    UnitKind,
    WeeklyRule,
    attendance_findings,
    credited_interval,
    credited_minutes,
    minutes_by_day,
    union_minutes,
    units,
    week_progress,
)
from tests.doc_table import table

PAGE = "docs/rules/minutes.md"
NEW_YORK = ZoneInfo("America/New_York")
ZONES = ("America/New_York", "America/Los_Angeles", "Australia/Lord_Howe", "Pacific/Chatham", "UTC")
TUESDAY = date(2026, 1, 6)
HERE = AttendanceFacts(AttendanceStatus.HERE)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=100)


def clock(text: str) -> datetime:
    return datetime.combine(TUESDAY, time.fromisoformat(text), tzinfo=NEW_YORK)


GROUP = SessionFacts(clock("17:30"), clock("20:30"))


@pytest.mark.parametrize("row", table(PAGE, "Credited minutes"), ids=lambda row: row["Example"])
def test_an_attendance_counts_what_the_page_says(row: dict[str, str]) -> None:
    arrived, left = (clock(row[key]) if row[key] else None for key in ("Came", "Left"))
    attendance = AttendanceFacts(AttendanceStatus(row["Status"]), arrived, left)
    assert credited_minutes(attendance, GROUP) == int(row["Minutes"])
    codes = [finding.code for finding in attendance_findings(attendance, GROUP)]
    assert (", ".join(codes) or "none") == row["Finding"]


SERVICES = {
    "15-minute": ServiceRule(),
    "15-minute, whole only": ServiceRule(midpoint=15),
    "Session of 45 or more": ServiceRule(UnitKind.SESSION, at_least=45),
    "Day of 180 or more": ServiceRule(UnitKind.DIEM, at_least=180),
}


@pytest.mark.parametrize("row", table(PAGE, "Units"), ids=lambda row: f"{row['Minutes']} min")
def test_minutes_make_the_units_that_the_page_says(row: dict[str, str]) -> None:
    minutes = int(row["Minutes"])
    assert {name: str(units(minutes, service)) for name, service in SERVICES.items()} == {
        name: row[name] for name in SERVICES
    }


@pytest.mark.parametrize("row", table(PAGE, "The week"), ids=lambda row: f"{row['Level']}: {row['Minutes']}")
def test_a_week_stands_against_its_level_as_the_page_says(row: dict[str, str]) -> None:
    week = week_progress(int(row["Minutes"]), row["Level"])
    assert (str(week), week.short_by, week.over_by) == (row["Said"], int(row["Short by"]), int(row["Over by"]))
    assert week.met == (row["Short by"] == "0")


def test_a_payers_own_minimum_replaces_the_levels() -> None:
    assert week_progress(300, "3.1", {"3.1": WeeklyRule(5 * 60)}).met


def test_a_session_that_ends_before_it_starts_counts_nothing_and_says_so() -> None:
    backward = SessionFacts(GROUP.ended_at, GROUP.started_at)
    assert credited_minutes(HERE, backward) == 0
    assert [finding.code for finding in attendance_findings(HERE, backward)] == ["attendance.session_ends_first"]


def test_a_time_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 1, 6, 17, 30)
    with pytest.raises(ValueError, match="without a time zone"):
        credited_minutes(AttendanceFacts(AttendanceStatus.LATE, naive), GROUP)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: units(-1, ServiceRule()), "never negative"),
        (lambda: week_progress(-1, "2.1"), "never negative"),
        (lambda: ServiceRule(midpoint=0), "between 1 and"),
        (lambda: ServiceRule(midpoint=16), "between 1 and"),
        (lambda: ServiceRule(UnitKind.DIEM, at_least=0), "at least 1 minute"),
    ],
)
def test_numbers_that_cannot_be_meant_are_refused_with_a_sentence(make: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make()


def test_a_group_and_an_individual_session_at_the_same_time_count_each_minute_once() -> None:
    individual = (clock("18:00"), clock("18:45"))
    medication_line = (clock("20:15"), clock("20:40"))
    assert union_minutes([(GROUP.started_at, GROUP.ended_at), individual, medication_line]) == 190


def test_sessions_that_touch_are_added_without_a_gap_or_an_overlap() -> None:
    assert union_minutes([(clock("09:00"), clock("10:00")), (clock("10:00"), clock("11:00"))]) == 120


def test_a_group_over_the_repeated_hour_counts_the_real_minutes() -> None:
    first = datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK)
    night = SessionFacts(first, first.replace(fold=1))
    assert credited_minutes(HERE, night) == 60
    came_in_the_second_hour = AttendanceFacts(
        AttendanceStatus.LATE, datetime(2026, 11, 1, 1, 10, fold=1, tzinfo=NEW_YORK)
    )
    assert credited_minutes(came_in_the_second_hour, night) == 20


def test_a_session_over_midnight_is_shared_between_the_days() -> None:
    late = (clock("23:30"), clock("23:30") + timedelta(hours=1))
    assert minutes_by_day([late], NEW_YORK) == {TUESDAY: 30, TUESDAY + timedelta(days=1): 30}


MIDNIGHT = datetime(2026, 10, 31, tzinfo=UTC)
seconds = st.integers(0, 3 * 24 * 3600).map(lambda number: MIDNIGHT + timedelta(seconds=number))
sessions = st.builds(
    lambda start, length: SessionFacts(start, start + timedelta(seconds=length)), seconds, st.integers(0, 4 * 3600)
)
attendances = st.builds(AttendanceFacts, st.sampled_from(AttendanceStatus), st.none() | seconds, st.none() | seconds)
stretches = st.lists(
    st.builds(lambda start, length: (start, start + timedelta(minutes=length)), seconds, st.integers(-30, 300)),
    max_size=6,
)


@quick
@given(attendances, sessions)
def test_minutes_are_never_negative_nor_more_than_the_session(
    attendance: AttendanceFacts, session: SessionFacts
) -> None:
    assert 0 <= credited_minutes(attendance, session) <= union_minutes([(session.started_at, session.ended_at)])


@quick
@given(sessions, st.integers(0, 4 * 3600), st.integers(0, 4 * 3600))
def test_coming_later_or_leaving_sooner_never_counts_more(session: SessionFacts, came: int, left: int) -> None:
    late = AttendanceFacts(AttendanceStatus.LATE, session.started_at + timedelta(seconds=came))
    later = replace(late, arrived_at=session.started_at + timedelta(seconds=came + 60))
    gone = replace(late, left_at=session.ended_at - timedelta(seconds=left))
    assert credited_minutes(later, session) <= credited_minutes(late, session) <= credited_minutes(HERE, session)
    assert credited_minutes(gone, session) <= credited_minutes(late, session)


@quick
@given(stretches)
def test_a_minute_in_two_places_counts_once(intervals: list[Interval]) -> None:
    minutes = {
        number for begin, end in intervals for number in range(int(begin.timestamp() // 60), int(end.timestamp() // 60))
    }
    assert union_minutes(intervals) == len(minutes)
    assert union_minutes([*intervals, *intervals]) == union_minutes(intervals)


@quick
@given(st.lists(st.tuples(attendances, sessions), max_size=5))
def test_a_day_never_counts_more_than_its_sessions_added_up(pairs: list[tuple[AttendanceFacts, SessionFacts]]) -> None:
    intervals = [interval for pair in pairs if (interval := credited_interval(*pair)) is not None]
    assert union_minutes(intervals) <= sum(credited_minutes(*pair) for pair in pairs)


@quick
@given(stretches, st.sampled_from(ZONES))
def test_the_week_is_the_sum_of_its_days_even_over_a_clock_change(intervals: list[Interval], zone: str) -> None:
    assert sum(minutes_by_day(intervals, ZoneInfo(zone)).values()) == union_minutes(intervals)


@pytest.mark.parametrize(("day", "minutes"), [(date(2026, 3, 8), 23 * 60), (date(2026, 11, 1), 25 * 60)])
def test_a_change_day_has_the_minutes_it_really_had(day: date, minutes: int) -> None:
    begins = datetime.combine(day, time(0), tzinfo=NEW_YORK) - timedelta(days=1)
    whole = (begins, begins + timedelta(days=3))
    assert minutes_by_day([whole], NEW_YORK)[day] == minutes


services = st.builds(
    lambda kind, length, share, least: ServiceRule(kind, length, max(1, length * share // 100), least),
    st.sampled_from(UnitKind),
    st.integers(1, 60),
    st.integers(1, 100),
    st.integers(1, 300),
)


@quick
@given(services, st.integers(0, 2000), st.integers(0, 200))
def test_more_minutes_never_make_fewer_units(service: ServiceRule, minutes: int, more: int) -> None:
    assert units(minutes, service) <= units(minutes + more, service)


@quick
@given(services, st.integers(0, 2000))
def test_timed_units_are_never_a_whole_unit_away_from_the_time_they_stand_for(
    service: ServiceRule, minutes: int
) -> None:
    timed = replace(service, kind=UnitKind.TIMED)
    assert abs(units(minutes, timed) * timed.unit_minutes - minutes) < timed.unit_minutes
