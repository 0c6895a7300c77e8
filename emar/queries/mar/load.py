"""Reads everything a medication record needs, in a constant number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from chart.queries.allergies import NOT_ASKED, Allergies, allergies_of
from emar.models import Administration, Order, Reassessment, ReassessmentResult, VerbalOrder
from emar.queries.known import Known, by_due, holds_of, leaves_of, marks_known, orders_known, policies
from programs.contributions import Place, places
from programs.models import Client, Placement, Program, Site
from programs.people import mine


@dataclass(frozen=True)
class Seen:
    """The reassessment of a dose as needed: by when, and the newest result known (None: not seen yet)."""

    due_at: datetime
    result: ReassessmentResult | None


@dataclass(frozen=True)
class Loaded:
    """The rows behind a record. ``marks`` are all, oldest record first; ``verbal`` by order, ``seen`` by administration."""

    site: Site
    place: Place | None
    program: str
    orders: Sequence[Order]
    marks: Sequence[Administration]
    verbal: Mapping[int, VerbalOrder]
    seen: Mapping[int, Seen]
    allergies: Allergies
    known: Known


def load(client: Client, site: Site, since: datetime, until: datetime, at: datetime) -> Loaded:
    """What was known at ``at`` of the orders of a client that run in ``since <= t < until``. Twelve queries.

    ``site`` is used where the client was in no program by then.
    """
    placement = (
        Placement.objects.filter(mine(client.pk, "episode__client"), kind=Program.Kind.TREATMENT, started_at__lte=at)
        .select_related("program__site__organisation")
        .order_by("-started_at")
        .first()
    )
    site = site if placement is None else placement.program.site
    orders = list(
        orders_known(since, until, at)
        .select_related("replaced_by")
        .filter(mine(client.pk))
        .order_by("medication__name", "started_at", "pk")
    )
    ids = [order.pk for order in orders]
    marks = list(
        marks_known(at)
        .filter(
            Q(due_at__gte=since, due_at__lt=until) | Q(due_at=None, given_at__gte=since, given_at__lt=until),
            order__in=ids,
        )
        .select_related("by", "witnessed_by", "corrects__by")
        .order_by("recorded_at", "pk")
    )
    return Loaded(
        site,
        None if placement is None else places(site.pk, at, placement.episode_id).get(placement.episode_id),
        "" if placement is None else placement.program.name,
        orders,
        marks,
        _verbal(ids, at),
        seen_of((pk for mark in marks if mark.due_at is None for pk in chain(mark)), at),
        allergies_of([client.pk], at).get(client.pk, NOT_ASKED),
        Known(
            holds_of(ids, since, at),
            leaves_of((order.episode_id for order in orders), since, at),
            by_due(marks),
            policies(site.pk, max(at, since)),
        ),
    )


def chain(mark: Administration) -> tuple[int, ...]:
    """A mark and the marks it corrects, as far as they are loaded: a reassessment names one of them."""
    old = mark.corrects
    return tuple(pk for pk in (mark.pk, mark.corrects_id, None if old is None else old.corrects_id) if pk is not None)


def seen_of(administration_ids: Iterable[int], at: datetime) -> Mapping[int, Seen]:
    """The reassessments of these doses with the newest result recorded by ``at``, by the dose it is about. Two queries."""
    rows = list(Reassessment.objects.filter(administration__in=list(administration_ids)))
    results = ReassessmentResult.objects.filter(
        Q(corrected_by=None) | Q(corrected_by__recorded_at__gt=at), reassessment__in=rows, recorded_at__lte=at
    ).select_related("by")
    newest = {result.reassessment_id: result for result in results}
    return {row.administration_id: Seen(row.due_at, newest.get(row.pk)) for row in rows}


def _verbal(order_ids: Sequence[int], at: datetime) -> Mapping[int, VerbalOrder]:
    """How an order was written down on a prescriber's word."""
    rows = VerbalOrder.objects.filter(order__in=order_ids, at__lte=at, act__in=["write", "change"])
    return {row.order_id: row for row in rows.select_related("prescriber", "by", "cosign__by").order_by("at")}
