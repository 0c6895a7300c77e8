"""The facts of one dose and the attempt to chart it, out of a scene. No query but for what was scanned alone, and a patch."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from audit.rules.findings import Finding
from emar.actions.asked import Asked
from emar.actions.checks import Checked, checked
from emar.actions.scanned import Scans, scanned, scans_of
from emar.actions.scene import Scene
from emar.models import TAKEN, UNDONE, Administration, Order
from emar.queries.build import TICK, ordered_amount
from emar.queries.load import allergies_to
from emar.queries.patches import Worn, still_on
from emar.queries.takings import product_of, stated_of, versions_of
from emar.rules.administration import (
    AttemptFacts,
    Charted,
    DoseFacts,
    Identifier,
    OrderState,
    Outcome,
    PrnLimits,
    Taking,
    UsedSite,
    Whereabouts,
    ceilings_of,
    recent_of,
    scales_for,
    watch_mouth,
)
from emar.rules.orders.kinds import Mode, Sites, Witness
from emar.rules.schedule import AsNeeded, EveryHours, Schedule, due_times, from_json
from emar.rules.windows import window_for
from programs.models import Wristband
from staff.models import Person
from staff.rules.capabilities import Capability


@dataclass(frozen=True)
class Gathered:
    """One dose: its order, the facts, and what a person says became of it.

    ``undone``: the entry for it that was undone, which the new one names. ``label``: what is wrong with what was scanned.
    ``band``: the wristband that was. ``beside``: what goes beside the dose (``checks.py``).
    ``patches``: those of its ingredient that the client still wears.
    """

    scene: Scene
    order: Order
    asked: Asked
    facts: DoseFacts
    attempt: AttemptFacts
    undone: Administration | None = None
    label: tuple[Finding, ...] = ()
    band: Wristband | None = None
    beside: Checked | None = None
    patches: tuple[Worn, ...] = ()


def gather(
    scene: Scene,
    order: Order,
    asked: Asked,
    *,
    by: Person,
    at: datetime,
    client_id: int,
    but: int | None = None,
    scans: Scans | None = None,
) -> Gathered:
    """The facts of one dose. ``client_id`` is who is in front of the nurse; ``but`` leaves one row out (a correction of it).

    ``scans``: what was scanned for all doses of a request, looked up before; without it this dose's scans are looked up alone.
    """
    given = at if asked.given_at is None else asked.given_at
    moment = min(given, at)
    row = None if asked.due_at is None else scene.rows.get((order.pk, asked.due_at))
    undone = row if row is not None and row.outcome == UNDONE else None
    done = None if asked.due_at is None or but is not None else charted(row)
    takings = [taking for pk, taking in scene.takings if pk != but]
    read = scanned(order, asked, scans or scans_of([asked]), moment=moment, tz=scene.tz)
    attempt = AttemptFacts(
        client=client_id,
        outcome=asked.outcome,
        given_at=given,
        at=at,
        amount=asked.amount,
        unit=asked.unit,
        identifiers=_shown(asked),
        reason=asked.reason or None,
        note=asked.note.strip(),
        route=asked.route,
        ingredient=read.ingredient,
        product=read.product,
        measures=asked.measures,
        body_site=asked.body_site,
        prn_reason=asked.prn_reason.strip(),
        scale=asked.scale,
        score=asked.score,
        tried_first=asked.tried_first.strip(),
        mouth_checked=asked.mouth_checked,
        attested_as=asked.attested_as.strip(),
        witnessed=_second(scene, asked.witness_id, by),
        patch_off=asked.patch_off,
    )
    facts = _facts(scene, order, asked, moment=moment, done=done, takings=takings)
    if but is not None and asked.due_at is None:  # a correction: an extra dose of a scheduled order is on no schedule
        facts = replace(facts, on_schedule=True)
    new = but is None and asked.outcome.value in TAKEN
    patches = still_on(order, moment) if new else ()
    facts = replace(facts, patches=tuple(UsedSite(each.row.body_site, each.row.given_at) for each in patches))
    beside = checked(scene, order, asked, facts, attempt, but=but)
    return Gathered(
        scene, order, asked, beside.facts, beside.attempt, undone, read.findings, read.band, beside, patches
    )


def _shown(asked: Asked) -> tuple[str, ...]:
    """What the person was identified by; a wristband that was scanned is one of it."""
    return tuple(dict.fromkeys((*asked.identifiers, *([Identifier.WRISTBAND.value] if asked.band else []))))


def charted(row: Administration | None) -> Charted | None:
    """What stands charted for a dose; an undone entry is none."""
    if row is None or row.outcome == UNDONE:
        return None
    return Charted(Outcome(row.outcome), row.given_at, row.by.signature)


def contact_of(scene: Scene, asked: Asked) -> bool | None:
    """Whether the person named as the prescriber spoken to writes orders here; None where nobody is named."""
    return None if asked.contact_id is None else scene.may(asked.contact_id, Capability.WRITE_ORDERS)


def prn_orders(scene: Scene, order: Order) -> tuple[int, ...]:
    """The client's as-needed orders that share an ingredient with this one: their buttons change with it."""
    names = set(order.medication.ingredient_names)
    return tuple(
        each.pk
        for each in scene.orders.values()
        if each.schedule.get("kind") == "as_needed" and not names.isdisjoint(each.medication.ingredient_names)
    )


