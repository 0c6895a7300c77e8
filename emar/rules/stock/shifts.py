"""When is a place counted? At every change of shift (the site's hours: programs/rules/routine.py), by who goes and who comes
(emar-safety rule 22)."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from programs.rules.routine import CHANGES, newest_change

AHEAD = timedelta(minutes=30)
"""How long before the change a count for it is due."""

BEFORE = timedelta(minutes=60)
"""A count that ended at most this long before the change was made for it."""

LATE = timedelta(minutes=60)
"""How long after the change the count is late."""


def change_due(
    counted_at: datetime | None, now: datetime, tz: ZoneInfo, changes: Sequence[time] = CHANGES
) -> datetime | None:
    """The change of shift (UTC) for which a place is still to be counted; None where its newest count (None: never) was for it."""
    change = newest_change(now + AHEAD, tz, changes)
    return None if counted_at is not None and counted_at >= change - BEFORE else change
