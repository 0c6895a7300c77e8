"""Properties of schedules over zones and clock changes: no dose lost, none doubled."""

import json
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache, partial
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from emar.rules.schedule import (
    AsNeeded,
    EveryHours,
    FixedTimes,
    Once,
    Schedule,
    Taper,
    TaperStep,
    describe,
    due_times,
    from_json,
    taper_dose_at,
    to_json,
)

ZONES = ("America/New_York", "America/Los_Angeles", "Australia/Lord_Howe", "Pacific/Chatham", "UTC")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=120)


@cache
def change_days(zone: str) -> tuple[date, ...]:
    """The local days of 2025 to 2027 on which the zone's clock changes."""
    tz = ZoneInfo(zone)
    noons = [datetime(2025, 1, 1, 12, tzinfo=UTC) + number * DAY for number in range(3 * 365)]
    offsets = [noon.astimezone(tz).utcoffset() for noon in noons]
    return tuple(
        noon.astimezone(tz).date()
        for noon, before, after in zip(noons[1:], offsets, offsets[1:], strict=False)
        if before != after
    ) or (date(2026, 3, 8),)


@st.composite
def stretches(draw: st.DrawFn) -> tuple[tzinfo, datetime, datetime]:
    """A zone, and a since and an until about two days apart near one of its clock changes."""
    zone = draw(st.sampled_from(ZONES))
    tz = ZoneInfo(zone)
    day = draw(st.sampled_from(change_days(zone)))
    begins = datetime(day.year, day.month, day.day, tzinfo=tz).astimezone(UTC)
    since = begins + draw(st.integers(-36 * 60, 12 * 60)) * MINUTE
    return tz, since, since + draw(st.integers(0, 60 * 60)) * MINUTE


clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
night_clocks = st.builds(time, st.integers(0, 4), st.integers(0, 59))
time_lists = st.lists(clocks | night_clocks, min_size=1, max_size=5, unique=True).map(tuple)
fixed_times = st.builds(
    FixedTimes, time_lists, st.none() | st.frozensets(st.integers(0, 6), min_size=1), st.integers(1, 4)
)
amounts = st.decimals("0.01", "500", places=2)
tapers = st.lists(st.builds(TaperStep, st.integers(1, 3), time_lists, amounts), min_size=1, max_size=3).map(
    lambda steps: Taper(tuple(steps))
)
as_needed = st.builds(AsNeeded, st.integers(1, 1440).map(lambda minutes: minutes * MINUTE), st.integers(1, 12))
schedules = fixed_times | st.builds(EveryHours, st.integers(1, 100)) | st.just(Once()) | tapers | as_needed
earlier_starts = st.integers(0, 60 * 24 * 60).map(lambda minutes: minutes * MINUTE)


@quick
@given(schedules, stretches(), earlier_starts, st.integers(0, 100))
def test_asking_for_a_stretch_in_two_parts_gives_the_same_doses(
    schedule: Schedule, stretch: tuple[tzinfo, datetime, datetime], before: timedelta, percent: int
) -> None:
    tz, since, until = stretch
    middle = since + (until - since) * percent / 100
    ask = partial(due_times, schedule, start=since + DAY / 2 - before, stop=None, tz=tz)
    halves = ask(since=since, until=middle) + ask(since=middle, until=until)
    assert halves == ask(since=since, until=until)


@quick
@given(schedules, stretches(), earlier_starts)
def test_doses_come_in_order_once_each_in_utc_and_inside_the_stretch(
    schedule: Schedule, stretch: tuple[tzinfo, datetime, datetime], before: timedelta
) -> None:
    tz, since, until = stretch
    start = since + DAY / 2 - before
    due = due_times(schedule, start=start, stop=None, since=since, until=until, tz=tz)
    assert due == sorted(set(due))
    assert all(moment.tzinfo is UTC and max(since, start) <= moment < until for moment in due)


@quick
@given(schedules, stretches(), earlier_starts, st.integers(0, 60 * 60))
def test_a_stop_takes_away_exactly_the_doses_from_that_instant_on(
    schedule: Schedule, stretch: tuple[tzinfo, datetime, datetime], before: timedelta, minutes: int
) -> None:
    tz, since, until = stretch
    ask = partial(due_times, schedule, start=since + DAY / 2 - before, since=since, until=until, tz=tz)
    opened = ask(stop=None)
    for stop in (since + minutes * MINUTE, *opened[:2]):
        assert ask(stop=stop) == [moment for moment in opened if moment < stop]


