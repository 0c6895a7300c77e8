"""What a step touches, read for the page and again under the locks of the act: the facts that ``admissions.rules.transition`` needs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from admissions.queries.transition_groups import groups_of
from admissions.rules.transition import BedNow, BedOffer, DoseNow, Facts, OrderNow, Side, StockNow
from asam.models import Assessment
from asam.queries.catalogs import known
from asam.queries.transitions import fits_payer
from asam.rules.levels import LEVELS
from audit.rules.findings import Severity
from beds.actions.common import name_of
from beds.actions.occupancy import stay_at
from beds.models import BedStay
from beds.queries.cards import cards
from beds.queries.fit import capacity_of, fits, staffed_units
from beds.rules.compatibility import client_facts
from beds.rules.states import BedState
from chart.models import Plan
from chart.queries.plans import counting
from emar.models import Administration, Order, OrderHold, StockLine, StockLocation
from emar.queries.known import Known, Stand, by_due, doses, leaves_of, marks_known, policies
from emar.queries.ordering import said_order
from emar.queries.stock.balances import balances
from emar.rules.administration import say_amount
from emar.rules.orders.facts import Setting
from emar.rules.orders.kinds import Mode
from emar.rules.schedule import AsNeeded, Taper, from_json
from emar.rules.stock import Keeps, say_units
from groups.queries.packs import PackBook, pack_book
from groups.queries.week import stands
from programs.models import Client, Episode, Placement, Program
from programs.queries import precautions_of

AROUND = timedelta(hours=8)  # doses due this soon after a step are shown with it
BEHIND = timedelta(hours=24)
ALL: None = None


@dataclass(frozen=True)
class Touched:
    """The facts, and the rows behind them that the act goes on with."""

    facts: Facts
    left: Placement
    program: Program
    stay: BedStay | None
    orders: dict[int, Order]
    balances: dict[int, Decimal]
    plan: Plan | None
    holds: dict[int, OrderHold]
    charted: dict[int, set[datetime]]
    setting: Setting


def touched(
    left: Placement,
    program: Program,
    assessment: Assessment | None,
    at: datetime,
    *,
    beds: Collection[int] | None = ALL,
    lock: bool = False,
    stay: BedStay | None = None,
) -> Touched:
    """What a step from ``left`` into ``program`` touches at this instant; ``beds`` are those that may be offered (None: every free
    one). ``lock``: the orders are locked, and ``stay`` was
    read under the client's lock. A constant number of queries."""
    episode, site = left.episode, program.site
    stay = stay if lock else stay_at(episode.pk, at)
    rows = Order.objects.current(at).filter(episode=episode).select_related("medication").order_by("pk")
    orders = list(rows.select_for_update(of=("self",), no_key=True) if lock else rows)
    holds = _holds(orders, at)
    numbers = policies(site.pk, at)
    marks = _marks(orders, at)
    groups = groups_of(left, program, at)
    plan = counting(at).filter(episode=episode).first()
    stock, amounts = _stock(episode, site.pk)
    gap, paid = fits_payer(episode, left.level, program.level, site.tz, at)
    book = pack_book(site.pk)
    facts = Facts(
        left=_side(left.program, left.level, book, episode.payer, at),
        entered=_side(program, program.level, book, episode.payer, at),
        at=at,
        bed=None if stay is None else BedNow(stay.pk, name_of(stay.bed), _lives(stay.bed.room.unit.program)),
        beds=_offers(left, program, stay, at, beds),
        orders=tuple(_order(order, holds) for order in orders),
        doses=tuple(_doses(orders, left, Known({pk: [hold] for pk, hold in holds.items()}, {}, marks, numbers), at)),
        stock=stock,
        groups_left=groups.left,
        groups_joined=groups.joined,
        groups_kept=groups.kept,
        first_group=groups.first,
        groups=groups.every,
        plan=plan.number if plan else 0,
        gap=gap,
        paid=paid,
        needs_residence=assessment is not None and needs_residence(assessment),
    )
    return Touched(
        facts, left, program, stay, {order.pk: order for order in orders}, amounts, plan, holds,
        {pk: set(each) for pk, each in marks.items()}, Setting(at, site.tz, numbers.at(at)),
    )  # fmt: skip


def needs_residence(assessment: Assessment) -> bool:
    """Whether any of these ratings asks for a recovery residence, also where a residential result goes beyond it (facts 5.1)."""
    if assessment.recommendation.get("recovery_residence"):
        return True
    catalog = known(assessment.source).catalog
    for key, codes in assessment.ratings.items():
        sub = catalog.subdimension(key)
        found = [sub.code(code) for code in codes] if sub else []
        if any(code is not None and code.kind == "rr" for code in found):
            return True
    return False


def _side(program: Program, level: str, book: PackBook, payer: str, at: datetime) -> Side:
    known_level = LEVELS.get(level)
    minimum = stands(None, program, level, book, at.astimezone(program.site.tz).date(), payer).minimum or 0
    week = f"{minimum / 60:g} h a week" if minimum else ""
    return Side(program.name, level, int(known_level.setting) if known_level else 0, week, minimum)


