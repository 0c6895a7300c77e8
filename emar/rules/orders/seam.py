"""Where one version of an order ends and the next begins: each due time has one owner, none is due twice or lost.

A dose whose window is open and for which nothing is charted goes over to the new version: it is given as the order reads now.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from emar.rules.schedule import AsNeeded, EveryHours, FixedTimes, Schedule, due_times
from emar.rules.windows import Window, WindowPolicy, missed_from, window_for

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Version:
    """An order that runs: its schedule, what that counts from, and the doses that are its own (UTC)."""

    schedule: Schedule
    time_critical: bool
    anchor: datetime
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Seam:
    """The old version keeps what is due before ``due_from``, the new one has the rest; its schedule counts from ``anchor``.

    ``open_at`` is the old version's dose that was open and uncharted (None: there was none), ``until`` when its window closes.
    """

    due_from: datetime
    anchor: datetime
    open_at: datetime | None = None
    until: datetime | None = None


def seam(
    old: Version, new: Schedule, charted: Collection[datetime], *, at: datetime, tz: tzinfo, windows: WindowPolicy
) -> Seam:
    """Where ``new`` takes over from ``old`` at ``at``; ``charted`` are the old version's due times with something charted."""
    at = at.astimezone(UTC)
    window = window_for(old.schedule, old.time_critical, windows)
    waiting = [due for due in _dues(old, at - DAY, at + TICK, tz) if due not in charted and _open(due, at, window)]
    ahead = [due.astimezone(UTC) for due in charted if due >= at]
    begins = max(ahead) + TICK if ahead else waiting[0] if waiting else at
    anchor = _anchor(old, new, begins, tz)
    return Seam(begins, anchor, waiting[0], missed_from(waiting[0], window)) if waiting else Seam(begins, anchor)


def _anchor(old: Version, new: Schedule, begins: datetime, tz: tzinfo) -> datetime:
    """What the new schedule counts from: what goes on, keeps its count; hours count from the last dose due."""
    if new == old.schedule:
        return old.anchor
    if (
        isinstance(new, FixedTimes)
        and isinstance(old.schedule, FixedTimes)
        and new.every_n_days == old.schedule.every_n_days
    ):
        return min(old.anchor, begins)
    if isinstance(new, EveryHours) and not isinstance(old.schedule, AsNeeded):
        whole = replace(old, since=old.anchor)  # a version before this one may have given the last dose
        last = _dues(whole, begins - timedelta(hours=new.hours), begins + TICK, tz)
        return last[-1] if last else begins
    return begins


def _dues(old: Version, since: datetime, until: datetime, tz: tzinfo) -> list[datetime]:
    return due_times(old.schedule, start=old.anchor, stop=old.until, since=max(since, old.since), until=until, tz=tz)


def _open(due: datetime, at: datetime, window: Window) -> bool:
    return at < missed_from(due, window)
