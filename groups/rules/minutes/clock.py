"""Whole minutes as a clock shows them: an interval is a set of minutes, and a minute in two of them counts once.

Someone who came at 17:48:30 came at 17:48. So nothing is rounded twice, and days add up to weeks across a clock change.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TypeAlias

Interval: TypeAlias = tuple[datetime, datetime]
"""From an instant to another, the second exclusive; both carry a zone."""


def union_minutes(intervals: Iterable[Interval]) -> int:
    """Return how many minutes the intervals cover together, each minute once; empty or backward ones cover none."""
    return sum(end - begin for begin, end in _merged(intervals))


def minutes_by_day(intervals: Iterable[Interval], tz: tzinfo) -> dict[date, int]:
    """Return the minutes of each local day, each minute once; the days add up to ``union_minutes``."""
    found: dict[date, int] = {}
    for begin, end in _merged(intervals):
        while begin < end:
            day = _at(begin).astimezone(tz).date()
            cut = min(end, _first_minute_of(day + timedelta(days=1), begin, tz))
            found[day] = found.get(day, 0) + cut - begin
            begin = cut
    return found


def minute_of(moment: datetime) -> int:
    """Return the clock minute of an instant, counted from 1970 in UTC: two 01:30s of one night are 60 apart.

    Raises ValueError for an instant without a zone.
    """
    if moment.utcoffset() is None:
        raise ValueError("An attendance time without a time zone cannot be counted.")
    return int(moment.timestamp() // 60)


def _at(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def _merged(intervals: Iterable[Interval]) -> list[tuple[int, int]]:
    """The intervals in minutes, sorted, with overlapping and touching ones made one."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted((minute_of(begin), minute_of(end)) for begin, end in intervals):
        if begin >= end:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def _first_minute_of(day: date, after: int, tz: tzinfo) -> int:
    """The first minute later than ``after`` whose local day is ``day`` or later, found by halving a two-day stretch."""
    low, high = after, after + 2 * 24 * 60
    while high - low > 1:
        middle = (low + high) // 2
        if _at(middle).astimezone(tz).date() < day:
            low = middle
        else:
            high = middle
    return high