def _lives(program: Program | None) -> bool:
    return program is not None and program.kind == Program.Kind.RESIDENCE


def _offers(
    left: Placement, program: Program, stay: BedStay | None, at: datetime, wanted: Collection[int] | None
) -> tuple[BedOffer, ...]:
    """Free beds of the program and of the residences of its site, each with what stands against the client in it at the new
    level; those that no reason opens are left out. None where none is asked for."""
    if wanted is not None and not wanted:
        return ()
    client: Client = left.episode.client
    every = cards(program.site, at)
    units = staffed_units(program.site, at)
    lives = {unit.program_id for unit in units if _lives(unit.program)}
    age = client.age(at.astimezone(program.site.tz).date())
    person = client_facts(
        client.pk, client.initials, program.level, client.housing_preference, age,
        precautions_of([client.pk], at).get(client.pk, frozenset()),
    )  # fmt: skip
    found, against = [], fits(person, every, capacity_of(units))
    for card in every:
        findings = [each for each in against[card.pk] if each.severity is not Severity.NOTE]
        free = card.state in (BedState.AVAILABLE, BedState.HELD) and card.client_id is None
        if not free or card.program_id not in {program.pk, *lives} or (wanted is not None and card.pk not in wanted):
            continue
        if any(each.severity is Severity.STOP for each in findings):
            continue
        found.append(BedOffer(card.pk, card.name, card.program_id in lives, tuple(findings)))
    return tuple(found)


def _order(order: Order, held: Collection[int]) -> OrderNow:
    schedule = from_json(order.schedule)
    return OrderNow(
        order.pk, said_order(order), not Mode(order.mode).on_pass, not isinstance(schedule, AsNeeded),
        bool(order.medication.dea_schedule), not isinstance(schedule, Taper), order.pk in held,
    )  # fmt: skip


def _holds(orders: Collection[Order], at: datetime) -> dict[int, OrderHold]:
    """The hold of each order that is on hold. One query, none where nothing is ordered."""
    rows = OrderHold.objects.current(at).filter(order__in=orders).select_related("by")
    return {hold.order_id: hold for hold in rows} if orders else {}


def _marks(orders: Collection[Order], at: datetime) -> Mapping[int, Mapping[datetime, Administration]]:
    """What is charted of the last day's doses and of those to come. One query, none where nothing is ordered."""
    return by_due(marks_known(at).filter(order__in=orders, due_at__gte=at - BEHIND)) if orders else {}


def _doses(orders: Collection[Order], left: Placement, rows: Known, at: datetime) -> list[DoseNow]:
    """Doses that are due and not charted, and those of the next hours, but for what is missed while away. One query at most."""
    timed = [order for order in orders if order.schedule.get("kind") != "as_needed" and Mode(order.mode).on_pass]
    if not timed:
        return []
    tz = left.program.site.tz
    waits = any(
        due.stand is Stand.OPEN and due.due_at <= at
        for order in timed
        for due in doses(order, rows, since=at - BEHIND, until=at, at=at, tz=tz)
    )
    facts = replace(rows, leaves=leaves_of([left.episode_id], at - BEHIND, at)) if waits else rows
    found = []
    for order in timed:
        for due in doses(order, facts, since=at - BEHIND, until=at + AROUND, at=at, tz=tz):
            if due.stand in (Stand.OPEN, Stand.AHEAD):
                said = f"{order.medication.shown} {say_amount(due.amount, order.unit)}, {due.due_at.astimezone(tz):%a %H:%M}"
                key = f"{due.due_at.astimezone(UTC):%Y%m%d%H%M}"
                found.append((due.due_at, DoseNow(order.pk, key, said, due.due_at <= at)))
    return [dose for _, dose in sorted(found, key=lambda each: (each[0], each[1].order))]


def _stock(episode: Episode, site_id: int) -> tuple[tuple[StockNow, ...], dict[int, Decimal]]:
    """What of the client's own is kept at the site. One query, three where there is any."""
    rows = list(
        StockLine.objects.filter(owner=episode.client_id, location__site=site_id)
        .select_related("medication", "location")
        .order_by("pk")
    )
    if not rows:
        return (), {}
    left = {pk: each.balance for pk, each in balances([row.pk for row in rows]).items() if each.balance > 0}
    places = StockLocation.objects.filter(site=site_id, kind=Keeps.OWN.value, is_active=True).order_by("name")
    named = [(str(pk), name) for pk, name in places.values_list("pk", "name")]
    found = tuple(
        StockNow(
            row.pk, f"{row}, {row.location.name}", say_units(left[row.pk], row.unit), bool(row.medication.dea_schedule),
            tuple(each for each in named if each[0] != str(row.location_id)),
        )
        for row in rows
        if row.pk in left
    )  # fmt: skip
    return found, left
