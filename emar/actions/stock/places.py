"""Places of stock: begin one, close one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.trail import record
from emar.actions.stock.held import hold, tell_stock, words_of
from emar.models import Count, StockLine, StockLocation
from emar.rules.stock import Keeps, say_units
from programs.models import Site
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def _named(kwargs: Mapping[str, Any]) -> Finding:
    return stop("stock.named", f"There is a place named {kwargs['name'].strip()} here already. Choose another name.")


@action("stock.add_location", explain={"emar_stock_location_once": _named})
def add_location(
    *,
    by: Person,
    at: datetime,
    site_id: int,
    name: str,
    kind: Keeps,
    unit_id: int | None = None,
    key: UUID | None = None,
) -> StockLocation:
    """Begin a cart, a safe or a place for clients' own medication; ``unit_id`` (beds.Unit) where it belongs to one unit.

    Raises Refused, NotAllowed and Site.DoesNotExist.
    """
    require(by, Capability.STOCK_SUPERVISE, site_id, at)
    site = Site.objects.get(pk=site_id)

    name = words_of("stock.name", name, "Give the place a name", 60)

    made = StockLocation.objects.create(site=site, unit_id=unit_id, name=name, kind=kind.value)
    record(
        "stock.add_location", by=by, at=at, subject=made, site_id=site_id, summary=f"{name} added as a place of stock"
    )

    tell_stock(site_id, ())
    return made


@action("stock.close_location")
def close_location(*, by: Person, at: datetime, location_id: int, key: UUID | None = None) -> StockLocation:
    """Close a place: only an empty one, with no count open. Raises Refused, NotAllowed and StockLocation.DoesNotExist."""
    place = StockLocation.objects.select_for_update(of=("self",), no_key=True).get(pk=location_id)
    require(by, Capability.STOCK_SUPERVISE, place.site_id, at)
    lines = hold(list(StockLine.objects.filter(location=place).values_list("pk", flat=True)))

    full = next((line for line in lines.values() if line.balance), None)
    if full is not None:
        words = f"{place.name} still holds {say_units(full.balance, full.row.unit)} of {full.name}. Move it out first."
        raise Refused(stop("stock.not_empty", words))
    if any(line.variance for line in lines.values()) or Count.objects.filter(location=place, ended_at=None).exists():
        words = f"A count of {place.name} is open, or did not agree. Finish and resolve it first."
        raise Refused(stop("stock.not_settled", words))

    place.is_active = False
    place.save(update_fields=["is_active"])
    record("stock.close_location", by=by, at=at, subject=place, site_id=place.site_id, summary=f"{place.name} closed")

    tell_stock(place.site_id, lines)
    return place
