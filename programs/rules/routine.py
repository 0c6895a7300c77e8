"""What a site does every day by the clock: when shifts change, and how often everybody is looked in on at night.

Sources: changes of shift and rounds of the night are house proposals, each site's own to set; docs/rounds.md says what rules ask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHANGES = (time(7), time(15), time(23))
"""The changes of shift on a site's clock before it says otherwise."""

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Routine:
    """``changes`` of shift in the order of the day; at night, from ``night_from`` to ``night_until`` on the site's clock, everybody
    is looked in on at least every ``night_minutes`` (0: no such rounds)."""

    changes: tuple[time, ...] = CHANGES
    night_from: time = time(22)
    night_until: time = time(6)
    night_minutes: int = 60
    source: str = "The defaults of the house: docs/rounds.md"


DEFAULT = Routine()


@dataclass(frozen=True)
class Shift:
    """One shift: from a change (UTC) up to the next."""

    since: datetime
    until: datetime


def instant(day: date, hour: time, tz: ZoneInfo) -> datetime:
    """A wall time as UTC. One that the clock skips is the same after the gap; one that comes twice is the first."""
    return datetime.combine(day, hour, tz).astimezone(UTC)


def changes_between(
    since: datetime, until: datetime, tz: ZoneInfo, changes: Sequence[time] = CHANGES
) -> list[datetime]:
    """The changes of shift (UTC) in ``since <= t < until``, in their order."""
    first, last = since.astimezone(tz).date() - DAY, until.astimezone(tz).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return sorted({at for day in days for hour in changes if since <= (at := instant(day, hour, tz)) < until})


def newest_change(by: datetime, tz: ZoneInfo, changes: Sequence[time] = CHANGES) -> datetime:
    """The last change of shift by an instant, in UTC."""
    return changes_between(by - 2 * DAY, by + timedelta(microseconds=1), tz, changes)[-1]


def shift_at(at: datetime, tz: ZoneInfo, changes: Sequence[time] = CHANGES) -> Shift:
    """The shift that holds an instant."""
    since = newest_change(at, tz, changes)
    return Shift(since, changes_between(since + timedelta(microseconds=1), since + 2 * DAY, tz, changes)[0])


def nights(since: datetime, until: datetime, tz: ZoneInfo, routine: Routine) -> list[tuple[datetime, datetime]]:
    """The nights (UTC, end exclusive) that reach into ``since <= t < until``; none where there are no rounds at night."""
    if not routine.night_minutes:
        return []
    found = []
    day = since.astimezone(tz).date() - DAY
    while day <= until.astimezone(tz).date():
        over = day if routine.night_from < routine.night_until else day + DAY
        start, end = instant(day, routine.night_from, tz), instant(over, routine.night_until, tz)
        if start < until and end > since and start < end:
            found.append((start, end))
        day += DAY
    return found
