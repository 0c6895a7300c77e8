"""What the medication room adds to the paper of a whole chart: the orders, and the doses that were off pattern."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, F, Q

from documents.blocks import Column, Kind, Table
from emar.models import UNDONE, Administration, Order
from emar.queries.ordering import said_order
from emar.queries.timeline import timeline
from programs.papers import Section, Span, by_month

ORDERS = (
    Column("Order", Kind.STRONG, 0.44), Column("From"), Column("Until"), Column("Given", Kind.NUMBER), Column("Refused", Kind.NUMBER),
    Column("Held", Kind.NUMBER), Column("Other", Kind.NUMBER),
)  # fmt: skip
DOSES = (Column("When", share=0.17), Column("Dose", Kind.STRONG, 0.33), Column("Why"), Column("By", share=0.17))
GIVEN = ("given", "self_administered")


def sections(span: Span) -> Iterator[Section]:
    """Medications as ordered with what became of their doses, and each dose that was refused, held, missed or corrected. Two queries,
    and two a month."""
    yield Section(80, "Medications", _orders(span))
    off = [
        (span.local(entry.at), entry.title, entry.line, entry.by)
        for entry in by_month(timeline, span)
        if entry.tone != "free"
    ]
    yield Section(82, "Doses off pattern", (Table(DOSES, tuple(off)),) if off else ())


def _orders(span: Span) -> tuple[Table, ...]:
    running = Q(ended_at=None) | Q(ended_at__gt=span.since)
    orders = list(
        Order.objects.filter(running, client__in=span.client_ids, started_at__lt=span.until)
        .select_related("medication")
        .order_by("started_at", "pk")
    )
    counted: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = (
        Administration.objects.filter(
            order__in=orders, given_at__gte=span.since, given_at__lt=span.until, corrected_by=None
        )
        .exclude(outcome=UNDONE)
        .values_list("order_id", "outcome")
        .annotate(count=Count("pk"))
        .order_by(F("order_id"))
    )
    for order_id, outcome, count in rows:
        word = "given" if outcome in GIVEN else outcome if outcome in ("refused", "held") else "other"
        counted[order_id][word] += count
    lines = tuple(
        (
            said_order(order), span.day(order.started_at), span.day(order.ended_at) if order.ended_at else "runs",
            *(counted[order.pk][word] or None for word in ("given", "refused", "held", "other")),
        )
        for order in orders
    )  # fmt: skip
    return (Table(ORDERS, lines),) if lines else ()
