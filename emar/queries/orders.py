"""A client's orders as people read them, the versions of one, and what waits to be co-signed. Frozen; constant queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet

from emar.keys import form_key
from emar.models import Order, OrderHold, VerbalOrder
from emar.queries.ordering import said_order, say_steps
from emar.rules.administration import say_amount
from emar.rules.orders import Heard, Mode, Witness
from emar.rules.orders.over import is_over
from emar.rules.schedule import Taper, from_json
from programs.models import Placement, Program
from programs.models.periods import Period
from programs.people import mine

DAY = timedelta(days=1)


class Stands(StrEnum):
    """How an order stands at an instant."""

    COMING = "coming"
    RUNS = "runs"
    HELD = "held"
    RUN_OUT = "run_out"
    ENDED = "ended"
    STOPPED = "stopped"
    CHANGED = "changed"

    @property
    def label(self) -> str:
        """In words."""
        return _LABELS[self]


_LABELS = {
    Stands.COMING: "Begins later",
    Stands.RUNS: "Active",
    Stands.HELD: "On hold",
    Stands.RUN_OUT: "Run out",
    Stands.ENDED: "Ended as planned",
    Stands.STOPPED: "Stopped",
    Stands.CHANGED: "Changed",
}
OPEN = (Stands.COMING, Stands.RUNS, Stands.HELD)


@dataclass(frozen=True)
class VerbalRow:
    """Words of a prescriber that a nurse wrote down. ``signed`` is who co-signed, '' while it waits."""

    pk: int
    order_id: int
    client_id: int
    client: str
    order: str
    act: str
    heard: str
    prescriber_id: int
    prescriber: str
    by: str
    at: datetime
    due_at: datetime
    signed: str
    signed_at: datetime | None
    overdue: bool

    @property
    def key(self) -> UUID:
        """The idempotency key of the form that co-signs it; another person's, or another site's, is another request."""
        return form_key(f"cosign-{self.pk}", 0)


@dataclass(frozen=True)
class OrderRow:
    """One version of an order. ``words`` is medication, dose and schedule; times are UTC; ``extra`` what else it says."""

    pk: int
    client_id: int
    episode_id: int
    medication_id: int
    medication: str
    words: str
    route: str
    indication: str
    instructions: str
    extra: tuple[str, ...]
    controlled: str
    high_alert: bool
    as_needed: bool
    stands: Stands
    held: str  # why, and since when in ``held_at``
    held_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    by: str
    written_at: datetime | None
    stopped_by: str
    stopped_why: str
    stopped_at: datetime | None
    replaces_id: int | None
    replaced_by_id: int | None
    overrides: tuple[Mapping[str, str], ...]
    verbal: tuple[VerbalRow, ...]

    @property
    def is_open(self) -> bool:
        """Whether it can be changed or stopped."""
        return self.stands in OPEN

    @property
    def unsigned(self) -> tuple[VerbalRow, ...]:
        """Verbal orders that wait for a signature."""
        return tuple(row for row in self.verbal if not row.signed)


def orders_of(client_id: int, *, at: datetime, tz: tzinfo, past_days: int = 90) -> list[OrderRow]:
    """A client's orders as they stand at ``at``: open ones first, then the past of so many days, newest first. Three queries."""
    found = _orders().filter(Q(ended_at=None) | Q(ended_at__gt=at - past_days * DAY), mine(client_id))
    rows = _rows(found.filter(Q(written_at=None) | Q(written_at__lte=at)), at=at, tz=tz)
    return sorted(rows, key=lambda row: (not row.is_open, row.as_needed if row.is_open else False, _sorting(row)))


def order_row(order_id: int, *, at: datetime, tz: tzinfo) -> OrderRow | None:
    """One order; None where there is none. Three queries."""
    return next(iter(_rows(_orders().filter(pk=order_id), at=at, tz=tz)), None)


def versions_of(order_id: int, *, at: datetime, tz: tzinfo) -> list[OrderRow]:
    """Every version of an order, the newest first. Four queries, however long the chain."""
    chain = Order.objects.raw(
        """
        WITH RECURSIVE older AS (
            SELECT id, replaces_id FROM emar_order WHERE id = %s
            UNION SELECT o.id, o.replaces_id FROM emar_order o JOIN older ON o.id = older.replaces_id
        ), newer AS (
            SELECT id FROM emar_order WHERE id = %s
            UNION SELECT o.id FROM emar_order o JOIN newer ON o.replaces_id = newer.id
        ) SELECT id FROM older UNION SELECT id FROM newer
        """,
        [order_id, order_id],
    )
    rows = _rows(_orders().filter(pk__in=[order.pk for order in chain]), at=at, tz=tz)
    return sorted(rows, key=lambda row: row.pk, reverse=True)


