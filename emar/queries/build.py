"""Makes the read models of the pass out of loaded rows. No query here."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from emar.keys import dose_pk, form_key
from emar.models import Order, OrderHold
from emar.queries.load import Loaded
from emar.queries.rows import DoseRow, Drug, PrnRow
from emar.rules.administration import PrnLimits, RecentDose, next_allowed, say_amount, say_clock
from emar.rules.schedule import AsNeeded, Schedule, Taper, describe, due_times, from_json, say_gap, taper_dose_at
from emar.rules.windows import DoseState, dose_state, minutes_off, opens_at, window_for

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
    dues = due_times(schedule, start=order.started_at, stop=order.ended_at, since=since, until=until, tz=tz)
    marks = loaded.marks.get(order.pk, {})
    window = window_for(schedule, order.time_critical)
    for due in sorted({*dues, *marks}):
        mark = marks.get(due)
        state = dose_state(due, at, window, None if mark is None else mark.outcome)
        late = minutes_off(due, at) if state in (DoseState.LATE, DoseState.MISSED) else 0
        moments = (due,) if state is DoseState.MISSED else (due, at)
        hold = _hold_at(loaded.holds.get(order.pk, []), *moments)
        drug = drug_of(order, schedule, ordered_amount(order, schedule, due, tz), hold, tz=tz, at=at)
        key = form_key(dose_pk(order.pk, due), 0 if mark is None else mark.pk)
        yield DoseRow(drug, due, state, late, opens_at(due, window), key, mark)


def prn_of(order: Order, loaded: Loaded, *, at: datetime, tz: tzinfo) -> PrnRow | None:
    """The as-needed row of an order; None for a scheduled one."""
    schedule = from_json(order.schedule)
    if not isinstance(schedule, AsNeeded):
        return None
    taken = loaded.taken.get((order.client_id, order.medication.ingredient.casefold()), [])
    recent = [RecentDose(dose.given_at, Decimal(0), dose.order_id == order.pk) for dose in taken]
    limits = PrnLimits(schedule.min_gap, schedule.max_in_24h)
    free = next_allowed(limits, recent, amount=order.dose, after=at)
    hold = _hold_at(loaded.holds.get(order.pk, []), at)
    running = order.started_at <= at and (order.ended_at is None or at < order.ended_at)
    sig = f"every {say_gap(schedule.min_gap)}, at most {schedule.max_in_24h} in 24 h"
    return PrnRow(
        drug_of(order, schedule, order.dose, hold, tz=tz, at=at, sig=sig),
        order.indication,
        len(taken),
        free,
        running and hold is None and free is not None and free <= at,
        form_key(f"prn-{order.pk}", loaded.newest.get(order.pk, 0)),
        taken[-1].mark if taken else None,
    )


def ordered_amount(order: Order, schedule: Schedule, due_at: datetime, tz: tzinfo) -> Decimal:
    """What is ordered for that time: a taper's step, else the order's dose."""
    if isinstance(schedule, Taper):
        return taper_dose_at(schedule, due_at, order.started_at, tz) or order.dose
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
) -> Drug:
    """The order as a nurse reads it."""
    medication = order.medication
    parts = [f"{medication.form} {order.route}".strip().capitalize(), sig or describe(schedule), order.instructions]
    held = "" if hold is None else f"On hold since {say_clock(hold.started_at, tz, at)}: {hold.why}"
    return Drug(
        order.pk,
        order.client_id,
        f"{medication.name} {say_amount(amount, order.unit)}",
        medication.name,
        " · ".join(part for part in parts if part),
        amount,
        order.unit,
        f"C-{medication.dea_schedule}" if medication.dea_schedule else "",
        medication.high_alert,
        held,
    )


def _hold_at(holds: list[OrderHold], *moments: datetime) -> OrderHold | None:
    """The first hold that covers any of these moments."""
    return next((hold for moment in moments for hold in holds if _covers(hold, moment)), None)


def _covers(hold: OrderHold, moment: datetime) -> bool:
    return hold.started_at <= moment and (hold.ended_at is None or moment < hold.ended_at)
