"""Orders when a client moves on: stopped, handed to the client, taken back from them, written again; many in few queries.

Plain functions for use inside the act that moves the client: it has locked the client, a prescriber signed (``by``), and it
announces. What was charted stays with the version it was charted under.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from audit.rules.findings import Refused
from audit.trail import record_each
from emar.actions.orders import ENDS, ending
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


def hand_on(
    *,
    by: Person,
    at: datetime,
    site: Site,
    asked: Sequence[HandOn],
    orders: Mapping[int, Order] | None = None,
    charted: Mapping[int, Collection[datetime]] | None = None,
    holds: Mapping[int, OrderHold] | None = None,
    setting: Setting | None = None,
) -> dict[int, Order]:
    """Stop orders or let new versions of them take over; by the old order's id the new version, or the stopped one.

    What the caller has read is handed over: ``orders`` under lock, what of them is ``charted``, their ``holds``, the site's
    numbers. Else four queries; and five to write. A dose that is open and uncharted goes over to the new
    version, a hold goes along. Refused, with ``order_id``, where one of them does not run any more.
    """
    if not asked:
        return {}
    ids = [each.order_id for each in asked]
    rows = _locked(ids) if orders is None else orders
    setting = setting_of(site, at) if setting is None else setting
    renewed = [each.order_id for each in asked if each.values is not None]
    charted = _charted(renewed) if charted is None else charted
    holds = _held(renewed, at) if holds is None else holds
    for pk in ids:
        _refuse_over(rows[pk], site, setting)

    made: dict[int, Order] = {}
    for each in asked:
        old = rows[each.order_id]
        made[old.pk] = old
        if each.values is not None:
            joined = _joined(old, charted.get(old.pk, ()), setting)
            old.due_until = min(joined.due_from, at)
            made[old.pk] = _written(old, each.values, by=by, at=at, joined=joined)
        ending(old, by=by, at=at, why=each.why[:LONGEST_WHY])
    bulk_update_with_history([rows[pk] for pk in ids], Order, ENDS)
    if renewed:
        bulk_create_with_history([made[pk] for pk in renewed], Order)
    told = []
    for each in asked:
        order, hold = made[each.order_id], holds.get(each.order_id)
        if each.values is not None and hold is not None:
            OrderHold.objects.create(order=order, why=hold.why, by=hold.by, started_at=at)
        verb, word = ("stop_order", "stopped") if each.values is None else ("change_order", "changed")
        told.append((f"emar.{verb}", order, f"{order.medication.shown} {word}: {each.why}"))
    record_each(told, by=by, at=at, site_id=site.pk, client_id=rows[ids[0]].client_id)
    return made


def _refuse_over(order: Order, site: Site, setting: Setting) -> None:
    """Refused where an order does not run (any more)."""
    if order.started_at >= setting.at or (order.ended_at is not None and order.ended_at <= setting.at):
        found = not_running(order, Running(order, site, None, setting))
        raise Refused(replace(found, detail={**found.detail, "order_id": order.pk}))


def _locked(ids: Collection[int]) -> dict[int, Order]:
    """These orders under lock, in the order of their ids. One query."""
    rows = Order.objects.select_related("medication", "stopped_by").select_for_update(of=("self",), no_key=True)
    return {order.pk: order for order in rows.filter(pk__in=ids).order_by("pk")}


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
    made, told, client_id = {}, [], None
    for old in rows:
        if old.until is not None and old.until <= at:
            continue
        made[old.pk] = _written(old, {}, by=by, at=at)
        made[old.pk].save(force_insert=True)
        told.append(("emar.write_order", made[old.pk], f"{old.medication.shown} ordered again: {why}"))
        client_id = old.client_id
    record_each(told, by=by, at=at, site_id=site.pk, client_id=client_id)
    return made


def _written(
    old: Order, values: Mapping[str, Any], *, by: Person, at: datetime, joined: Seam | None = None
) -> Order:  # fmt: skip
    """The next version of an order, not saved yet."""
    same = {name: getattr(old, name) for name in SAME}
    order = Order(
        **{**same, **values}, started_at=at, ended_at=old.until, by=by, written_at=at, replaces=old,
        anchor_at=old.anchor if joined is None else joined.anchor, due_from=at if joined is None else joined.due_from,
    )  # fmt: skip
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
