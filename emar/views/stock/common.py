"""What several pages of controlled stock need: who sees them, and what is there at the desk's site."""

from django.http import Http404

from audit.rules.findings import stop
from emar.models import Count, StockLine, StockLocation, Variance
from programs.desk import Desk
from staff.access import NotAllowed
from staff.rules.capabilities import Capability, who_may

SEES = (Capability.STOCK, Capability.STOCK_SUPERVISE, Capability.WITNESS)
"""Who sees balances, counts and differences."""


def place_at(desk: Desk, location_id: int) -> StockLocation:
    """A place in use at the desk's site. Raises Http404."""
    found = StockLocation.objects.filter(pk=location_id, site=desk.site, is_active=True).first()
    if found is None:
        raise Http404("No such place here.")
    return found


def line_at(desk: Desk, line_id: int) -> StockLine:
    """A line kept at the desk's site. Raises Http404."""
    lines = StockLine.objects.select_related("location", "medication", "owner")
    found = lines.filter(pk=line_id, location__site=desk.site).first()
    if found is None:
        raise Http404("No such line here.")
    return found


def count_at(desk: Desk, count_id: int) -> Count:
    """A count of a place of the desk's site. Raises Http404."""
    found = Count.objects.select_related("location").filter(pk=count_id, location__site=desk.site).first()
    if found is None:
        raise Http404("No such count here.")
    return found


def variance_at(desk: Desk, variance_id: int) -> Variance:
    """A difference found at the desk's site. Raises Http404."""
    found = (
        Variance.objects.select_related("line__medication")
        .filter(pk=variance_id, line__location__site=desk.site)
        .first()
    )
    if found is None:
        raise Http404("No such difference here.")
    return found


def counting(location_id: int) -> Count | None:
    """The count of a place that is going on: until it is finished nobody is shown what the ledger says of the place."""
    return Count.objects.select_related("by").filter(location=location_id, ended_at=None).first()


def require_one(desk: Desk, *capabilities: Capability) -> None:
    """Raise NotAllowed for who holds none of these at the desk's site."""
    if not any(desk.may(each) for each in capabilities):
        wanted = capabilities[0]
        sentence = f"You may not {wanted.label} at {desk.site}. Ask {who_may(wanted)}."
        raise NotAllowed(stop("staff.not_allowed", sentence))
