"""Orders when a client moves on: stopped, handed to the client, taken back from them, written again; many in few queries.

Plain functions for use inside the act that moves the client: it has locked the client, a prescriber signed (``by``), and it
announces. What was charted stays with the version it was charted under.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.rules.findings import Refused
from audit.trail import record
from emar.actions.orders import end
from emar.actions.orders_common import LONGEST_WHY, Running, not_running
from emar.models import Administration, Order, OrderHold
from emar.models.doses import UNDONE
from emar.queries.ordering import setting_of
from emar.rules.orders.facts import Setting
from emar.rules.orders.seam import Seam, Version, seam
from emar.rules.schedule import from_json
from programs.models import Site
from staff.models import Person

SAME = (
    "episode_id", "client_id", "medication_id", "dose", "dose_max", "unit", "route", "schedule", "time_critical", "indication",
    "instructions", "most_in_24h", "most_unit", "reassess_minutes", "mode", "witness", "hold_limits", "protocol_id", "start_kind",
    "until", "overrides",
)  # fmt: skip


@dataclass(frozen=True)
class HandOn:
    """What becomes of an order that runs: it stops, or, with ``values`` (a mode, a dose), a new version of it takes over."""

    order_id: int
    why: str
    values: Mapping[str, Any] | None = None


def hand_on(*, by: Person, at: datetime, site: Site, asked: Sequence[HandOn]) -> dict[int, Order]:
    """Stop orders or let new versions of them take over; by the old order's id the new version, or the stopped one.

    Three queries, and at most eight an order. A dose that is open and uncharted goes over to the new version, a hold goes along.
    Refused, with ``order_id``, where one of them does not run any more.
    """
    if not asked:
        return {}
    orders = {
        order.pk: order
        for order in Order.objects.select_related("medication", "episode", "client", "stopped_by")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[each.order_id for each in asked])
        .order_by("pk")
    }
    setting = setting_of(site, at)
    for order in orders.values():
        if order.started_at >= at or (order.ended_at is not None and order.ended_at <= at):
            found = not_running(order, Running(order, site, None, setting))
            raise Refused(
                type(found)(found.code, found.severity, found.message, {**found.detail, "order_id": order.pk})
            )
    renewed = [each.order_id for each in asked if each.values is not None]
    charted, holds = _charted(renewed), _held(renewed, at)

    made = {}
    for each in asked:
        old = orders[each.order_id]
        if each.values is None:
            end(old, by=by, at=at, why=each.why[:LONGEST_WHY])
            made[old.pk] = old
            words = f"stopped: {each.why}"
        else:
            made[old.pk] = _renew(old, each, _joined(old, charted[old.pk], setting), by=by, at=at)
            if old.pk in holds:
                OrderHold.objects.create(order=made[old.pk], why=holds[old.pk].why, by=holds[old.pk].by, started_at=at)
            words = f"changed: {each.why}"
        _tell("emar.change_order" if each.values else "emar.stop_order", made[old.pk], words, by, at, site)
    return made


def write_again(*, by: Person, at: datetime, site: Site, stopped: Collection[int], why: str) -> dict[int, Order]:
    """New versions of orders that were stopped, as they read, from now on; by the id of the stopped one.

    One that was replaced since, or whose planned stop has passed, is left out. Nothing of the past becomes due.
    """
    rows = (
        Order.objects.select_related("medication")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk__in=stopped, replaced_by=None, ended_at__lt=at)
        .order_by("pk")
    )
    made = {}
    for old in rows:
        if old.until is not None and old.until <= at:
            continue
        made[old.pk] = _write(old, {"mode": old.mode}, by=by, at=at)
        _tell("emar.write_order", made[old.pk], f"ordered again: {why}", by, at, site)
    return made


def _renew(old: Order, each: HandOn, joined: Seam, *, by: Person, at: datetime) -> Order:
    old.due_until = min(joined.due_from, at)
    end(old, by=by, at=at, why=each.why[:LONGEST_WHY])
    return _write(old, each.values or {}, by=by, at=at, joined=joined)


def _write(old: Order, values: Mapping[str, Any], *, by: Person, at: datetime, joined: Seam | None = None) -> Order:
    same = {name: getattr(old, name) for name in SAME}
    order = Order(
        **{**same, **values}, started_at=at, ended_at=old.until, by=by, written_at=at, replaces=old,
        anchor_at=old.anchor if joined is None else joined.anchor, due_from=at if joined is None else joined.due_from,
    )  # fmt: skip
    order.save(force_insert=True)
    order.medication = old.medication
    return order


def _joined(old: Order, charted: Collection[datetime], setting: Setting) -> Seam:
    since, until = old.span
    schedule = from_json(old.schedule)
    version = Version(schedule, old.time_critical, old.anchor, since, until)
    return seam(version, schedule, charted, at=setting.at, tz=setting.tz, windows=setting.policy.windows)


def _charted(order_ids: Collection[int]) -> Mapping[int, set[datetime]]:
    found: dict[int, set[datetime]] = defaultdict(set)
    rows = Administration.objects.filter(order__in=order_ids, due_at__isnull=False, corrected_by=None)
    for order_id, due in rows.exclude(outcome=UNDONE).values_list("order_id", "due_at") if order_ids else ():
        if due is not None:
            found[order_id].add(due)
    return found


def _held(order_ids: Collection[int], at: datetime) -> dict[int, OrderHold]:
    if not order_ids:
        return {}
    return {
        hold.order_id: hold for hold in OrderHold.objects.current(at).filter(order__in=order_ids).select_related("by")
    }


def _tell(verb: str, order: Order, words: str, by: Person, at: datetime, site: Site) -> None:
    record(
        verb, by=by, at=at, subject=order, site_id=site.pk, client_id=order.client_id,
        summary=f"{order.medication.shown} {words}"[:200],
    )  # fmt: skip
