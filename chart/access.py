"""May this person reach this chart? A client who was never at one of the person's sites does not exist for them."""

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from programs.desk import Desk
from programs.models import Client, Placement, PlacementRequest
from staff.rules.capabilities import Capability, allows


def sites_for(desk: Desk, capability: Capability) -> frozenset[int]:
    """The sites at which the person holds this capability now."""
    return frozenset(post.site_id for post in desk.posts if allows(post.role, capability))


def at_sites(site_ids: frozenset[int]) -> QuerySet[Client]:
    """The clients ever placed at these sites, or who asked for a place there."""
    placed = Placement.objects.filter(episode__client=OuterRef("pk"), program__site__in=site_ids)
    asked = PlacementRequest.objects.filter(client=OuterRef("pk"), site__in=site_ids)
    return Client.objects.filter(Exists(placed) | Exists(asked))


def client_for(desk: Desk, pk: int) -> Client:
    """The client, where the person may open charts at one of their sites; else Http404."""
    found = at_sites(sites_for(desk, Capability.OPEN_CHART)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
