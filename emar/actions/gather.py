"""What an act on a dose stands on: the order under lock and all facts the rules ask for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q

from audit.rules.findings import Refused, stop
from chart.models import Allergy
from emar.models import TAKEN, Administration, Order
from emar.queries.build import TICK, ordered_amount
from emar.queries.load import said_allergy
from emar.rules.administration import (
    Charted,
    DoseFacts,
    OrderState,
    Outcome,
    PrnLimits,
    RecentDose,
    Whereabouts,
)
from emar.rules.schedule import AsNeeded, EveryHours, Schedule, due_times, from_json
from emar.rules.windows import window_for
from programs import placed
from programs.contributions import places
from programs.models import Client, Leave, Site
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

YEAR = timedelta(days=366)
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Gathered:
    """The locked order, where it is, and the facts.

    ``prn_orders`` are the client's as-needed orders of the ingredient.
    """

    order: Order
    site: Site
    unit_id: int | None
    facts: DoseFacts
    prn_orders: tuple[int, ...]


def refuse_strange_times(at: datetime, *times: datetime | None) -> None:
    """Refuse what no rule can reckon with: an instant without a zone, or more than a year from now."""
    for time in times:
        if time is None:
            continue
        if time.utcoffset() is None:
            raise Refused(
                stop("dose.no_zone", "The time came without a time zone. Send it with one, such as 08:00-05:00.")
            )
        if abs(time - at) > YEAR:
            raise Refused(stop("dose.time", "That time is more than a year away. Check the date."))


def gather(
    order_id: int, *, by: Person, capability: Capability, at: datetime, due_at: datetime | None, given_at: datetime
) -> Gathered:
    """Lock the client, then the order (the house order), check the capability at its site, and load the facts.

    Raises Order.DoesNotExist, and NotAllowed where the person may not act at the order's site.
    """
    known = Order.objects.only("client_id", "episode_id").get(pk=order_id)
    placement = placed.last(known.episode_id, at)
    if placement is None:
        raise Order.DoesNotExist(f"Order {order_id} belongs to no program.")
    site = placement.program.site
    require(by, capability, site.pk, at)
    Client.objects.select_for_update(no_key=True).only("pk").get(pk=known.client_id)
    order = Order.objects.select_related("medication").select_for_update(of=("self",), no_key=True).get(pk=order_id)
    place = places(site.pk, at).get(order.episode_id)
    present = placement.started_at <= given_at and (placement.ended_at is None or given_at < placement.ended_at)
    facts = _facts(order, due_at, at=at, given_at=given_at, tz=site.tz, present=present)
    return Gathered(order, site, place.unit_id if place else None, facts, _prn_orders(order))


def _facts(
    order: Order, due_at: datetime | None, *, at: datetime, given_at: datetime, tz: ZoneInfo, present: bool
) -> DoseFacts:
    schedule = from_json(order.schedule)
    prn = schedule if isinstance(schedule, AsNeeded) else None
    state, since = _state(order, at)
    where, until = _whereabouts(order, given_at) if present else (Whereabouts.NOT_PLACED, None)
    return DoseFacts(
        client=order.client_id,
        medication=order.medication.name,
        ingredient=order.medication.ingredient,
        amount=order.dose if due_at is None else ordered_amount(order, schedule, due_at, tz),
        unit=order.unit,
        route=order.route,
        window=window_for(schedule, order.time_critical),
        tz=tz,
        due_at=due_at,
        on_schedule=_on_schedule(order, schedule, due_at, state, tz),
        order_state=state,
        order_since=since,
        whereabouts=where,
        leave_until=until,
        existing=None if due_at is None else charted(order.pk, due_at),
        allergies=_allergies(order, given_at),
        recent=_recent(order, given_at),
        prn=None if prn is None else PrnLimits(prn.min_gap, prn.max_in_24h),
        interval=timedelta(hours=schedule.hours) if isinstance(schedule, EveryHours) else None,
    )


def charted(order_id: int, due_at: datetime) -> Charted | None:
    """What stands charted for a dose, the latest correction of it."""
    row = Administration.objects.filter(order=order_id, due_at=due_at, corrected_by=None).select_related("by").first()
    return None if row is None else Charted(Outcome(row.outcome), row.given_at, row.by.signature)


def _on_schedule(order: Order, schedule: Schedule, due_at: datetime | None, state: OrderState, tz: ZoneInfo) -> bool:
    """Whether the order is due then. A stop that has come is told as a stop, so it does not count here."""
    if due_at is None:
        return isinstance(schedule, AsNeeded)
    stop_at = None if state is OrderState.STOPPED else order.ended_at
    return bool(due_times(schedule, start=order.started_at, stop=stop_at, since=due_at, until=due_at + TICK, tz=tz))


def _state(order: Order, at: datetime) -> tuple[OrderState, datetime | None]:
    if order.ended_at is not None and order.ended_at <= at:
        return OrderState.STOPPED, order.ended_at
    hold = order.holds.filter(Q(ended_at=None) | Q(ended_at__gt=at), started_at__lte=at).order_by("started_at").first()
    return (OrderState.ACTIVE, None) if hold is None else (OrderState.HELD, hold.started_at)


def _whereabouts(order: Order, given_at: datetime) -> tuple[Whereabouts, datetime | None]:
    leave = Leave.objects.current(given_at).filter(episode=order.episode_id).first()
    return (Whereabouts.PRESENT, None) if leave is None else (Whereabouts.ON_LEAVE, leave.expected_at)


def _allergies(order: Order, at: datetime) -> tuple[str, ...]:
    """The client's allergies that name this medication, its ingredient or its class."""
    medication = order.medication
    names = {word.casefold() for word in (medication.name, medication.drug_class) if word}
    known = Allergy.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), client=order.client_id).order_by("substance")
    return tuple(
        said_allergy(allergy)
        for allergy in known
        if allergy.substance.casefold() in names or allergy.substance.casefold() in medication.ingredient.casefold()
    )


def _recent(order: Order, given_at: datetime) -> tuple[RecentDose, ...]:
    rows = Administration.objects.filter(
        order__client=order.client_id,
        order__medication__ingredient__iexact=order.medication.ingredient,
        outcome__in=TAKEN,
        corrected_by=None,
        given_at__range=(given_at - DAY, given_at + DAY),
    )
    return tuple(
        RecentDose(row.given_at, row.amount or Decimal(0), row.order_id == order.pk)
        for row in rows.order_by("given_at")
    )


def _prn_orders(order: Order) -> tuple[int, ...]:
    same = Order.objects.filter(
        client=order.client_id,
        medication__ingredient__iexact=order.medication.ingredient,
        schedule__kind="as_needed",
    )
    return tuple(same.values_list("pk", flat=True))
