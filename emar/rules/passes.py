"""Which round with the cart does a dose belong to? Passes are read from the due times of a unit, never configured.

A pass stands at the time of day at which most of the unit's doses are due, and takes along what is due within an hour
of it. A dose belongs to exactly one pass: the nearest of its own local day, the earlier of two that are as near.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo

REACH = timedelta(minutes=60)
"""How far from its pass a dose may be due. House proposal: the window of doses given more often than daily."""


def passes_of(dues: Iterable[datetime], tz: tzinfo) -> list[datetime]:
    """Return the passes of these due instants (aware UTC), earliest first.

    ``tz`` is the site's zone, for its midnights.
    """
    days: dict[date, Counter[datetime]] = {}
    for due in dues:
        days.setdefault(due.astimezone(tz).date(), Counter())[due] += 1
    return sorted(found for counted in days.values() for found in _busiest_first(counted))


def pass_of(due: datetime, passes: Sequence[datetime], tz: tzinfo) -> datetime | None:
    """Return the pass a dose belongs to; None where its local day has none."""
    day = due.astimezone(tz).date()
    same_day = [each for each in passes if each.astimezone(tz).date() == day]
    return min(same_day, key=lambda each: (abs(each - due), each), default=None)


def nearest(at: datetime, passes: Sequence[datetime]) -> datetime | None:
    """Return the pass nearest to an instant, the earlier of two that are as near; None where there is none."""
    return min(passes, key=lambda each: (abs(each - at), each), default=None)


def _busiest_first(counted: Counter[datetime]) -> list[datetime]:
    chosen: list[datetime] = []
    for due in sorted(counted, key=lambda each: (-counted[each], each)):
        if all(abs(due - each) > REACH for each in chosen):
            chosen.append(due)
    return chosen
