"""Which places are to be counted at the change of shift?"""

from dataclasses import dataclass
from datetime import datetime

from emar.models import Count, StockLocation
from emar.queries.stock.places import Counted, stock_places
from emar.rules.stock.shifts import LATE, change_due
from programs.models import Site
from programs.routine import routine_of


@dataclass(frozen=True)
class CountDue:
    """A place to count for the change of shift at ``due_at`` (UTC). ``running``: the count that was begun; ``counted``: the newest."""

    location: StockLocation
    due_at: datetime
    late: bool
    running: Count | None
    counted: Counted | None


def counts_due(site: Site, at: datetime) -> list[CountDue]:
    """The places of a site that hold something and were not counted for this change of shift. Nine queries."""
    found = []
    changes = routine_of(site.pk, at).changes
    for place in stock_places(site, at):
        due = change_due(None if place.counted is None else place.counted.at, at, site.tz, changes)
        if due is not None and place.lines:
            found.append(CountDue(place.location, due, at > due + LATE, place.running, place.counted))
    return found
