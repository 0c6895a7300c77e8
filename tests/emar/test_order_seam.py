"""At the seam of two versions every due time has one owner: none is due twice, none is lost, over clock changes too."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from emar.rules.orders.over import dropped, is_over
from emar.rules.orders.seam import Seam, Version, seam
from emar.rules.schedule import AsNeeded, EveryHours, FixedTimes, Once, Schedule, Taper, TaperStep, due_times
from emar.rules.windows import DEFAULT, missed_from, window_for

quick = settings(derandomize=True, deadline=None, database=None, max_examples=300)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("America/New_York", "UTC", "Australia/Lord_Howe", "America/Phoenix")]
)
TIMES = st.lists(
    st.times().map(lambda moment: moment.replace(second=0, microsecond=0, fold=0)), min_size=1, max_size=4, unique=True
).map(tuple)
FIXED = st.builds(FixedTimes, TIMES, st.none() | st.just(frozenset({0, 2, 4})), st.sampled_from([1, 2, 3]))
HOURS = st.builds(EveryHours, st.sampled_from([2, 4, 6, 8, 12, 24, 36]))
STEPS = st.builds(TaperStep, st.integers(1, 4), TIMES, st.sampled_from([Decimal(50), Decimal(25)]))
SCHEDULES = (
    FIXED | HOURS | st.just(Once()) | st.lists(STEPS, min_size=1, max_size=3).map(lambda each: Taper(tuple(each)))
)
NEAR = 20 * 24 * 60  # minutes around a clock change
STARTS = st.builds(
    lambda night, minutes: night + minutes * MINUTE,
    st.sampled_from([datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)]),
    st.integers(-NEAR, NEAR),
)  # fmt: skip


def dues(schedule: Schedule, anchor: datetime, since: datetime, until: datetime, tz: ZoneInfo) -> list[datetime]:
    return due_times(schedule, start=anchor, stop=None, since=since, until=until, tz=tz)


def charted_by(version: Version, at: datetime, tz: ZoneInfo, keep: list[bool]) -> set[datetime]:
    """Some of the doses due by now, and perhaps the next one, given early."""
    listed = dues(version.schedule, version.anchor, version.since, at + DAY, tz)
    behind = [due for due in listed if due <= at]
    ahead = [due for due in listed if due > at][:1]
    return {due for due, kept in zip([*ahead, *reversed(behind)], keep, strict=False) if kept}


@quick
@given(schedule=SCHEDULES, start=STARTS, after=st.integers(1, 15 * 24 * 60), tz=ZONES, critical=st.booleans(),
       keep=st.lists(st.booleans(), max_size=6))  # fmt: skip
def test_the_same_schedule_goes_on_as_if_nothing_had_happened(
    schedule: Schedule, start: datetime, after: int, tz: ZoneInfo, critical: bool, keep: list[bool]
) -> None:
    at, horizon = start + after * MINUTE, start + 40 * DAY
    old = Version(schedule, critical, start, start, None)
    charted = charted_by(old, at, tz, keep)
    found = seam(old, schedule, charted, at=at, tz=tz, windows=DEFAULT)
    first = [due for due in dues(schedule, start, start, horizon, tz) if due < found.due_from]
    then = dues(schedule, found.anchor, found.due_from, horizon, tz)
    assert first + then == dues(schedule, start, start, horizon, tz)
    assert not charted & set(then)


@quick
@given(schedule=SCHEDULES, new=SCHEDULES, start=STARTS, after=st.integers(1, 15 * 24 * 60), tz=ZONES, critical=st.booleans(),
       keep=st.lists(st.booleans(), max_size=6))  # fmt: skip
def test_another_schedule_takes_what_was_open_and_nothing_that_was_charted(
    schedule: Schedule, new: Schedule, start: datetime, after: int, tz: ZoneInfo, critical: bool, keep: list[bool]
) -> None:
    at, horizon = start + after * MINUTE, start + 40 * DAY
    old = Version(schedule, critical, start, start, None)
    charted = charted_by(old, at, tz, keep)
    found = seam(old, new, charted, at=at, tz=tz, windows=DEFAULT)
    window = window_for(schedule, critical)
    then = dues(new, found.anchor, found.due_from, horizon, tz)
    assert found.anchor <= found.due_from
    assert not charted & set(then)
    listed = dues(schedule, start, start, at + MINUTE / 60, tz)
    waiting = [due for due in listed if due <= at and due not in charted and at < missed_from(due, window)]
    assert found.open_at == (waiting[0] if waiting else None)
    if not waiting and not any(due >= at for due in charted):
        assert found.due_from == at
    for due in listed:  # a missed dose stays with the old version
        if due not in charted and at >= missed_from(due, window):
            assert due < found.due_from


@quick
@given(hours=st.sampled_from([2, 4, 6, 8, 12, 24]), new=st.sampled_from([2, 4, 6, 8, 12, 24]), start=STARTS,
       after=st.integers(1, 5 * 24 * 60), tz=ZONES)  # fmt: skip
def test_hours_that_change_count_from_the_last_dose(
    hours: int, new: int, start: datetime, after: int, tz: ZoneInfo
) -> None:
    assume(hours != new)
    at = start + after * MINUTE
    old = Version(EveryHours(hours), False, start, start, None)
    charted = {due for due in dues(old.schedule, start, start, at + MINUTE, tz) if due <= at}
    last = max(charted)
    found = seam(old, EveryHours(new), charted, at=at, tz=tz, windows=DEFAULT)
    then = dues(EveryHours(new), found.anchor, found.due_from, at + 3 * DAY, tz)
    assert then[0] >= found.due_from
    if last + new * HOUR > at:
        assert then[0] == last + new * HOUR


def test_three_versions_share_one_day() -> None:
    """Changed twice: each due time is still one version's."""
    tz, start = ZoneInfo("America/New_York"), datetime(2026, 1, 5, 12, tzinfo=UTC)
    first = Version(EveryHours(4), False, start, start, None)
    one = seam(first, EveryHours(4), {start}, at=start + 5 * HOUR, tz=tz, windows=DEFAULT)
    assert (one.due_from, one.anchor, one.open_at) == (start + 4 * HOUR, start, start + 4 * HOUR)
    second = Version(EveryHours(4), False, one.anchor, one.due_from, None)
    two = seam(second, EveryHours(4), {start + 4 * HOUR}, at=start + 6 * HOUR, tz=tz, windows=DEFAULT)
    assert (two.due_from, two.anchor, two.open_at) == (start + 6 * HOUR, start, None)


