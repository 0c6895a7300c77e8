"""How far from its due time may a dose be given, and how does an uncharted dose stand right now?

Sources of the minutes (all site policy; hospitals' rules, borrowed as the benchmark): ISMP Acute Care Guidelines for
Timely Administration of Scheduled Medications (2011) for 30 / 60 / 120 minutes; CMS transmittal 77 (December 2011) on
42 CFR 482.23(c) for the three classes of medication and the end of one 30-minute rule for all. For doses closer
together than 4 hours CMS names them time-critical and ISMP allows a quarter of the interval: the tighter holds here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise

from emar.rules.schedule import AsNeeded, EveryHours, FixedTimes, Once, Schedule, Taper

_DAY_MINUTES = 24 * 60
_CLOSE_TOGETHER = 4 * 60


class WindowClass(StrEnum):
    """The classes of dose that a site gives a window each."""

    TIME_CRITICAL = "time_critical"
    FREQUENT = "frequent"
    DAILY = "daily"
    NOT_ELIGIBLE = "not_eligible"


class DoseState(StrEnum):
    """How a dose stands; derived from the clock, never stored.

    UPCOMING: its window has not opened. DUE: the window is open. LATE: still inside the window, but more than half of
    its late side has gone. MISSED: the window closed with nothing charted; it may still be charted, with a reason.
    CHARTED: something was charted, whatever the outcome.
    """

    UPCOMING = "upcoming"
    DUE = "due"
    LATE = "late"
    MISSED = "missed"
    CHARTED = "charted"


class Timing(StrEnum):
    """When a charted dose was given, beside its window."""

    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"


@dataclass(frozen=True)
class WindowPolicy:
    """A site's windows, in minutes either side of the due time.

    ``not_eligible`` is how long a single, first or STAT dose may stand uncharted before it shows as missed: such a
    dose has no window to be early or late in, but may not wait unseen. No source: house proposal.
    """

    time_critical: int = 30
    frequent: int = 60
    daily: int = 120
    not_eligible: int = 120
    source: str = "ISMP 2011; CMS transmittal 77, 42 CFR 482.23(c)"

    def __post_init__(self) -> None:
        """Raise ValueError for a window of no or negative minutes."""
        if min(self.time_critical, self.frequent, self.daily, self.not_eligible) < 1:
            raise ValueError("A window is at least 1 minute.")


DEFAULT = WindowPolicy()


@dataclass(frozen=True)
class Window:
    """Minutes before and after the due time, both inclusive; ``asks_reason``: outside it a reason is needed."""

    kind: WindowClass
    before: int
    after: int
    asks_reason: bool = True


def window_for(schedule: Schedule, time_critical: bool, policy: WindowPolicy = DEFAULT) -> Window:
    """Return the window of this schedule's doses.

    Single and as-needed doses are not eligible. Doses less than 4 hours apart are time-critical, and at most a quarter
    of the gap. A taper takes the window of its busiest step. Windows of neighbouring doses never meet, whatever the
    policy says.
    """
    gap = _closest(schedule)
    if gap is None:
        return Window(WindowClass.NOT_ELIGIBLE, 0, policy.not_eligible, asks_reason=False)
    if time_critical or gap < _CLOSE_TOGETHER:
        kind, minutes = WindowClass.TIME_CRITICAL, min(policy.time_critical, gap // 4)
    elif gap < _DAY_MINUTES:
        kind, minutes = WindowClass.FREQUENT, policy.frequent
    else:
        kind, minutes = WindowClass.DAILY, policy.daily
    minutes = min(minutes, (gap - 1) // 2)
    return Window(kind, minutes, minutes)


def minutes_off(due_at: datetime, at: datetime) -> int:
    """Return the minutes from due to given as a clock shows them: negative is early, 0 the same minute.

    Both instants carry a zone, else ValueError. Seconds are dropped from each, so 08:00 to 09:00:59 is 60.
    """
    return _minute(at) - _minute(due_at)


def timing(due_at: datetime, at: datetime, window: Window) -> Timing:
    """Return whether a dose given at that instant is early, on time or late by its window (edges are on time)."""
    off = minutes_off(due_at, at)
    if not window.asks_reason or -window.before <= off <= window.after:
        return Timing.ON_TIME
    return Timing.EARLY if off < 0 else Timing.LATE


def dose_state(due_at: datetime, now: datetime, window: Window, outcome: StrEnum | None) -> DoseState:
    """Return how the dose stands at ``now``; ``outcome`` is what was charted for it, None when nothing was."""
    if outcome is not None:
        return DoseState.CHARTED
    off = minutes_off(due_at, now)
    if off < -window.before:
        return DoseState.UPCOMING
    if off > window.after:
        return DoseState.MISSED
    return DoseState.LATE if off > window.after // 2 else DoseState.DUE


def opens_at(due_at: datetime, window: Window) -> datetime:
    """Return the first instant (UTC) at which the dose may be given without a reason."""
    return _whole(_minute(due_at) - window.before)


def missed_from(due_at: datetime, window: Window) -> datetime:
    """Return the first instant (UTC) at which the dose, uncharted, counts as missed."""
    return _whole(_minute(due_at) + window.after + 1)


def _minute(moment: datetime) -> int:
    if moment.utcoffset() is None:
        raise ValueError("An instant without a time zone cannot be compared with a due time.")
    return int(moment.timestamp() // 60)


def _whole(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def _closest(schedule: Schedule) -> int | None:
    """Minutes between the two closest doses; None when the schedule has no clock. One dose a day or fewer: a day."""
    match schedule:
        case FixedTimes():
            wraps = schedule.every_n_days == 1
            return _closest_times([t.hour * 60 + t.minute for t in schedule.times], wraps)
        case EveryHours():
            return schedule.hours * 60
        case Taper():
            return min(_closest_times([t.hour * 60 + t.minute for t in step.times], True) for step in schedule.steps)
        case Once() | AsNeeded():
            return None


def _closest_times(minutes: list[int], wraps: bool) -> int:
    if len(minutes) == 1:
        return _DAY_MINUTES
    gaps = [later - earlier for earlier, later in pairwise(minutes)]
    if wraps:
        gaps.append(_DAY_MINUTES + minutes[0] - minutes[-1])
    return min(gaps)
