"""The page of a client's orders: what runs, waits, is planned or was stopped lately, with the next dose and the versions before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from emar.models import Administration, Order
from emar.models.doses import UNDONE
from emar.queries.orders import OrderRow, Stands, orders_of
from emar.queries.policy import policy_of
from emar.rules.administration import say_amount
from emar.rules.orders import Mode, Witness
from emar.rules.orders.kinds import StartKind
from emar.rules.schedule import FixedTimes, Taper, describe, due_times, from_json
from emar.rules.windows import WindowPolicy, window_for
from programs.models import Site

STOPPED_DAYS = 30
VERSIONS_DAYS = 400
LOOK_AHEAD = (timedelta(days=3), timedelta(days=370))


@dataclass(frozen=True)
class Earlier:
    """A version before: what it said, and who changed it when and why."""

    words: str
    at: datetime | None
    by: str
    why: str


@dataclass(frozen=True)
class OrderLine:
    """One order on the page. ``next_at`` is None where nothing is due any more, while on hold, and as needed."""

    row: OrderRow
    name: str
    strength: str
    dose: str
    schedule: str
    next_at: datetime | None
    on_pass: bool
    time_critical: bool
    look_alike: bool
    witness: str
    mode: str
    limits: tuple[str, ...]
    most: str
    until: datetime | None
    steps: tuple[str, ...]
    versions: tuple[Earlier, ...]
    otp: bool = False  # carried on from an opioid treatment program
    open_at: datetime | None = None  # a dose that is due now: its window is open and nothing is charted


@dataclass(frozen=True)
class OrderGroup:
    """A heading and its orders."""

    name: str
    title: str
    empty: str
    lines: tuple[OrderLine, ...]


GROUPS = (
    ("running", "Running", "Nothing is ordered for this client.", (Stands.RUNS,)),
    ("held", "On hold", "", (Stands.HELD,)),
    ("planned", "Begins later", "", (Stands.COMING,)),
    ("stopped", "Stopped in the last 30 days", "", (Stands.STOPPED, Stands.ENDED, Stands.RUN_OUT)),
)


def order_groups(site: Site, client_id: int, *, at: datetime) -> list[OrderGroup]:
    """A client's orders in their groups; a changed version stands under the one that took over. Six queries."""
    rows = orders_of(client_id, at=at, tz=site.tz, past_days=VERSIONS_DAYS)
    by_pk = {row.pk: row for row in rows}
    recent = at - timedelta(days=STOPPED_DAYS)
    shown = [row for row in rows if row.is_open or row.ended_at is None or row.ended_at > recent]
    shown = [row for row in shown if row.stands is not Stands.CHANGED]
    orders = {
        order.pk: order
        for order in Order.objects.filter(pk__in=[r.pk for r in shown]).select_related("medication", "protocol")
    }
    windows = policy_of(site.pk, at).windows
    charted = _charted([row.pk for row in shown if row.is_open], at)
    lines = [_line(row, orders[row.pk], by_pk, charted, at, site.tz, windows) for row in shown]
    return [
        OrderGroup(name, title, empty, tuple(line for line in lines if line.row.stands in stands))
        for name, title, empty, stands in GROUPS
    ]


def _charted(order_ids: Sequence[int], at: datetime) -> set[tuple[int, datetime]]:
    """Doses of today and ahead that were charted: they are neither due nor what comes next."""
    since = at - timedelta(days=1)
    marks = Administration.objects.filter(order__in=order_ids, due_at__gte=since, corrected_by=None).exclude(
        outcome=UNDONE
    )
    return {(order_id, due) for order_id, due in marks.values_list("order", "due_at") if due is not None}


def _line(
    row: OrderRow, order: Order, rows: Mapping[int, OrderRow], charted: set[tuple[int, datetime]], at: datetime, tz: tzinfo,
    windows: WindowPolicy,
) -> OrderLine:  # fmt: skip
    schedule, medication = from_json(order.schedule), order.medication
    top = "" if order.dose_max is None else f" to {say_amount(order.dose_max, order.unit)}"
    taper = isinstance(schedule, Taper)
    words = describe(schedule)
    if isinstance(schedule, FixedTimes) and len(schedule.times) > 1:
        words += f": {', '.join(f'{each:%H:%M}' for each in schedule.times)}"
    on_pass = Mode(order.mode).on_pass
    return OrderLine(
        row=row,
        name=medication.shown,
        strength=f"{medication.strength} {medication.form}",
        dose=f"{'' if taper else say_amount(order.dose, order.unit) + top + ' '}{order.route}",
        schedule=words,
        next_at=_next(order, charted, at, tz) if row.stands in (Stands.RUNS, Stands.COMING) and on_pass else None,
        on_pass=on_pass,
        time_critical=order.time_critical,
        look_alike=medication.look_alike,
        witness="" if order.witness == Witness.NONE else Witness(order.witness).label,
        mode="" if order.mode == Mode.NURSE else Mode(order.mode).label,
        limits=(
            *([] if order.protocol is None else [f"Doses by the protocol {order.protocol.name}"]),
            *([StartKind(order.start_kind).label] if order.start_kind else []),
            *(limit.said for limit in order.limits),
        ),
        most="" if order.most_in_24h is None else f"At most {say_amount(order.most_in_24h, order.most_unit)} in 24 h",
        until=row.ended_at if row.is_open else None,
        steps=_steps(schedule, order.unit) if isinstance(schedule, Taper) else (),
        versions=tuple(_versions(row, rows)),
        otp=order.start_kind == StartKind.CONTINUES_OTP,
        open_at=_open(order, charted, at, tz, windows) if row.stands is Stands.RUNS and on_pass else None,
    )


def _steps(taper: Taper, unit: str) -> tuple[str, ...]:
    return tuple(
        f"{say_amount(step.amount, unit)} at {', '.join(f'{each:%H:%M}' for each in step.times)}"
        f" for {step.days} {'day' if step.days == 1 else 'days'}"
        for step in taper.steps
    )


def _next(order: Order, charted: set[tuple[int, datetime]], at: datetime, tz: tzinfo) -> datetime | None:
    """The first dose due from now on that is not charted."""
    since, until = order.span
    schedule, begins = from_json(order.schedule), max(at, since)
    for ahead in LOOK_AHEAD:
        dues = due_times(schedule, start=order.anchor, stop=until, since=begins, until=begins + ahead, tz=tz)
        found = next((due for due in dues if (order.pk, due) not in charted), None)
        if found is not None:
            return found
    return None


def _open(
    order: Order, charted: set[tuple[int, datetime]], at: datetime, tz: tzinfo, windows: WindowPolicy
) -> datetime | None:
    """The newest dose whose window is open now and that is not charted."""
    since, until = order.span
    schedule = from_json(order.schedule)
    begins = max(since, at - timedelta(minutes=window_for(schedule, order.time_critical, windows).after))
    if begins > at:
        return None
    dues = due_times(schedule, start=order.anchor, stop=until, since=begins, until=at, tz=tz)
    return next((due for due in reversed(dues) if (order.pk, due) not in charted), None)


def _versions(row: OrderRow, rows: Mapping[int, OrderRow]) -> list[Earlier]:
    found, older = [], rows.get(row.replaces_id or 0)
    while older is not None:
        found.append(Earlier(older.words, older.stopped_at, older.stopped_by, older.stopped_why))
        older = rows.get(older.replaces_id or 0)
    return found
