"""When do refusals of one order have to reach the prescriber? Two in a row, or three in seven days (emar-safety rule 32).

The numbers are the site's; the defaults are a house proposal. In a row counts the doses that were offered: what was held, not
available, missed, or due while the client was away neither counts nor breaks the row; a dose that was taken breaks it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from emar.rules.administration import TAKEN, Outcome


@dataclass(frozen=True)
class Limits:
    """How many refusals in a row, and how many in how long."""

    in_a_row: int = 2
    in_days: int = 3
    days: timedelta = timedelta(days=7)


@dataclass(frozen=True)
class Refusals:
    """Refusals that reach the prescriber: how many, since when, the last one, and how to say it."""

    count: int
    first_at: datetime
    last_at: datetime
    words: str


def refusals(offered: Iterable[tuple[datetime, Outcome]], now: datetime, limits: Limits) -> Refusals | None:
    """Judge what became of one order's scheduled doses, each with its due time (aware); None where nothing is to be told."""
    known = sorted(each for each in offered if each[0] <= now)
    row: list[datetime] = []
    for due, outcome in known:
        if outcome in TAKEN:
            row = []
        elif outcome is Outcome.REFUSED:
            row.append(due)
    lately = [due for due, outcome in known if outcome is Outcome.REFUSED and due > now - limits.days]
    if len(row) >= limits.in_a_row:
        return Refusals(len(row), row[0], row[-1], f"Refused {len(row)} times in a row")
    if len(lately) >= limits.in_days:
        words = f"Refused {len(lately)} times in {limits.days.days} days"
        return Refusals(len(lately), lately[0], lately[-1], words)
    return None
