"""When is it due? One clock: a start, an amount of a unit, the calendar of the site, and what it does not run through.

Instants are aware and answered in UTC. Hours are elapsed hours: a clock change does not stretch them. Days end at the midnight
that ends them on the site's clock, and the day of the start is day 0: 'within 7 days' of Tuesday ends with the next Tuesday.
Source of the units and of the pauses: facts/privacy-and-rules.md section 5, 'Deadline engine'.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SATURDAY = 5  # of date.weekday()
DAY = timedelta(days=1)


class Unit(StrEnum):
    """What an amount counts."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    SERVICE_DAYS = "service_days"

    def words(self, amount: int) -> str:
        """'1 hour', '7 working days'."""
        one, more = _UNITS[self]
        return f"{amount} {one if amount == 1 else more}"


_UNITS = {
    Unit.HOURS: ("hour", "hours"),
    Unit.CALENDAR_DAYS: ("day", "days"),
    Unit.WORKING_DAYS: ("working day", "working days"),
    Unit.SERVICE_DAYS: ("day of service", "days of service"),
}


@dataclass(frozen=True)
class Away:
    """A leave: from an instant to an instant (exclusive). One that lasts still ends, for the clock, at the moment asked about."""

    kind: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class Served:
    """The dates (site's calendar) that count as days of service: every day where the client lives in the program and is not away
    the whole of it, else the ``dates`` on which they were there."""

    every_day: bool = True
    dates: frozenset[date] = frozenset()


@dataclass(frozen=True)
class Calendar:
    """The clock of a site and its holidays."""

    tz: ZoneInfo
    holidays: frozenset[date] = frozenset()

    def date_of(self, instant: datetime) -> date:
        """The date an instant falls on."""
        return instant.astimezone(self.tz).date()

    def begins(self, on: date) -> datetime:
        """The instant at which a date begins, in UTC."""
        return datetime.combine(on, time(0), tzinfo=self.tz).astimezone(UTC)

    def works(self, on: date) -> bool:
        """Whether a date is a working day: Monday to Friday, and no holiday of the site."""
        return on.weekday() < SATURDAY and on not in self.holidays


EVERY_DAY = Served()


@dataclass(frozen=True)
class Clock:
    """What a deadline runs on, beside its start and its amount; ``aways`` are the leaves that pause it."""

    calendar: Calendar
    aways: Sequence[Away] = field(default_factory=tuple)
    served: Served = EVERY_DAY


def due_at(start: datetime, amount: int, unit: Unit, clock: Clock) -> datetime | None:
    """When ``amount`` units from ``start`` are over; None while too few days of service are known. Never before ``start``.

    A leave that pauses stretches hours by its length, and takes out of days every date it covers from midnight to midnight.
    """
    start = start.astimezone(UTC)
    aways = merged(clock.aways)
    if unit is Unit.HOURS:
        return _after_hours(start, timedelta(hours=amount), aways)
    if unit is Unit.SERVICE_DAYS and not clock.served.every_day:
        first = clock.calendar.date_of(start)
        days = sorted(each for each in clock.served.dates if each > first)
        return _ends(days[amount - 1], clock.calendar) if len(days) >= amount else None
    on = clock.calendar.date_of(start)
    while amount > 0:
        on += DAY
        amount -= _counts(on, unit, clock.calendar, aways)
    return _ends(on, clock.calendar)


def days_served(start: datetime, clock: Clock) -> int:
    """How many days of service are known after the day of the start."""
    first = clock.calendar.date_of(start)
    return sum(each > first for each in clock.served.dates)


def merged(aways: Iterable[Away]) -> tuple[tuple[datetime, datetime], ...]:
    """The stretches of some leaves in order, those that touch or overlap as one, in UTC."""
    found: list[tuple[datetime, datetime]] = []
    for away in sorted(aways, key=lambda each: each.started_at):
        begins, ends = away.started_at.astimezone(UTC), away.ended_at.astimezone(UTC)
        if ends <= begins:
            continue
        if found and begins <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], ends)
        else:
            found.append((begins, ends))
    return tuple(found)


def _after_hours(start: datetime, left: timedelta, aways: Iterable[tuple[datetime, datetime]]) -> datetime:
    at = start
    for begins, ends in aways:
        if ends <= at:
            continue
        runs = max(begins - at, timedelta(0))
        if runs >= left:
            break
        left -= runs
        at = ends
    return at + left


def _counts(on: date, unit: Unit, calendar: Calendar, aways: Iterable[tuple[datetime, datetime]]) -> bool:
    if unit is Unit.WORKING_DAYS and not calendar.works(on):
        return False
    begins, ends = calendar.begins(on), calendar.begins(on + DAY)
    return not any(away[0] <= begins and ends <= away[1] for away in aways)


def _ends(on: date, calendar: Calendar) -> datetime:
    return calendar.begins(on + DAY)


def said(due: datetime, unit: Unit, calendar: Calendar) -> str:
    """A due instant in words: 'Tue 25 Nov, 10:42' of hours, 'Tue 25 Nov' of days (the last day that counts)."""
    if unit is Unit.HOURS:
        return f"{due.astimezone(calendar.tz):%a %-d %b, %H:%M}"
    return f"{(due - timedelta(seconds=1)).astimezone(calendar.tz):%a %-d %b}"
