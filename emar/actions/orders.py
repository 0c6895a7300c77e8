"""Hold an order that runs, release it, stop it. Takes effect for every dose not yet charted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from emar.actions.orders_common import heard, running, said, tell
from emar.models import Order, OrderHold, VerbalOrder
from emar.rules.orders.facts import Verbal
from staff.models import Person

Act = VerbalOrder.Act


def held_already(asked: Mapping[str, Any]) -> Finding:
    """What a second hold is told: whose stands."""
    hold = OrderHold.objects.select_related("by").filter(order=asked["order_id"], ended_at=None).first()
    whose = "" if hold is None else f" by {hold.by.signature}: {hold.why}"
    return stop(
        "order.held_already", f"This order is on hold already{whose}. Release it first to hold it for another reason."
    )


@action("emar.hold_order", explain={"emar_one_hold_at_a_time": held_already})
def hold_order(
    *, by: Person, at: datetime, order_id: int, why: str, verbal: Verbal | None = None, key: UUID | None = None
) -> OrderHold:
    """Put an order on hold from now until it is released; ``verbal`` where a nurse writes down a prescriber's word.

    Raises Refused, NotAllowed and Order.DoesNotExist.
    """
    found, why = running(order_id, by=by, at=at, verbal=verbal), said(why)

    if found.order.holds.current(at).exists():
        raise Refused(held_already({"order_id": order_id}))

    hold = OrderHold.objects.create(order=found.order, why=why, by=by, started_at=at)
    detail = heard(found.order, verbal, Act.HOLD, by=by, setting=found.setting)

    tell("emar.hold_order", found, f"put on hold: {why}", by=by, detail=detail)
    return hold


@action("emar.release_order")
def release_order(
    *, by: Person, at: datetime, order_id: int, verbal: Verbal | None = None, key: UUID | None = None
) -> Order:
    """End the hold of an order: its doses are due again from now on. Raises as ``hold_order``."""
    found = running(order_id, by=by, at=at, verbal=verbal)
    hold = found.order.holds.current(at).first()

    if hold is None:
        raise Refused(stop("order.not_held", "This order is not on hold."))
    if hold.started_at >= at:
        raise Refused(stop("order.not_held", "This order was put on hold this very moment. Wait and try again."))

    hold.ended_at, hold.ended_by = at, by
    hold.save(update_fields=["ended_at", "ended_by"])
    detail = heard(found.order, verbal, Act.RELEASE, by=by, setting=found.setting)

    tell("emar.release_order", found, "released from hold", by=by, detail=detail)
    return found.order


@action("emar.stop_order")
def stop_order(
    *, by: Person, at: datetime, order_id: int, why: str, verbal: Verbal | None = None, key: UUID | None = None
) -> Order:
    """Stop an order now: nothing is due from it any more, an open dose neither. One that begins later never begins.

    What was charted stays. Raises as ``hold_order``.
    """
    found, why = running(order_id, by=by, at=at, verbal=verbal, begun=False), said(why)

    end(found.order, by=by, at=at, why=why)
    detail = heard(found.order, verbal, Act.STOP, by=by, setting=found.setting)

    tell("emar.stop_order", found, f"stopped: {why}", by=by, detail=detail)
    return found.order


ENDS = ["ended_at", "due_until", "stopped_at", "stopped_by", "stopped_why"]


def ending(order: Order, *, by: Person, at: datetime, why: str) -> None:
    """The end of an order as ``end`` writes it, not saved yet."""
    order.ended_at, order.stopped_at, order.stopped_by, order.stopped_why = max(at, order.started_at), at, by, why


def end(order: Order, *, by: Person, at: datetime, why: str) -> None:
    """Bring the end of an order to now (to its start, where that is to come), and keep who and why."""
    ending(order, by=by, at=at, why=why)
    order.save(update_fields=ENDS)
