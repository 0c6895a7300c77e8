"""From a schedule to instants, computed from the asked stretch alone: an old order costs no more than a new one.

All comparisons are made in UTC: Python compares two datetimes of one zone by their wall clock and forgets which of
two 01:30s is meant.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import assert_never

from emar.rules.schedule.kinds import AsNeeded, EveryHours, FixedTimes, Once, Schedule, Taper

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)


def due_times(
    schedule: Schedule, *, start: datetime, stop: datetime | None, since: datetime, until: datetime, tz: tzinfo
) -> list[datetime]:
    """Return the instants the schedule is due, in UTC, sorted and without repeats.

    ``start`` (inclusive) and ``stop`` (exclusive; None = open) are the order's, ``since`` (inclusive) and ``until``
    (exclusive) the question's; all four carry a zone, else ValueError. ``tz`` is the site's zone.

    A fixed time that the clock skips is due at the first minute after the gap; one that comes twice is due once, at
    the first. Two fixed times that a gap pushes onto the same minute are one dose. An as-needed order is never due.
    """
    begins = as_utc(start, "start")
    lo = max(as_utc(since, "since"), begins)
    hi = as_utc(until, "until")
    if stop is not None:
        hi = min(hi, as_utc(stop, "stop"))
    if lo >= hi:
        return []
    match schedule:
        case FixedTimes():
            days = _matching_days(schedule, _local_day(begins, tz), _days_around(lo, hi, tz))
            return _within((first_instant(day, at, tz) for day in days for at in schedule.times), lo, hi)
        case EveryHours():
            return _elapsed(begins, timedelta(hours=schedule.hours), lo, hi)
        case Once():
            return _within([begins], lo, hi)
        case Taper():
            return _within((due for due, _ in _taper_doses(schedule, begins, lo, hi, tz)), lo, hi)
        case AsNeeded():
            return []
        case _:
            assert_never(schedule)


def taper_dose_at(taper: Taper, due_at: datetime, start: datetime, tz: tzinfo) -> Decimal | None:
    """Return the amount (in the order's unit) due at that instant, or None when the taper is not due then.

    ``start`` is the order's start, ``tz`` the site's zone; ValueError for an instant without a zone.
    """
    asked, begins = as_utc(due_at, "due_at"), as_utc(start, "start")
    if asked < begins:
        return None
    return next((amount for due, amount in _taper_doses(taper, begins, asked, asked + TICK, tz) if due == asked), None)


def first_instant(day: date, at: time, tz: tzinfo) -> datetime:
    """Return the instant (UTC) at which a clock in ``tz`` first shows that time of that day.

    When the clock skips it, the first minute after the gap; when it comes twice, the first of the two.
    """
    wall = datetime.combine(day, at.replace(fold=0), tzinfo=tz)
    instant = wall.astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    # In a gap, fold=1 reads the time with the offset that holds after it and so lands before the change: the change
    # lies between the two readings, and is found by halving.
    before = wall.replace(fold=1).astimezone(UTC)
    offset, low, high = before.astimezone(tz).utcoffset(), 0, (instant - before) // MINUTE
    while high - low > 1:
        middle = (low + high) // 2
        if (before + middle * MINUTE).astimezone(tz).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return before + high * MINUTE


def as_utc(moment: datetime, name: str) -> datetime:
    """Return the instant in UTC; raise ValueError when it carries no zone."""
    if moment.utcoffset() is None:
        raise ValueError(f"The time given as '{name}' has no time zone.")
    return moment.astimezone(UTC)


def _within(moments: Iterable[datetime], lo: datetime, hi: datetime) -> list[datetime]:
    return sorted({moment for moment in moments if lo <= moment < hi})


def _local_day(moment: datetime, tz: tzinfo) -> date:
    return moment.astimezone(tz).date()


def _days_around(lo: datetime, hi: datetime, tz: tzinfo) -> tuple[date, date]:
    """The local days whose times can fall between the instants; a day more each side for gaps across midnight."""
    return _local_day(lo, tz) - DAY, _local_day(hi, tz) + DAY


def _matching_days(schedule: FixedTimes, origin: date, around: tuple[date, date]) -> Iterator[date]:
    """The local days of the schedule from ``origin`` on; steps straight to the first one asked about."""
    day, last = max(around[0], origin), around[1]
    day += timedelta(days=-(day - origin).days % schedule.every_n_days)
    while day <= last:
        if schedule.weekdays is None or day.weekday() in schedule.weekdays:
            yield day
        day += timedelta(days=schedule.every_n_days)


def _elapsed(begins: datetime, step: timedelta, lo: datetime, hi: datetime) -> list[datetime]:
    moment = begins + step * -((begins - lo) // step)
    found = []
    while moment < hi:
        found.append(moment)
        moment += step
    return found


def _taper_doses(
    taper: Taper, begins: datetime, lo: datetime, hi: datetime, tz: tzinfo
) -> Iterator[tuple[datetime, Decimal]]:
    """The doses of the days around the stretch, in order, each with its amount."""
    first, last = _days_around(lo, hi, tz)
    step_begins = _local_day(begins, tz)
    for step in taper.steps:
        step_ends = step_begins + timedelta(days=step.days)
        day = max(step_begins, first)
        while day < step_ends and day <= last:
            for at in step.times:
                yield first_instant(day, at, tz), step.amount
            day += DAY
        step_begins = step_ends
