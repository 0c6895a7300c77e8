"""When does a date end? At 24:00 of the site's wall clock, which is not always 24 hours after it began."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def midnight_after(on: date, tz: ZoneInfo) -> datetime:
    """The midnight that ends a date (aware UTC).

    Where the clock shows it twice, the first; where the clock skips it, the first instant after the gap.
    """
    wall = datetime.combine(on + DAY, time(), tz)
    found = wall.astimezone(UTC)
    if found.astimezone(tz).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return found
    before, after = wall.replace(fold=1).astimezone(UTC), found  # the gap's end lies between its two readings
    while after - before > SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(tz).replace(tzinfo=None) < wall.replace(tzinfo=None):
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def dates(first: date, last: date) -> tuple[date, ...]:
    """Every date of a range, both ends included."""
    return tuple(first + number * DAY for number in range((last - first).days + 1))


def midnights(first: date, last: date, tz: ZoneInfo) -> tuple[datetime, ...]:
    """The midnight that ends each date of a range, in order (aware UTC)."""
    return tuple(midnight_after(on, tz) for on in dates(first, last))
