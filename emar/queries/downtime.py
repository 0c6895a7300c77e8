"""Work without the system: the packet that is kept on paper, the stretches that were, and what of them is still to be entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from emar.models import Outage
from emar.queries.load import Scope, load
from emar.queries.pages import ClientCard, PassPage
from emar.queries.passes import PAPER_AHEAD, cards_of, paper_pages
from programs.models import Site

SHOWN = timedelta(days=30)


@dataclass(frozen=True)
class Packet:
    """Everything a shift needs on paper: each unit's clients in walking order with allergies and doses until ``until``."""

    site: Site
    at: datetime
    until: datetime
    units: Sequence[PassPage]

    @property
    def clients(self) -> int:
        """How many people it is about."""
        return sum(len(unit.clients) for unit in self.units)

    @property
    def away(self) -> int:
        """How many of them are on leave."""
        return sum(client.away is not None for unit in self.units for client in unit.clients)

    @property
    def doses(self) -> int:
        """Scheduled doses not yet charted."""
        return sum(unit.open for unit in self.units)


def packet(site: Site, at: datetime) -> Packet:
    """The packet of a site at an instant. Fourteen queries, however many clients."""
    return Packet(site, at, at + PAPER_AHEAD, paper_pages(Scope(site), at=at))


@dataclass(frozen=True)
class Stretch:
    """A stretch on paper, as the list shows it; ``entries`` were entered so far."""

    outage: Outage
    entries: int

    @property
    def over(self) -> bool:
        """Whether it ended."""
        return self.outage.ended_at is not None

    @property
    def done(self) -> bool:
        """Whether all paper of it is entered."""
        return self.outage.entered_at is not None


def stretches(site: Site, at: datetime) -> list[Stretch]:
    """The stretches of the last 30 days, and whichever still waits for its paper, newest first. One query."""
    rows = Outage.objects.filter(site=site).select_related("by", "entered_by").annotate(entered=Count("entries"))
    wanted = [row for row in rows.order_by("-started_at") if row.entered_at is None or row.started_at > at - SHOWN]
    return [Stretch(row, row.entered) for row in wanted]


@dataclass(frozen=True)
class Backlog:
    """What of a stretch is still to be entered: clients with their open doses, in walking order."""

    outage: Outage
    until: datetime
    clients: tuple[ClientCard, ...]

    @property
    def open(self) -> int:
        """Doses that were due in the stretch and are not charted."""
        return sum(client.waiting for client in self.clients)

    @property
    def done(self) -> int:
        """Doses of the stretch that are charted."""
        return sum(client.done for client in self.clients)


def backlog(outage: Outage, at: datetime) -> Backlog:
    """The doses that were due in the stretch, of who slept at the site when it ended. Fourteen queries."""
    until = min(outage.ended_at or at, at)
    site = outage.site
    loaded = load(Scope(site), since=outage.started_at, until=max(until, outage.started_at), at=until)
    return Backlog(outage, until, cards_of(loaded, since=outage.started_at, until=until, at=at, tz=site.tz))
