"""May this person reach this line of the placement list? Lines of a site whose list they do not keep do not exist for them."""

from django.http import Http404

from programs.desk import Desk
from programs.models import PlacementRequest, Program, Site
from staff.rules.capabilities import Capability, allows


def list_sites(desk: Desk) -> list[Site]:
    """The sites whose placement list the person keeps. One query."""
    ids = {post.site_id for post in desk.posts if allows(post.role, Capability.ADMIT)}
    return list(Site.objects.filter(pk__in=ids))


def line_for(desk: Desk, pk: int) -> PlacementRequest:
    """The line, open or settled, with its client and site; else Http404."""
    found = PlacementRequest.objects.select_related("client", "site").filter(pk=pk, site__in=list_sites(desk)).first()
    if found is None:
        raise Http404
    return found


def program_for(desk: Desk, pk: int) -> Program:
    """A program of such a site; else Http404."""
    found = Program.objects.select_related("site").filter(pk=pk, site__in=list_sites(desk)).first()
    if found is None:
        raise Http404
    return found
