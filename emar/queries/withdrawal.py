"""Orders that go by a score: where each stands, what its table says now, and which scores are due at a site. Never stored."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from django.db.models import Q

from chart.models import Score
from chart.scales import scale as scale_of
from emar.models import TAKEN, UNDONE, Administration, Order, OrderHold, Protocol
from emar.rules.administration import Ceiling, PrnLimits, RecentDose, say_amount, say_clock
from emar.rules.policy import SitePolicy
from emar.rules.protocols import NextScore, Scored, next_score, propose
from emar.rules.symptoms import score_is_old
from programs.contributions import DoseMark
from programs.models import Leave
from programs.people import mine

SOON = timedelta(minutes=30)
"""How long before a score is due it shows at the top of the client."""

BEFORE = timedelta(minutes=60)
"""A score so long before an order began still counts for it."""


@dataclass(frozen=True)
class Standing:
    """A running order with a protocol: the newest score, when a dose was given for it, and when the next is due."""

    order: Order
    protocol: Protocol
    scale: str  # the name of the scale
    last: Scored | None
    used_at: datetime | None
    next: NextScore
    now: datetime

    @property
    def ended(self) -> bool:
        """Whether the protocol has ended meanwhile."""
        return self.protocol.ended_at is not None and self.protocol.ended_at <= self.now

    @property
    def overdue(self) -> bool:
        """Whether the score should have been taken by now."""
        return self.next.at is not None and self.next.at < self.now

    @property
    def soon(self) -> bool:
        """Whether it shows at the top of the client."""
        return not self.ended and self.next.at is not None and self.next.at <= self.now + SOON


@dataclass(frozen=True)
class Advice:
    """What stands under an order as needed that goes by a score. ``amount`` is what is proposed, None where nothing is."""

    words: str
    amount: Decimal | None = None
    call: bool = False
    needs_score: bool = False
    score_id: int | None = None


def standings(orders: Iterable[Order], at: datetime) -> Mapping[int, Standing]:
    """How the orders among these that run and name a protocol stand, by order. No query where none does, else five.

    An order on hold, and one of a client on leave, waits: no score is due from it.
    """
    running = [
        order
        for order in orders
        if order.protocol_id is not None and order.started_at <= at and (order.ended_at is None or order.ended_at > at)
    ]
    if not running:
        return {}
    protocols = Protocol.objects.in_bulk({order.protocol_id for order in running})
    away = set(
        Leave.objects.current(at)
        .filter(episode__in=[o.episode_id for o in running])
        .values_list("episode_id", flat=True)
    )
    held = set(OrderHold.objects.current(at).filter(order__in=running).values_list("order_id", flat=True))
    scores = _scores(running, {protocol.scale for protocol in protocols.values()}, at)
    used = _used(running)
    found = {}
    for order in running:
        protocol = protocols[order.protocol_id or 0]
        known = scale_of(protocol.scale)
        if order.episode_id in away or order.pk in held or known is None:
            continue
        since = order.anchor - BEFORE
        mine = [each for each in scores[order.client_id, protocol.scale] if each.at >= since]
        due = next_score(protocol.table, [(e.at, e.total) for e in mine], scale=known.name, begins=order.started_at)
        last = mine[-1] if mine else None
        given = None if last is None else used.get((order.client_id, last.pk))
        found[order.pk] = Standing(order, protocol, known.name, last, given, due, at)
    return found


def advice(
    stands: Standing,
    *,
    limits: PrnLimits,
    recent: Sequence[RecentDose],
    ceilings: Callable[[Decimal], Iterable[Ceiling]],
    policy: SitePolicy,
    tz: tzinfo,
) -> Advice:
    """What the table says for the newest score now, or why it says nothing."""
    at, last, name = stands.now, stands.last, stands.scale
    if stands.ended:
        return Advice(f"The protocol {stands.protocol.name} has ended. Ask the prescriber for an order.", call=True)
    if last is None:
        return Advice(f"Score {name} first.", needs_score=True)
    if score_is_old(last, name, given_at=at, fresh=policy.fresh, tz=tz) is not None:
        words = f"{name} {last.total} is from {say_clock(last.at, tz, at)}: score again first."
        return Advice(words, needs_score=True)
    if stands.used_at is not None:
        given = say_clock(stands.used_at, tz, at)
        return Advice(f"Given {given} for {name} {last.total}. {_next(stands, tz)}".strip())
    order = stands.order
    found = propose(
        stands.protocol.table, last, scale=name, least=order.dose, most=order.dose_max or order.dose, limits=limits,
        recent=recent, ceilings=ceilings, at=at, tz=tz, policy=policy.giving,
    )  # fmt: skip
    call = " Call the prescriber." if found.call and "prescriber" not in found.why else ""
    tail = "" if found.amount is not None else f" {_next(stands, tz)}"
    return Advice(f"{found.why}{call}{tail}".strip(), found.amount, found.call, score_id=last.pk)


def dose_marks(client_id: int, scale: str, since: datetime, until: datetime) -> Iterator[DoseMark]:
    """Doses that were given by a score of this scale, or under a protocol of it. One query."""
    rows = Administration.objects.filter(
        Q(scale=scale) | Q(order__protocol__scale=scale), mine(client_id, "order__client"), outcome__in=TAKEN, corrected_by=None,
        given_at__range=(since, until),
    ).select_related("order__medication")  # fmt: skip
    for row in rows.order_by("given_at", "pk"):
        amount = "" if row.amount is None else f"{say_amount(row.amount, row.unit)} "
        yield DoseMark(row.given_at, f"{amount}{row.order.medication.ingredient}")


def _next(stands: Standing, tz: tzinfo) -> str:
    if stands.next.at is None:
        return stands.next.why
    return f"{stands.scale} due {say_clock(stands.next.at, tz, stands.now)}."


def _scores(orders: Sequence[Order], scales: Collection[str], at: datetime) -> Mapping[tuple[int, str], list[Scored]]:
    """Scores of these scales since the first of these orders began, by client and scale, earliest first. One query."""
    found: dict[tuple[int, str], list[Scored]] = defaultdict(list)
    since = min(order.anchor for order in orders) - BEFORE
    rows = Score.objects.filter(
        client__in={order.client_id for order in orders}, scale__in=scales, corrected_by=None, at__gte=since, at__lte=at
    )
    for row in rows.select_related("by").order_by("at", "pk"):
        found[row.client_id, row.scale].append(Scored(row.pk, row.points, row.at, row.by.signature))
    return found


def _used(orders: Sequence[Order]) -> Mapping[tuple[int, int], datetime]:
    """For which scores a dose was given under a protocol, by client and score. One query."""
    rows = Administration.objects.filter(
        order__client__in={order.client_id for order in orders}, corrected_by=None, checks__score__isnull=False,
        checks__protocol__isnull=False,
    ).exclude(outcome=UNDONE)  # fmt: skip
    return {(client, score): at for client, score, at in rows.values_list("order__client", "checks__score", "given_at")}
