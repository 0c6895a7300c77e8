"""What every act on an order begins and ends with: locks, who may, the words of a prescriber, and the announcement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.rules.findings import Finding, Refused, stop
from audit.trail import record
from emar.models import Order, VerbalOrder
from emar.queries.ordering import setting_of
from emar.queries.walked import unit_of
from emar.rules.administration import say_clock
from emar.rules.orders import Heard
from emar.rules.orders.facts import Setting, Verbal
from live.actions import publish
from programs import placed
from programs.models import Client, Placement, Site
from programs.topics import pass_topic
from staff.access import may, require
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST_WHY = 120


@dataclass(frozen=True)
class Running:
    """An order under lock, and where its client is."""

    order: Order
    site: Site
    unit_id: int | None
    setting: Setting

    def clock(self, moment: datetime) -> str:
        """'08:05', on the site's clock."""
        return say_clock(moment, self.setting.tz, self.setting.at)


def running(order_id: int, *, by: Person, at: datetime, verbal: Verbal | None, begun: bool = True) -> Running:
    """Lock the client, then the order (the house order), check who may, and that the order is in force.

    ``begun`` False: an order that begins later will do too. Raises Refused with who ended it when, NotAllowed, and
    Order.DoesNotExist.
    """
    known = Order.objects.only("client_id", "episode_id").get(pk=order_id)
    placement = placed.last(known.episode_id, at)
    if placement is None:
        raise Order.DoesNotExist(f"Order {order_id} belongs to no program.")
    allowed(by, placement.program.site, verbal, at)
    Client.objects.select_for_update(no_key=True).only("pk").get(pk=known.client_id)
    order = (
        Order.objects.select_related("medication", "episode", "client", "stopped_by")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=order_id)
    )
    found = _where(order, placement, at)
    ended = order.ended_at is not None and order.ended_at <= at
    if ended or (begun and order.started_at > at):
        raise Refused(not_running(order, found))
    return found


def not_running(order: Order, found: Running) -> Finding:
    """Who ended it, when and why, where somebody did."""
    name, who = order.medication.shown, order.stopped_by
    if order.started_at > found.setting.at and who is None:
        begins = found.clock(order.started_at)
        return stop("order.not_running", f"The order for {name} begins at {begins}. Stop it, or wait until then.")
    if who is None or order.stopped_at is None:
        ended = "" if order.ended_at is None else f" at {found.clock(order.ended_at)}"
        return stop("order.not_running", f"The order for {name} ended{ended}. Write a new one.")
    when = found.clock(order.stopped_at)
    newer = Order.objects.filter(replaces=order).values_list("pk", flat=True).first()
    if newer is not None:
        words = f"The order for {name} was changed at {when} by {who.signature}. Open the newer order and look at that first."
        return stop("order.changed_already", words, newer=newer, by=who.signature, at=order.stopped_at)
    why = f": {order.stopped_why}" if order.stopped_why else ""
    words = (
        f"The order for {name} was stopped at {when} by {who.signature}{why}. Write a new one if it is still wanted."
    )
    return stop("order.stopped_already", words, by=who.signature, at=order.stopped_at)


def allowed(by: Person, site: Site, verbal: Verbal | None, at: datetime) -> None:
    """Refuse who may not: a prescriber orders, a nurse writes down what a prescriber of the site says and reads it back."""
    if verbal is None:
        require(by, Capability.WRITE_ORDERS, site.pk, at)
        return
    require(by, Capability.VERBAL_ORDERS, site.pk, at)
    prescriber = Person.objects.filter(pk=verbal.prescriber_id).first()
    if prescriber is None or prescriber.pk == by.pk or not may(prescriber, Capability.WRITE_ORDERS, site.pk, at):
        raise Refused(
            stop("order.prescriber", "Choose the prescriber who gave this order; they must order at this site.")
        )
    if verbal.heard not in set(Heard):
        raise Refused(stop("order.heard", "Say whether the order was given in person or by telephone."))
    if not verbal.read_back:
        raise Refused(
            stop("order.read_back", "Read the order back to the prescriber, then tick that it was confirmed.")
        )


def heard(order: Order, verbal: Verbal | None, act: VerbalOrder.Act, *, by: Person, setting: Setting) -> dict[str, Any]:
    """Keep the words of a prescriber, to be co-signed in time; what the trail says of it."""
    if verbal is None:
        return {}
    due = setting.at + setting.policy.cosign
    row = VerbalOrder.objects.create(
        order=order, act=act, heard=verbal.heard, prescriber_id=verbal.prescriber_id, by=by, at=setting.at, read_back=True,
        cosign_due_at=due,
    )  # fmt: skip
    return {"verbal": row.pk, "prescriber": verbal.prescriber_id, "cosign_due_at": due.isoformat()}


def said(why: str) -> str:
    """A reason that can be kept. Refused where there is none, or too much of it."""
    why = why.strip()
    if not 1 <= len(why) <= LONGEST_WHY or "\x00" in why:
        raise Refused(stop("order.why", f"Say why, in at most {LONGEST_WHY} characters."))
    return why


def tell(verb: str, found: Running, what: str, *, by: Person, **more: Any) -> None:
    """The event and the announcement: the pass of the client's unit is drawn anew."""
    order = found.order
    record(
        verb, by=by, at=found.setting.at, subject=order, summary=f"{order.medication.shown} {what}", site_id=found.site.pk,
        client_id=order.client_id, **more,
    )  # fmt: skip
    if found.unit_id is not None:
        publish({pass_topic(found.unit_id): []})


def _where(order: Order, placement: Placement, at: datetime) -> Running:
    site = placement.program.site
    return Running(order, site, unit_of(site.pk, order.episode_id, at), setting_of(site, at))
