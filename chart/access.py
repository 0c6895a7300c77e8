"""May this person reach this chart? A client who was never at one of the person's sites does not exist for them."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from programs.desk import Desk
from programs.models import Client, Merge, Placement, PlacementRequest
from programs.people import with_others
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


def client_for(desk: Desk, pk: int) -> Client:
    """The client, where the person may open charts at one of their sites; else Http404. For a record that was merged it is the one
    that stays. One query."""
    return client_with(desk, pk, Capability.OPEN_CHART)


def client_with(desk: Desk, pk: int, *capabilities: Capability) -> Client:
    """The client, where the person holds one of these at one of their sites; else Http404. As ``client_for``, for those who do
    one thing in a chart without opening it. One query."""
    site_ids = frozenset().union(*(sites_for(desk, each) for each in capabilities))
    known = Exists(Merge.objects.filter(into=OuterRef("pk"), client=pk, ended_at=None))
    found = with_others(at_sites(site_ids)).filter(Q(pk=pk) | known).first()
    if found is None:
        raise Http404
    return found