def cosigns(site_id: int, *, at: datetime, prescriber_id: int | None = None) -> list[VerbalRow]:
    """Verbal orders of clients of a site that wait for a signature, the longest due first. One query.

    ``prescriber_id`` leaves only what that prescriber said.
    """
    here = Placement.objects.filter(program__site=site_id, kind=Program.Kind.TREATMENT, started_at__lte=at)
    found = _verbals().filter(cosign=None, at__lte=at, order__episode__in=here.values("episode"))
    if prescriber_id is not None:
        found = found.filter(prescriber=prescriber_id)
    return [_verbal(row, at) for row in found.order_by("cosign_due_at", "pk")]


def _orders() -> Period[Order]:
    return Order.objects.select_related("medication", "by", "stopped_by", "replaced_by").order_by("-started_at", "-pk")


def _verbals() -> QuerySet[VerbalOrder]:
    return VerbalOrder.objects.select_related(
        "order__medication", "order__client", "prescriber", "by", "cosign__by"
    ).order_by("pk")


def _rows(orders: Iterable[Order], *, at: datetime, tz: tzinfo) -> list[OrderRow]:
    rows = list(orders)
    holds: dict[int, OrderHold] = {hold.order_id: hold for hold in OrderHold.objects.current(at).filter(order__in=rows)}
    verbal: dict[int, list[VerbalRow]] = defaultdict(list)
    for each in _verbals().filter(order__in=rows, at__lte=at):
        verbal[each.order_id].append(_verbal(each, at))
    return [_row(order, holds.get(order.pk), tuple(verbal[order.pk]), at=at, tz=tz) for order in rows]


def _row(order: Order, hold: OrderHold | None, verbal: tuple[VerbalRow, ...], *, at: datetime, tz: tzinfo) -> OrderRow:
    newer = getattr(order, "replaced_by", None)
    stopped = order.stopped_by if order.stopped_at is not None and order.stopped_at <= at else None
    medication = order.medication
    return OrderRow(
        pk=order.pk,
        client_id=order.client_id,
        episode_id=order.episode_id,
        medication_id=medication.pk,
        medication=str(medication),
        words=_words(order),
        route=order.route,
        indication=order.indication,
        instructions=order.instructions,
        extra=tuple(_extra(order)),
        controlled=f"C-{medication.dea_schedule}" if medication.dea_schedule else "",
        high_alert=medication.high_alert,
        as_needed=order.schedule.get("kind") == "as_needed",
        stands=_stands(order, hold, newer is not None, at, tz),
        held="" if hold is None else hold.why,
        held_at=None if hold is None else hold.started_at,
        started_at=order.started_at,
        ended_at=order.ended_at if stopped is not None else order.planned_end,
        by=order.by.signature,
        written_at=order.written_at,
        stopped_by="" if stopped is None else stopped.signature,
        stopped_why="" if stopped is None else order.stopped_why,
        stopped_at=None if stopped is None else order.stopped_at,
        replaces_id=order.replaces_id,
        replaced_by_id=None if newer is None or stopped is None else newer.pk,
        overrides=tuple(order.overrides),
        verbal=verbal,
    )


def _words(order: Order) -> str:
    """Medication, dose and schedule; of a taper each step."""
    schedule = from_json(order.schedule)
    steps = f": {say_steps(schedule, order.unit)}" if isinstance(schedule, Taper) else ""
    return f"{said_order(order)}{steps}"


def _stands(order: Order, hold: OrderHold | None, replaced: bool, at: datetime, tz: tzinfo) -> Stands:
    """As of ``at``: a stop that came later is not known yet."""
    if order.stopped_at is not None and order.stopped_at <= at:
        return Stands.CHANGED if replaced else Stands.STOPPED
    ends = order.planned_end if order.stopped_at is not None else order.ended_at
    if ends is not None and ends <= at:
        return Stands.ENDED
    if order.started_at > at:
        return Stands.COMING
    if is_over(from_json(order.schedule), order.anchor, at=at, tz=tz):
        return Stands.RUN_OUT
    return Stands.HELD if hold is not None else Stands.RUNS


def _extra(order: Order) -> Iterable[str]:
    if order.most_in_24h is not None:
        most = say_amount(order.most_in_24h, order.most_unit)
        yield f"At most {most} of {order.medication.ingredient} in 24 h from all orders"
    if order.time_critical:
        yield "Time-critical"
    if order.mode != Mode.NURSE:
        yield Mode(order.mode).label
    if order.witness != Witness.NONE:
        yield Witness(order.witness).label
    yield from (limit.words for limit in order.limits)


def _verbal(row: VerbalOrder, at: datetime) -> VerbalRow:
    signed = getattr(row, "cosign", None)
    if signed is not None and signed.at > at:
        signed = None
    return VerbalRow(
        row.pk,
        row.order_id,
        row.order.client_id,
        row.order.client.called,
        said_order(row.order),
        row.get_act_display(),
        Heard(row.heard).label,
        row.prescriber_id,
        row.prescriber.signature,
        row.by.signature,
        row.at,
        row.cosign_due_at,
        "" if signed is None else signed.by.signature,
        None if signed is None else signed.at,
        signed is None and row.cosign_due_at <= at,
    )


def _sorting(row: OrderRow) -> tuple[float, int]:
    """Newest first."""
    return -row.started_at.timestamp(), -row.pk