@quick
@given(fixed_times, stretches(), earlier_starts)
def test_no_dose_is_lost_or_doubled_on_a_change_night(
    schedule: FixedTimes, stretch: tuple[tzinfo, datetime, datetime], before: timedelta
) -> None:
    """Against a watcher of the wall clock: each time of each day is due in the first minute that shows it or later."""
    tz, since, until = stretch
    start = since + DAY / 2 - before
    begins, origin = max(since, start), start.astimezone(tz).date()
    expected = set()
    for number in range(-1, (until - begins).days + 3):
        day = begins.astimezone(tz).date() + number * DAY
        off = (day - origin).days
        if (
            off < 0
            or off % schedule.every_n_days
            or not (schedule.weekdays is None or day.weekday() in schedule.weekdays)
        ):
            continue
        for moment in schedule.times:
            expected.add(first_minute_showing(datetime.combine(day, moment), tz))
    due = due_times(schedule, start=start, stop=None, since=since, until=until, tz=tz)
    assert due == sorted(moment for moment in expected if begins <= moment < until)


def first_minute_showing(shown: datetime, tz: tzinfo) -> datetime:
    """Watch the clock minute by minute, from well before, until it shows that time or has passed it."""
    watch = shown.replace(tzinfo=tz).astimezone(UTC) - timedelta(minutes=90)
    while watch.astimezone(tz).replace(tzinfo=None) < shown:
        watch += MINUTE
    return watch


@quick
@given(st.integers(1, 100), stretches(), earlier_starts)
def test_every_n_hours_counts_real_hours_from_the_start(
    hours: int, stretch: tuple[tzinfo, datetime, datetime], before: timedelta
) -> None:
    tz, since, until = stretch
    start, step = since - before, timedelta(hours=hours)
    due = due_times(EveryHours(hours), start=start, stop=None, since=since, until=until, tz=tz)
    assert all((moment - start) % step == timedelta(0) for moment in due)
    assert len(due) == -((start - until) // step) - -((start - since) // step)


two_hours_apart = st.lists(st.integers(0, 11), min_size=1, max_size=4, unique=True).map(
    lambda hours: tuple(time(2 * hour) for hour in hours)
)
wide_tapers = st.lists(st.builds(TaperStep, st.integers(1, 3), two_hours_apart, amounts), min_size=1, max_size=3).map(
    lambda steps: Taper(tuple(steps))
)


@quick
@given(wide_tapers, st.sampled_from(ZONES), st.data())
def test_a_taper_gives_in_all_what_was_ordered_even_over_a_change_night(
    taper: Taper, zone: str, data: st.DataObject
) -> None:
    tz = ZoneInfo(zone)
    day = data.draw(st.sampled_from(change_days(zone))) - data.draw(st.integers(0, 4)) * DAY
    start = datetime(day.year, day.month, day.day, tzinfo=tz)
    due = due_times(taper, start=start, stop=None, since=start, until=start + 12 * DAY, tz=tz)
    doses = [taper_dose_at(taper, moment, start, tz) for moment in due]
    assert None not in doses
    assert sum(dose for dose in doses if dose is not None) == taper.total


@quick
@given(tapers, stretches())
def test_a_taper_has_a_dose_exactly_when_it_is_due(taper: Taper, stretch: tuple[tzinfo, datetime, datetime]) -> None:
    tz, since, until = stretch
    due = set(due_times(taper, start=since, stop=None, since=since, until=until, tz=tz))
    for moment in {since, since + (until - since) // MINUTE // 2 * MINUTE, *due, *(moment + MINUTE for moment in due)}:
        if since <= moment < until:
            assert (taper_dose_at(taper, moment, since, tz) is not None) == (moment in due)


@quick
@given(schedules)
def test_a_stored_schedule_comes_back_the_same_through_json(schedule: Schedule) -> None:
    assert from_json(json.loads(json.dumps(to_json(schedule)))) == schedule


@quick
@given(schedules)
def test_every_schedule_can_be_said_without_unsafe_shorthand(schedule: Schedule) -> None:
    words = describe(schedule)
    assert words
    assert not {"QD", "QOD", "QID", "TID", "BID", "PRN"} & set(words.upper().replace(",", " ").split())