def test_as_needed_has_no_seam_and_hours_after_it_begin_now() -> None:
    tz, start = ZoneInfo("UTC"), datetime(2026, 1, 5, 12, tzinfo=UTC)
    prn = Version(AsNeeded(6 * HOUR, 4), False, start, start, None)
    assert seam(prn, EveryHours(6), (), at=start + HOUR, tz=tz, windows=DEFAULT) == Seam(start + HOUR, start + HOUR)
    fixed = Version(FixedTimes((time(8),)), False, start, start, None)
    assert seam(fixed, prn.schedule, (), at=start + HOUR, tz=tz, windows=DEFAULT) == Seam(start + HOUR, start + HOUR)


@pytest.mark.parametrize(("minutes", "goes"), [(0, True), (30, True), (60, True), (61, False), (200, False)])
def test_a_stop_drops_what_was_open_and_keeps_what_was_missed(minutes: int, goes: bool) -> None:
    due = datetime(2026, 1, 5, 13, tzinfo=UTC)
    window, ended = window_for(FixedTimes((time(8), time(20))), False), due + minutes * MINUTE
    assert dropped(due, window, stopped_at=ended, ended_at=ended) is goes
    assert not dropped(due, window, stopped_at=None, ended_at=ended)  # a planned end


def test_a_taper_and_a_single_dose_run_out() -> None:
    tz, start = ZoneInfo("UTC"), datetime(2026, 1, 5, 6, tzinfo=UTC)
    taper = Taper((TaperStep(2, (time(8), time(20)), Decimal(50)),))
    for schedule, over in ((taper, start + 50 * HOUR), (Once(), start + 12 * HOUR)):
        assert (is_over(schedule, start, at=over - MINUTE, tz=tz), is_over(schedule, start, at=over, tz=tz)) == (
            False,
            True,
        )
    assert not is_over(EveryHours(6), start, at=start + 999 * DAY, tz=tz)
