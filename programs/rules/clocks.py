"""The federal clocks of who asks for a place (45 CFR 96.126(b), 96.131(c) and (d)), and the 90 % notice (96.126(a)).

Instants are aware and answered in UTC. Hours are elapsed hours: a clock change does not stretch 48 hours. A number of days
ends at the same wall time that many days later on the site's clock; an hour that the clock skips is the one after the gap,
one that comes twice is the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

INTERIM = timedelta(hours=48)
ADMISSION, ADMISSION_AFTER_INTERIM, TELL = 14, 120, 7  # days
NEAR = 4  # a clock is near in the last quarter of its time: the last 12 of 48 hours, the last 3 and a half of 14 days
PERCENT = 90


class Name(StrEnum):
    """What a clock waits for; the value is what a page calls it."""

    INTERIM = "interim services"
    ADMISSION = "admission"


class State(StrEnum):
    """How a clock stands. Met in time, or met or open too late: LATE stays LATE."""

    RUNNING = "running"
    NEAR = "near"
    LATE = "late"
    MET = "met"


@dataclass(frozen=True)
class Asking:
    """What decides the clocks: what a person said of themselves, and the instants at which things happened."""

    pregnant: bool
    injects: bool
    asked_at: datetime
    interim_at: datetime | None = None
    admitted_at: datetime | None = None


@dataclass(frozen=True)
class Clock:
    """One clock: due at, met at (None: not yet), and how it stands now."""

    name: Name
    due_at: datetime
    met_at: datetime | None
    state: State


def clocks(asking: Asking, now: datetime, tz: ZoneInfo) -> tuple[Clock, ...]:
    """The clocks that run for this person, the one that is due first before the other; none for who is in no group.

    Interim services begun within 48 hours stand for 'no program had a place': admission is then due in 120 days, not 14.
    """
    if not (asking.pregnant or asking.injects):
        return ()
    start = asking.asked_at.astimezone(UTC)
    interim_due = start + INTERIM
    begun = [instant for instant in (asking.interim_at, asking.admitted_at) if instant is not None]
    found = [_clock(Name.INTERIM, start, interim_due, min(begun, default=None), now)]
    if asking.injects:
        in_time = asking.interim_at is not None and asking.interim_at <= interim_due
        due = days_later(start, ADMISSION_AFTER_INTERIM if in_time else ADMISSION, tz)
        found.append(_clock(Name.ADMISSION, start, due, asking.admitted_at, now))
    return tuple(found)


def _clock(name: Name, start: datetime, due: datetime, met_at: datetime | None, now: datetime) -> Clock:
    if met_at is not None:
        return Clock(name, due, met_at, State.MET if met_at <= due else State.LATE)
    if now > due:
        return Clock(name, due, None, State.LATE)
    near = due - now <= (due - start) / NEAR
    return Clock(name, due, None, State.NEAR if near else State.RUNNING)


def days_later(start: datetime, days: int, tz: ZoneInfo) -> datetime:
    """The same wall time that many days later on the clock of ``tz``, in UTC."""
    wall = start.astimezone(tz).replace(tzinfo=None, fold=0)
    return (wall + timedelta(days=days)).replace(tzinfo=tz).astimezone(UTC)


@dataclass(frozen=True)
class Taken:
    """Someone takes one place for a period; open while ``ended_at`` is None."""

    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Capacity:
    """How full a program is. ``reached_at``: since when it has been at 90 % or more without a break, None below."""

    taken: int
    licensed: int
    reached_at: datetime | None

    @property
    def percent(self) -> int:
        """Whole per cent, rounded down: 90 is never said of less."""
        return self.taken * 100 // self.licensed


def is_full(taken: int, licensed: int) -> bool:
    """At least 90 % of the licensed places are taken. A program without licensed places is never full."""
    return licensed > 0 and taken * 100 >= licensed * PERCENT


def capacity(periods: Iterable[Taken], licensed: int, now: datetime) -> Capacity:
    """How many places are taken now, and when 90 % was last reached from below.

    Who leaves and who comes at the same instant count as one change, so a move or a swap is no crossing. Periods that begin
    later than ``now`` do not count.
    """
    changes: dict[datetime, int] = {}
    for period in periods:
        if period.started_at <= now:
            changes[period.started_at] = changes.get(period.started_at, 0) + 1
            if period.ended_at is not None and period.ended_at <= now:
                changes[period.ended_at] = changes.get(period.ended_at, 0) - 1
    taken, reached_at = 0, None
    for instant in sorted(changes):
        taken += changes[instant]
        if not is_full(taken, licensed):
            reached_at = None
        elif reached_at is None:
            reached_at = instant
    return Capacity(taken, licensed, reached_at)


def tell_by(reached_at: datetime, tz: ZoneInfo) -> datetime:
    """Until when the state is told that 90 % was reached: seven days, in UTC (45 CFR 96.126(a))."""
    return days_later(reached_at, TELL, tz)


def said(clock: Clock, now: datetime, tz: ZoneInfo) -> str:
    """A clock in words: 'interim services in 31 h', 'admit by Fri 4 Dec', 'admission late by 2 days', 'interim services begun'."""
    if clock.met_at is not None:
        done = "begun" if clock.name is Name.INTERIM else "in time"
        late = f" late by {lasts(clock.met_at - clock.due_at)}" if clock.state is State.LATE else f" {done}"
        return f"{clock.name}{late}"
    if clock.state is State.LATE:
        return f"{clock.name} late by {lasts(now - clock.due_at)}"
    left = clock.due_at - now
    if clock.name is Name.INTERIM or left < timedelta(days=1):
        return f"{clock.name} in {lasts(left)}"
    return f"admit by {_date(clock.due_at, now, tz)}"


def _date(instant: datetime, now: datetime, tz: ZoneInfo) -> str:
    """'Fri 4 Dec'; with the year where it is another one."""
    there = instant.astimezone(tz)
    year = "" if there.year == now.astimezone(tz).year else " %Y"
    return there.strftime(f"%a %-d %b{year}")


def lasts(length: timedelta) -> str:
    """How long, rounded down to one unit: '5 min', '31 h', '2 days' from 48 hours on."""
    hours = int(length.total_seconds() // 3600)
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} h" if hours else f"{max(int(length.total_seconds() // 60), 1)} min"