def _facts(
    scene: Scene, order: Order, asked: Asked, *, moment: datetime, done: Charted | None, takings: list[Taking]
) -> DoseFacts:
    schedule, medication, tz = from_json(order.schedule), order.medication, scene.tz
    prn = schedule if isinstance(schedule, AsNeeded) else None
    state, since = _state(scene, order, moment)
    where, until = _whereabouts(scene, moment)
    product, mode = product_of(medication), Mode(order.mode)
    running = [each for each in scene.orders.values() if _in_force(each, moment)]
    observed = mode is Mode.OBSERVED or asked.outcome is Outcome.SELF_ADMINISTERED
    amount = order.dose if asked.due_at is None else ordered_amount(order, schedule, asked.due_at, tz)
    much = (
        asked.amount if asked.amount is not None and asked.amount.is_finite() and asked.unit == order.unit else amount
    )
    return DoseFacts(
        client=order.client_id,
        medication=medication.shown,
        ingredient=medication.ingredient,
        amount=amount,
        amount_max=order.dose_max,
        unit=order.unit,
        route=order.route,
        window=window_for(schedule, order.time_critical, scene.policy.windows),
        tz=tz,
        due_at=asked.due_at,
        on_schedule=_on_schedule(order, schedule, asked.due_at, state, tz),
        order_state=state,
        order_since=since,
        whereabouts=where,
        leave_until=until,
        existing=done,
        allergies=allergies_to(order, scene.allergies),
        recent=recent_of(product, takings, unit=order.unit, same=versions_of(order.pk, scene.orders)),
        prn=None if prn is None else PrnLimits(prn.min_gap, prn.max_in_24h),
        interval=timedelta(hours=schedule.hours) if isinstance(schedule, EveryHours) else None,
        ceilings=ceilings_of(product, stated_of(running), takings, amount=much, unit=order.unit),
        begins=order.started_at if prn is not None else None,
        limits=order.limits,
        sites=Sites(medication.sites),
        used_sites=_used(scene, medication.sites, takings, moment),
        mode=mode,
        witness=Witness(order.witness),
        watch_mouth=watch_mouth(product.names, observed=observed, on_the_body=bool(medication.sites)),
        psychotropic=medication.psychotropic,
        scales=() if prn is None else scales_for(order.indication),
    )


def _in_force(order: Order, moment: datetime) -> bool:
    return order.started_at <= moment and (order.ended_at is None or moment < order.ended_at)


def _on_schedule(order: Order, schedule: Schedule, due_at: datetime | None, state: OrderState, tz: ZoneInfo) -> bool:
    """Whether the order is due then. A stop that has come is told as a stop, so it does not count here."""
    if due_at is None:
        return isinstance(schedule, AsNeeded)
    since, until = order.span
    if due_at < since:
        return False
    stop_at = None if state is OrderState.STOPPED and order.due_until is None else until
    return bool(due_times(schedule, start=order.anchor, stop=stop_at, since=due_at, until=due_at + TICK, tz=tz))


def _state(scene: Scene, order: Order, moment: datetime) -> tuple[OrderState, datetime | None]:
    """How the order stood when the dose was given."""
    if order.ended_at is not None and order.ended_at <= moment:
        return OrderState.STOPPED, order.ended_at
    hold = next((each for each in scene.holds if each.about == order.pk and each.holds(moment)), None)
    return (OrderState.ACTIVE, None) if hold is None else (OrderState.HELD, hold.since)


def _whereabouts(scene: Scene, moment: datetime) -> tuple[Whereabouts, datetime | None]:
    if not any(each.holds(moment) for each in scene.placed):
        return Whereabouts.NOT_PLACED, None
    leave = next((each for each in scene.leaves if each.holds(moment)), None)
    if leave is None:
        return Whereabouts.PRESENT, None
    return Whereabouts.ON_LEAVE, leave.about if isinstance(leave.about, datetime) else None


def _used(scene: Scene, sites: str, takings: list[Taking], moment: datetime) -> tuple[UsedSite, ...]:
    """The places of doses of this kind within the site's memory, newest first."""
    since = moment - scene.policy.site_lookback
    used = [
        UsedSite(each.body_site, each.given_at)
        for each in takings
        if sites and each.sites == sites and each.body_site and since <= each.given_at <= moment
    ]
    return tuple(sorted(used, key=lambda each: each.at, reverse=True))


def _second(scene: Scene, witness_id: int | None, by: Person) -> bool | None:
    """Whether the witness named may be one: another person who may chart doses here."""
    if witness_id is None:
        return None
    return witness_id != by.pk and scene.may(witness_id, Capability.GIVE_DOSES)
