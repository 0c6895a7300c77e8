"""Makes the read models of the pass out of loaded rows. No query here."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from emar.keys import dose_pk, form_key
from emar.models import Order, OrderHold, Reassessment
from emar.queries.load import Loaded
from emar.queries.rows import DoseRow, Drug, EffectRow, PrnRow, plain
from emar.queries.takings import product_of
from emar.queries.withdrawal import advice
from emar.rules.administration import (
    SCALES,
    Ceiling,
    PrnLimits,
    ceilings_of,
    next_allowed,
    recent_of,
    say_amount,
    say_clock,
)
from emar.rules.contents import counted, same_unit
from emar.rules.orders import Mode, Witness
from emar.rules.orders.kinds import StartKind
from emar.rules.orders.over import dropped
from emar.rules.schedule import AsNeeded, Schedule, Taper, describe, due_times, from_json, say_gap, taper_dose_at
from emar.rules.windows import DoseState, dose_state, minutes_off, missed_from, opens_at, window_for

TICK = timedelta(microseconds=1)


def doses_of(
    order: Order, loaded: Loaded, *, since: datetime, until: datetime, at: datetime, tz: tzinfo
) -> Iterator[DoseRow]:
    """The scheduled doses of an order in a stretch of time.

    And whatever was charted for a time that is no longer due.
    """
    schedule = from_json(order.schedule)
    if isinstance(schedule, AsNeeded):
        return
    begins, ends = order.span
    dues = due_times(schedule, start=order.anchor, stop=ends, since=max(since, begins), until=until, tz=tz)
    marks = loaded.marks.get(order.pk, {})
    window = window_for(schedule, order.time_critical, loaded.policy.windows)
    for due in sorted({*dues, *marks}):
        mark = marks.get(due)
        if mark is None and dropped(due, window, stopped_at=order.stopped_at, ended_at=order.ended_at):
            continue
        state = dose_state(due, at, window, None if mark is None else mark.outcome)
        late = minutes_off(due, at) if state in (DoseState.LATE, DoseState.MISSED) else 0
        moments = (due,) if state is DoseState.MISSED else (due, at)
        hold = _hold_at(loaded.holds.get(order.pk, []), *moments)
        drug = drug_of(
            order,
            schedule,
            ordered_amount(order, schedule, due, tz),
            hold,
            tz=tz,
            at=at,
            counted_here=loaded.counts(order),
        )
        last = loaded.undone.get((order.pk, due), 0) if mark is None else mark.pk
        yield DoseRow(
            drug,
            due,
            state,
            late,
            opens_at(due, window),
            form_key(dose_pk(order.pk, due), last),
            mark,
            missed_from(due, window),
        )


def prn_of(order: Order, loaded: Loaded, *, at: datetime, tz: tzinfo) -> PrnRow | None:
    """The as-needed row of an order; None for a scheduled one. Limits count by ingredient, over all orders."""
    schedule = from_json(order.schedule)
    if not isinstance(schedule, AsNeeded):
        return None
    product, taken = product_of(order.medication), loaded.taken.get(order.client_id, [])
    takings = [dose.taking for dose in taken]
    recent = recent_of(product, takings, unit=order.unit, same=(order.pk,))
    stated = loaded.stated.get(order.client_id, [])
    ceilings = ceilings_of(product, stated, takings, amount=order.dose, unit=order.unit)
    limits = PrnLimits(schedule.min_gap, schedule.max_in_24h)
    free = next_allowed(limits, recent, amount=order.dose, after=at, policy=loaded.policy.giving, ceilings=ceilings)
    last = next((dose for dose in reversed(taken) if product.ingredient in dose.taking.product.names), None)
    hold = _hold_at(loaded.holds.get(order.pk, []), at)
    stands = loaded.standings.get(order.pk)
    running = order.started_at <= at and (order.ended_at is None or at < order.ended_at)
    most = f" or {say_amount(order.most_in_24h, order.most_unit)}" if order.most_in_24h is not None else ""
    sig = f"every {say_gap(schedule.min_gap)}, at most {schedule.max_in_24h}{most} in 24 h"
    of_order = [each for each in loaded.effects.get(order.client_id, []) if each.administration.order_id == order.pk]
    return PrnRow(
        drug_of(order, schedule, order.dose, hold, tz=tz, at=at, sig=sig, counted_here=loaded.counts(order)),
        order.indication,
        sum(not dose.shares for dose in recent),
        free,
        running and hold is None and free is not None and free <= at,
        form_key(f"prn-{order.pk}", loaded.newest.get(order.pk, 0)),
        None if last is None else last.mark,
        _so_far(ceilings, product.ingredient),
        effect_of(of_order[0], at) if of_order else None,
        last is not None and last.taking.order == order.pk,
        None
        if stands is None
        else advice(
            stands,
            limits=limits,
            recent=[dose for dose in recent if not dose.shares],
            ceilings=lambda amount: ceilings_of(product, stated, takings, amount=amount, unit=order.unit),
            policy=loaded.policy,
            tz=tz,
        ),
    )


def _so_far(ceilings: Iterable[Ceiling], ingredient: str) -> str:
    """'800 mg': what was taken of the ingredient in the last day, where an order states the most of it."""
    for each in ceilings:
        if each.ingredient == ingredient:
            return say_amount(sum((dose.amount for dose in each.recent), Decimal(0)), each.unit)
    return ""


def effect_of(open_one: Reassessment, at: datetime) -> EffectRow:
    """A reassessment that has no result yet, as a row."""
    dose = open_one.administration
    order = dose.order
    return EffectRow(
        open_one.pk,
        dose.pk,
        order.pk,
        order.client_id,
        f"{order.medication.shown} {say_amount(order.dose if dose.amount is None else dose.amount, order.unit)}",
        dose.given_at,
        dose.prn_reason or dose.note or order.indication,
        SCALES[dose.scale][0] if dose.scale in SCALES else dose.scale,
        dose.score,
        open_one.due_at,
        at,
    )


def ordered_amount(order: Order, schedule: Schedule, due_at: datetime, tz: tzinfo) -> Decimal:
    """What is ordered for that time: a taper's step, else the order's dose."""
    if isinstance(schedule, Taper):
        return taper_dose_at(schedule, due_at, order.anchor, tz) or order.dose
    return order.dose


def drug_of(
    order: Order,
    schedule: Schedule,
    amount: Decimal,
    hold: OrderHold | None,
    *,
    tz: tzinfo,
    at: datetime,
    sig: str = "",
    counted_here: bool = False,
) -> Drug:
    """The order as a nurse reads it. ``counted_here``: a dose says which line of stock it is drawn from."""
    medication = order.medication
    count = counted(medication.ingredients, medication.counted_in, amount, order.unit)
    count = None if count is None else count.quantize(Decimal("0.01")).normalize()
    several = count is not None and count != 1 and not same_unit(order.unit, medication.counted_in)
    what = (
        f"{plain(count)} \N{MULTIPLICATION SIGN} {medication.strength} {medication.form}"
        if several and count
        else medication.form
    )
    parts = [f"{what} {order.route}".strip().capitalize(), sig or describe(schedule), order.instructions]
    held = "" if hold is None else f"On hold since {say_clock(hold.started_at, tz, at)}: {hold.why}"
    observed = order.mode == Mode.OBSERVED
    witness = "" if order.witness == Witness.NONE else Witness(order.witness).label
    start = (StartKind(order.start_kind).label,) if order.start_kind else ()
    limits = (*start, *(limit.words for limit in order.limits))
    title = (
        f"{medication.shown} {plain(amount)} to {say_amount(order.dose_max, order.unit)}"
        if order.dose_max is not None
        else f"{medication.shown} {say_amount(amount, order.unit)}"
    )
    return Drug(
        order.pk,
        order.client_id,
        title,
        medication.shown,
        " · ".join(part for part in parts if part),
        amount,
        order.unit,
        f"C-{medication.dea_schedule}" if medication.dea_schedule else "",
        medication.high_alert,
        held,
        order.dose_max,
        count if several else None,
        medication.look_alike,
        order.time_critical,
        witness,
        observed,
        limits,
        bool(
            order.dose_max
            or limits
            or observed
            or medication.sites
            or counted_here
            or order.witness == Witness.REQUIRED
        ),
    )


def _hold_at(holds: list[OrderHold], *moments: datetime) -> OrderHold | None:
    """The first hold that covers any of these moments."""
    return next((hold for moment in moments for hold in holds if _covers(hold, moment)), None)


def _covers(hold: OrderHold, moment: datetime) -> bool:
    return hold.started_at <= moment and (hold.ended_at is None or moment < hold.ended_at)
