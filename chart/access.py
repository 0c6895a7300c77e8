"""May this person reach this chart? A client who was never at one of the person's sites does not exist for them; one who is not theirs
(``chart/own.py``) is behind glass."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.db.models import BigIntegerField, BooleanField, Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.http import Http404

from audit.rules.findings import stop
from chart.models import BreakGlass, BreakGlassPaper
from chart.own import own
from programs.desk import Desk
from programs.models import Client, Merge, Placement, PlacementRequest
from programs.people import with_others
from staff.access import NotAllowed
from staff.rules.capabilities import Capability, allows


def sites_for(desk: Desk, capability: Capability) -> frozenset[int]:
    """The sites at which the person holds this capability now."""
    return frozenset(post.site_id for post in desk.posts if allows(post.role, capability))


def ever_at_sites(site_ids: frozenset[int]) -> QuerySet[Client]:
    """The records ever placed at these sites, or who asked for a place there, each by itself, also where it was merged."""
    return Client.objects.filter(_placed(site_ids) | _asked(site_ids))


def at_sites(site_ids: frozenset[int]) -> QuerySet[Client]:
    """The clients ever placed at these sites, or who asked for a place there; a record merged into another stands under that one."""
    there = Q(client__episodes__placements__program__site__in=site_ids) | Q(client__requests__site__in=site_ids)
    merged = Merge.objects.filter(there, into=OuterRef("pk"), ended_at=None)
    part = Merge.objects.filter(client=OuterRef("pk"), ended_at=None)
    return Client.objects.filter(_placed(site_ids) | _asked(site_ids) | Q(Exists(merged))).exclude(Exists(part))


def _placed(site_ids: frozenset[int]) -> Q:
    return Q(Exists(Placement.objects.filter(episode__client=OuterRef("pk"), program__site__in=site_ids)))


def _asked(site_ids: frozenset[int]) -> Q:
    return Q(Exists(PlacementRequest.objects.filter(client=OuterRef("pk"), site__in=site_ids)))


if TYPE_CHECKING:

    class Found(Client):
        """A client with what ``_looked_for`` asked along."""

        is_own: bool
        glass: int | None
        glass_until: datetime
        paper_until: datetime | None

        class Meta:
            abstract = True


GOES_ON = frozenset(
    {
        Capability.BELONGINGS,
        Capability.MERGE,
        Capability.SEE_CONSENTS,
        Capability.KEEP_CONSENTS,
        Capability.RELEASE,
        Capability.SEE_DISCLOSURES,
        Capability.PRIVACY_DUTIES,
    }
)
"""What goes on after somebody left, and has a gate and a record of its own: a release never rests on broken glass."""


class GlassShut(NotAllowed):
    """The client is here, and not one's own: the chart opens after breaking the glass (``chart/views/break_glass.py``)."""

    def __init__(self, client: Client) -> None:
        self.client = client
        sentence = "This chart is not one of yours. Open it in an emergency, with a reason and your PIN; it is looked at afterwards."
        super().__init__(stop("chart.glass", sentence))


@dataclass(frozen=True)
class Glass:
    """The broken glass that a page was opened through: until when (UTC), and until when it may be printed (None: not)."""

    pk: int
    client_id: int
    until: datetime
    paper_until: datetime | None
    left: int  # whole minutes, at least 1


def client_for(desk: Desk, pk: int) -> Client:
    """The client, where the person may open charts at one of their sites and it is theirs to open; else Http404, or GlassShut where
    they may break the glass. For a record that was merged it is the one that stays. One query."""
    return client_with(desk, pk, Capability.OPEN_CHART)


def client_with(desk: Desk, pk: int, *capabilities: Capability, anybody: bool = False) -> Client:
    """The client, where the person holds one of these at one of their sites; else Http404. As ``client_for``, for those who do
    one thing in a chart without opening it. One query.

    ``anybody``: also who is not one's own any more; it goes without saying where all that is asked for is in ``GOES_ON``.
    """
    site_ids = frozenset().union(*(sites_for(desk, each) for each in capabilities))
    found = _looked_for(desk, pk, site_ids)
    if found is None:
        raise Http404
    if anybody or found.is_own or GOES_ON.issuperset(capabilities):
        return found
    if found.glass is None:
        if not sites_for(desk, Capability.OPEN_CHART):
            raise NotAllowed(
                stop("chart.not_yours", "This client is not here any more. Ask a nurse or the clinical director.")
            )
        raise GlassShut(found)
    desk.glass[:] = [_glass(found, desk.now)]
    return found


def _looked_for(desk: Desk, pk: int, site_ids: frozenset[int]) -> "Found | None":
    into = Merge.objects.filter(client=pk, ended_at=None).values("into_id")[:1]
    # one key, not "this or the one it was merged into": with 'or' PostgreSQL walks all clients
    stays = Coalesce(Subquery(into), pk, output_field=BigIntegerField())
    broken = BreakGlass.objects.filter(
        person=desk.person.pk, client=OuterRef("pk"), started_at__lte=desk.now, ends_at__gt=desk.now, ended_at=None
    ).order_by("-pk")
    papers = BreakGlassPaper.objects.filter(
        glass__person=desk.person.pk, glass__client=OuterRef("pk"), glass__ended_at=None, started_at__lte=desk.now,
        ends_at__gt=desk.now,
    ).order_by("-pk")  # fmt: skip
    found = with_others(at_sites(site_ids)).filter(pk=stays)
    return cast(
        "Found | None",
        found.annotate(
            is_own=Case(When(own(desk, site_ids), then=True), default=False, output_field=BooleanField()),
            glass=Subquery(broken.values("pk")[:1]), glass_until=Subquery(broken.values("ends_at")[:1]),
            paper_until=Subquery(papers.values("ends_at")[:1]),
        ).first(),
    )  # fmt: skip


def _glass(found: "Found", at: datetime) -> Glass:
    left = max(1, -int((at - found.glass_until).total_seconds() // 60))
    return Glass(found.glass or 0, found.pk, found.glass_until, found.paper_until, left)
