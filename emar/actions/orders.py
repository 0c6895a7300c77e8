"""What a prescriber does to an order that runs: hold it, release it, stop it.

Takes effect for every dose not yet charted.
"""

from datetime import datetime
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Refused, stop
from audit.trail import record
from emar.actions.gather import Gathered, gather
from emar.models import Order, OrderHold
from live.actions import publish
from programs.topics import pass_topic
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST_WHY = 120


@action("emar.hold_order")
def hold_order(*, by: Person, at: datetime, order_id: int, why: str, key: UUID | None = None) -> OrderHold:
    """Put an order on hold from now until it is released."""
    gathered, why = _running(order_id, by=by, at=at), _said(why)
    if gathered.order.holds.current(at).exists():
        raise Refused(stop("order.held_already", "This order is on hold already."))
    hold = OrderHold.objects.create(order=gathered.order, why=why, by=by, started_at=at)
    _tell(gathered, "emar.hold_order", f"put on hold: {why}", by=by, at=at)
    return hold


@action("emar.release_order")
def release_order(*, by: Person, at: datetime, order_id: int, key: UUID | None = None) -> Order:
    """End the hold of an order: its doses are due again from now on."""
    gathered = _running(order_id, by=by, at=at)
    hold = gathered.order.holds.current(at).first()
    if hold is None:
        raise Refused(stop("order.not_held", "This order is not on hold."))
    hold.ended_at = at
    hold.save(update_fields=["ended_at"])
    _tell(gathered, "emar.release_order", "released from hold", by=by, at=at)
    return gathered.order


@action("emar.stop_order")
def stop_order(*, by: Person, at: datetime, order_id: int, why: str, key: UUID | None = None) -> Order:
    """Stop an order now: nothing is due from it any more."""
    gathered, why = _running(order_id, by=by, at=at), _said(why)
    gathered.order.ended_at = at
    gathered.order.save(update_fields=["ended_at"])
    _tell(gathered, "emar.stop_order", f"stopped: {why}", by=by, at=at)
    return gathered.order


def _running(order_id: int, *, by: Person, at: datetime) -> Gathered:
    gathered = gather(order_id, by=by, capability=Capability.WRITE_ORDERS, at=at, due_at=None, given_at=at)
    order = gathered.order
    if order.started_at >= at or (order.ended_at is not None and order.ended_at <= at):
        raise Refused(stop("order.not_running", f"The order for {order.medication.name} does not run now."))
    return gathered


def _said(why: str) -> str:
    why = why.strip()
    if not 1 <= len(why) <= LONGEST_WHY:
        raise Refused(stop("order.why", f"Say why, in at most {LONGEST_WHY} characters."))
    return why


def _tell(gathered: Gathered, verb: str, what: str, *, by: Person, at: datetime) -> None:
    order = gathered.order
    summary = f"{order.medication.name} {what}"
    record(verb, by=by, at=at, subject=order, summary=summary, site_id=gathered.site.pk, client_id=order.client_id)
    if gathered.unit_id is not None:
        publish({pass_topic(gathered.unit_id): []})
