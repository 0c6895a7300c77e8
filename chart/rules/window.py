"""Which days of a timeline are shown? Whole days of the client's site, on its calendar."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

WEEK, FORTNIGHT, QUARTER = 7, 14, 92
SPANS = (WEEK, FORTNIGHT)


@dataclass(frozen=True)
class Window:
    """The days from ``first`` to ``last``, both included; ``since <= t < until`` are their midnights."""

    first: date
    last: date
    since: datetime
    until: datetime

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def said(self) -> str:
        """'5 to 18 Nov 2025', '28 Dec 2024 to 10 Jan 2025'."""
        if self.first == self.last:
            return f"{self.last:%-d %b %Y}"
        if self.first.year != self.last.year:
            return f"{self.first:%-d %b %Y} to {self.last:%-d %b %Y}"
        first = f"{self.first:%-d}" if self.first.month == self.last.month else f"{self.first:%-d %b}"
        return f"{first} to {self.last:%-d %b %Y}"


def window(last: date, days: int, tz: tzinfo) -> Window:
    """So many days that end with ``last``."""
    first = last - timedelta(days=days - 1)
    return Window(first, last, _midnight(first, tz), _midnight(last + timedelta(days=1), tz))


def last_of(asked: str, today: date) -> date:
    """The day that was asked for as '2025-11-18'; today where it is none, or lies ahead, or before there were charts."""
    try:
        found = date.fromisoformat(asked[:10])
    except ValueError:
        return today
    return found if date(1900, 1, 1) < found <= today else today


def beginning(moment: datetime, days: int, today: date, tz: tzinfo) -> date:
    """The last day of the window that begins with the day of an instant, today at the latest."""
    return min(moment.astimezone(tz).date() + timedelta(days=days - 1), today)


def _midnight(day: date, tz: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=tz)
