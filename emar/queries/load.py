"""Reads everything the pass needs of a unit, or of one order, in a constant number of queries.

``build.py`` makes rows of it.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q

from chart.models import Allergy
from emar.models import TAKEN, Administration, Order, OrderHold
from emar.queries.rows import Away, Mark
from emar.rules.administration import REASONS, Outcome, say_amount
from programs.contributions import Place, places
from programs.models import Client, Episode, Leave, Site

DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Scope:
    """Which part of a site is asked for; everything where nothing is named."""

    site: Site
    unit_id: int | None = None
    order_id: int | None = None


@dataclass(frozen=True)
class Taken:
    """A dose that went into a client in the last day. Ingredients are compared in lower case."""

    client_id: int
    ingredient: str
    order_id: int
    given_at: datetime
    mark: Mark


@dataclass(frozen=True)
class Loaded:
    """The rows behind a page, sorted into the questions that are asked of them."""

    places: Mapping[int, Place]
    clients: Mapping[int, Client]  # by episode
    orders: list[Order]  # with medication
    holds: Mapping[int, list[OrderHold]]
    away: Mapping[int, Away]
    allergies: Mapping[int, tuple[str, ...]]
    marks: Mapping[int, Mapping[datetime, Mark]]
    taken: Mapping[tuple[int, str], list[Taken]]
    newest: Mapping[int, int]


def load(scope: Scope, *, since: datetime, until: datetime, at: datetime) -> Loaded:
    """Nine queries, whatever the number of clients.

    Doses due in ``since <= due < until``; places, leaves and holds at ``at``.
    """
    where = {} if scope.order_id is not None else places(scope.site.pk, at)
    if scope.unit_id is not None:
        where = {episode: place for episode, place in where.items() if place.unit_id == scope.unit_id}
    orders = _orders(scope, where, since, until)
    order_ids = [order.pk for order in orders]
    clients = {} if scope.order_id else _clients(where)
    client_ids = {client.pk for client in clients.values()} | {order.client_id for order in orders}
    return Loaded(
        where,
        clients,
        orders,
        _holds(order_ids, since),
        _away(where, at),
        _allergies(client_ids, at),
        _marks(order_ids, since, until),
        _taken(client_ids, at),
        _newest([order.pk for order in orders if order.schedule.get("kind") == "as_needed"]),
    )


def mark_of(row: Administration) -> Mark:
    """What was charted, in words; ``row.by`` is loaded."""
    outcome = Outcome(row.outcome)
    return Mark(
        row.pk,
        outcome,
        row.given_at,
        row.by.signature,
        "" if row.amount is None else say_amount(row.amount, row.unit),
        dict(REASONS.get(outcome, ())).get(row.reason, ""),
        row.note,
        row.corrects_id is not None,
    )


def _orders(scope: Scope, where: Mapping[int, Place], since: datetime, until: datetime) -> list[Order]:
    found = Order.objects.select_related("medication").filter(started_at__lt=until)
    if scope.order_id is not None:  # one row of a page: its client may sleep nowhere
        found = found.filter(pk=scope.order_id)
    else:
        found = found.filter(Q(ended_at=None) | Q(ended_at__gt=since), episode__in=list(where))
    return list(found.order_by("medication__name", "pk"))


def _clients(where: Mapping[int, Place]) -> Mapping[int, Client]:
    return {
        episode.pk: episode.client for episode in Episode.objects.filter(pk__in=list(where)).select_related("client")
    }


def _holds(order_ids: list[int], since: datetime) -> Mapping[int, list[OrderHold]]:
    holds: dict[int, list[OrderHold]] = defaultdict(list)
    still = OrderHold.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), order__in=order_ids)
    for hold in still.order_by("started_at"):
        holds[hold.order_id].append(hold)
    return holds


def _away(where: Mapping[int, Place], at: datetime) -> Mapping[int, Away]:
    return {
        leave.episode_id: Away(leave.get_kind_display(), leave.expected_at if leave.kind == Leave.Kind.PASS else None)
        for leave in Leave.objects.current(at).filter(episode__in=list(where))
    }


def _allergies(client_ids: set[int], at: datetime) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = defaultdict(tuple)
    known = Allergy.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), client__in=client_ids, noted_at__lte=at)
    for allergy in known.order_by("substance"):
        found[allergy.client_id] += (said_allergy(allergy),)
    return found


def said_allergy(allergy: Allergy) -> str:
    """'penicillin (hives)'."""
    return f"{allergy.substance} ({allergy.reaction or 'reaction unknown'})"


def _marks(order_ids: list[int], since: datetime, until: datetime) -> Mapping[int, Mapping[datetime, Mark]]:
    rows = Administration.objects.filter(order__in=order_ids, due_at__gte=since, due_at__lt=until, corrected_by=None)
    marks: dict[int, dict[datetime, Mark]] = defaultdict(dict)
    for row in rows.select_related("by"):
        if row.due_at is not None:
            marks[row.order_id][row.due_at] = mark_of(row)
    return marks


def _taken(client_ids: set[int], at: datetime) -> Mapping[tuple[int, str], list[Taken]]:
    rows = Administration.objects.filter(
        order__client__in=client_ids, outcome__in=TAKEN, corrected_by=None, given_at__gt=at - DAY
    )
    taken: dict[tuple[int, str], list[Taken]] = defaultdict(list)
    for row in rows.select_related("by", "order__medication").order_by("given_at"):
        ingredient = row.order.medication.ingredient.casefold()
        taken[row.order.client_id, ingredient].append(
            Taken(row.order.client_id, ingredient, row.order_id, row.given_at, mark_of(row))
        )
    return taken


def _newest(order_ids: list[int]) -> Mapping[int, int]:
    rows = Administration.objects.filter(order__in=order_ids).values_list("order").annotate(Max("pk"))
    return dict(rows)
