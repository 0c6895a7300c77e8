"""Reads everything the pass needs of a unit, or of one order, in a constant number of queries.

``build.py`` makes rows of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q

from chart.models import Allergy
from chart.queries.allergies import Allergies, allergies_of, said_allergy
from emar.models import TAKEN, UNDONE, Administration, Order, OrderHold, Reassessment, StockLine
from emar.queries.policy import policy_of
from emar.queries.rows import Away, Mark
from emar.queries.takings import taking_of
from emar.queries.walked import walked
from emar.queries.withdrawal import Standing, standings
from emar.rules.administration import REASONS, Outcome, Stated, Taking, say_amount, site_label
from emar.rules.orders import Mode
from emar.rules.orders.matching import names_it
from emar.rules.policy import SitePolicy
from programs.contributions import Place
from programs.models import Client, Episode, Leave, Site
from programs.people import theirs, whose

DAY = timedelta(hours=24)
NO_UNDO = timedelta(0)
ENTERED_LATER = timedelta(minutes=5)
ON_PASS = [mode.value for mode in Mode if mode.on_pass]


@dataclass(frozen=True)
class Scope:
    """Which part of a site is asked for; everything where nothing is named."""

    site: Site
    unit_id: int | None = None
    order_id: int | None = None


@dataclass(frozen=True)
class Taken:
    """A dose that went into a client in the last day."""

    taking: Taking
    mark: Mark

    @property
    def given_at(self) -> datetime:
        """When."""
        return self.taking.given_at


@dataclass(frozen=True)
class Loaded:
    """The rows behind a page, sorted into the questions that are asked of them."""

    places: Mapping[int, Place]
    clients: Mapping[int, Client]  # by episode
    orders: list[Order]  # with medication
    holds: Mapping[int, list[OrderHold]]
    away: Mapping[int, Away]
    allergies: Mapping[int, Allergies]
    marks: Mapping[int, Mapping[datetime, Mark]]
    undone: Mapping[tuple[int, datetime], int]  # what was undone, and is due again
    taken: Mapping[int, list[Taken]]  # by client, oldest first
    stated: Mapping[int, list[Stated]]  # the most of an ingredient, by client
    newest: Mapping[int, int]
    effects: Mapping[int, list[Reassessment]]  # open ones by client, soonest first
    policy: SitePolicy
    standings: Mapping[int, Standing]  # of orders that go by a score
    counted: frozenset[tuple[str, int | None]] = (
        frozenset()
    )  # controlled ingredients that are counted here, and whose own

    def counts(self, order: Order) -> bool:
        """Whether a dose of the order has to say what it is drawn from."""
        medication = order.medication
        if not medication.dea_schedule:
            return False
        mine = {(medication.ingredient, None), (medication.ingredient, order.client_id)}
        return self.policy.counts_required or not mine.isdisjoint(self.counted)


def load(scope: Scope, *, since: datetime, until: datetime, at: datetime) -> Loaded:
    """Twelve queries, whatever the number of clients, one more where one is controlled, and five where one goes by a score.

    Doses due in ``since <= due < until``; places, leaves and holds at ``at``.
    """
    where = {} if scope.order_id is not None else walked(scope.site.pk, at, scope.unit_id)
    orders = _orders(scope, where, since, until)
    order_ids = [order.pk for order in orders]
    clients = {} if scope.order_id else _clients(where)
    client_ids = {client.pk for client in clients.values()} | {order.client_id for order in orders}
    policy = policy_of(scope.site.pk, at)
    marks, undone = _marks(order_ids, since, until, policy.undo)
    return Loaded(
        where,
        clients,
        orders,
        _holds(order_ids, since),
        _away(where, at),
        allergies_of(client_ids, at),
        marks,
        undone,
        _taken(client_ids, at, policy.undo),
        _stated(client_ids, at),
        _newest([order.pk for order in orders if order.schedule.get("kind") == "as_needed"]),
        effects_of(client_ids),
        policy,
        standings(orders, at),
        _counted(scope.site, orders),
    )


def _counted(site: Site, orders: Iterable[Order]) -> frozenset[tuple[str, int | None]]:
    names = {order.medication.ingredient for order in orders if order.medication.dea_schedule}
    if not names:
        return frozenset()
    lines = StockLine.objects.filter(location__site=site, location__is_active=True, medication__ingredient__in=names)
    return frozenset(lines.values_list("medication__ingredient", "owner").distinct())


def mark_of(row: Administration, undo: timedelta = NO_UNDO) -> Mark:
    """What was charted, in words; ``row.by`` is loaded, and ``row`` itself undoes nothing."""
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
        row.by_id,
        row.recorded_at + undo,
        row.recorded_at if row.recorded_at - row.given_at > ENTERED_LATER else None,
        tuple(_more(row)),
    )


def _more(row: Administration) -> Iterator[str]:
    if row.attested_as:
        yield f"signed by the client as {row.attested_as}"
    if row.prn_reason:
        yield f"for {row.prn_reason}"
    if row.body_site:
        yield site_label(row.body_site)
    if row.witnessed_by is not None:
        yield f"witnessed by {row.witnessed_by.signature}"
    yield from (f"“{reason}”" for reason in row.reasons.values() if reason != row.note)


def _orders(scope: Scope, where: Mapping[int, Place], since: datetime, until: datetime) -> list[Order]:
    found = Order.objects.select_related("medication").filter(started_at__lt=until, mode__in=ON_PASS)
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


def allergies_to(order: Order, allergies: Iterable[Allergy]) -> tuple[str, ...]:
    """Those allergies that name the order's medication, an ingredient of it or its class, in words."""
    medication = order.medication
    names = [medication.name, medication.generic, medication.drug_class, *medication.ingredient_names]
    names += medication.brands.split(",")
    return tuple(said_allergy(each) for each in allergies if names_it(each.substance, names))


