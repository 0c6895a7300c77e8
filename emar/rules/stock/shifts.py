"""When is a place counted? At every change of shift, by who goes and who comes (emar-safety rule 22)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

CHANGES = (time(7), time(15), time(23))
"""The changes of shift on the site's clock: house proposal."""

AHEAD = timedelta(minutes=30)
"""How long before the change a count for it is due."""

BEFORE = timedelta(minutes=60)
"""A count that ended at most this long before the change was made for it."""

LATE = timedelta(minutes=60)
"""How long after the change the count is late."""


def change_due(counted_at: datetime | None, now: datetime, tz: ZoneInfo) -> datetime | None:
    """The change of shift (UTC) for which a place is still to be counted; None where its newest count (None: never) was for it."""
    change = newest_change(now + AHEAD, tz)
    return None if counted_at is not None and counted_at >= change - BEFORE else change


def newest_change(by: datetime, tz: ZoneInfo) -> datetime:
    """The last change of shift by an instant, in UTC."""
    local = by.astimezone(tz)
    days = (local.date(), local.date() - timedelta(days=1))
    found = [datetime.combine(day, hour, tz) for day in days for hour in CHANGES]
    return max(each.astimezone(ZoneInfo("UTC")) for each in found if each.astimezone(ZoneInfo("UTC")) <= by)