def _marks(
    order_ids: list[int], since: datetime, until: datetime, undo: timedelta
) -> tuple[Mapping[int, Mapping[datetime, Mark]], Mapping[tuple[int, datetime], int]]:
    rows = Administration.objects.filter(order__in=order_ids, due_at__gte=since, due_at__lt=until, corrected_by=None)
    marks: dict[int, dict[datetime, Mark]] = defaultdict(dict)
    undone: dict[tuple[int, datetime], int] = {}
    for row in rows.select_related("by", "witnessed_by"):
        if row.due_at is None:
            continue
        if row.outcome == UNDONE:
            undone[row.order_id, row.due_at] = row.pk
        else:
            marks[row.order_id][row.due_at] = mark_of(row, undo)
    return marks, undone


def _taken(client_ids: set[int], at: datetime, undo: timedelta) -> Mapping[int, list[Taken]]:
    rows = Administration.objects.filter(
        theirs(client_ids, "order__client"), outcome__in=TAKEN, corrected_by=None, given_at__gt=at - DAY
    ).annotate(whose=whose("order__client"))
    taken: dict[int, list[Taken]] = defaultdict(list)
    for row in rows.select_related("by", "witnessed_by", "order__medication").order_by("given_at"):
        taken[row.whose].append(Taken(taking_of(row, row.order.medication), mark_of(row, undo)))
    return taken


def _stated(client_ids: set[int], at: datetime) -> Mapping[int, list[Stated]]:
    orders = Order.objects.current(at).filter(client__in=client_ids).exclude(most_in_24h=None)
    stated: dict[int, list[Stated]] = defaultdict(list)
    for client, name, most, unit in orders.values_list("client", "medication__ingredient", "most_in_24h", "most_unit"):
        if most is not None:
            stated[client].append(Stated(name, most, unit))
    return stated


def effects_of(client_ids: set[int]) -> Mapping[int, list[Reassessment]]:
    """Open reassessments by client, soonest first: without a result, of doses that were neither corrected nor undone."""
    found: dict[int, list[Reassessment]] = defaultdict(list)
    rows = Reassessment.objects.filter(
        results=None, administration__corrected_by=None, administration__order__client__in=client_ids
    )
    for row in rows.select_related("administration__order__medication").order_by("due_at", "pk"):
        found[row.administration.order.client_id].append(row)
    return found


def _newest(order_ids: list[int]) -> Mapping[int, int]:
    rows = Administration.objects.filter(order__in=order_ids).values_list("order").annotate(Max("pk"))
    return dict(rows)
