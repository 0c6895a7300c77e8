"""What a tablet keeps of a unit for when the network is gone: everything its own rules ask, for a whole shift, as JSON.

Instants are UTC texts, amounts texts; ``contents`` says how much of an ingredient one unit of an order is, so that what is
charted on the tablet counts towards every order that shares it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from chart.models import Allergy
from chart.queries.allergies import NOT_ASKED
from emar.models import Order, OrderHold
from emar.queries.build import doses_of, ordered_amount, prn_of
from emar.queries.clients import colleagues
from emar.queries.load import Loaded, Scope, allergies_to, load
from emar.queries.rows import DoseRow, plain
from emar.queries.takings import product_of
from emar.rules.administration import (
    BODY_SITES,
    REASONS,
    SCALES,
    Outcome,
    ceilings_of,
    recent_of,
    scales_for,
    watch_mouth,
)
from emar.rules.orders import Mode
from emar.rules.policy import SitePolicy
from emar.rules.schedule import AsNeeded, EveryHours, from_json
from emar.rules.windows import window_for
from programs.models import Site
from staff.rules.capabilities import Capability

BEHIND, AHEAD = timedelta(hours=4), timedelta(hours=20)
"""How far around now a tablet keeps doses: the rest of this shift, and the next."""


def kept_pass(site: Site, unit_id: int, *, at: datetime, person_id: int = 0) -> dict[str, Any] | None:
    """A unit's clients, orders and doses from four hours ago until twenty hours on; None for an empty unit. 15 queries."""
    since, until = at - BEHIND, at + AHEAD
    loaded = load(Scope(site, unit_id), since=since, until=until, at=at)
    if not loaded.places:
        return None
    allergies = _allergies({order.client_id for order in loaded.orders}, at)
    by_client: dict[int, list[dict[str, Any]]] = {}
    for order in loaded.orders:
        if order.ended_at is None or order.ended_at > since:
            kept = _order(
                order, loaded, allergies.get(order.client_id, ()), since=since, until=until, at=at, tz=site.tz
            )
            by_client.setdefault(order.client_id, []).append(kept)
    clients = []
    for episode_id, place in sorted(loaded.places.items(), key=lambda item: item[1].order):
        client = loaded.clients.get(episode_id)
        if client is None:
            continue
        away = loaded.away.get(episode_id)
        known = loaded.allergies.get(client.pk, NOT_ASKED)
        clients.append(
            {
                "id": client.pk, "name": client.called, "short": client.short_name, "initials": client.initials,
                "born_on": client.born_on.isoformat(), "pronouns": client.pronouns, "room": place.room, "bed": place.bed,
                "allergies": list(known), "orders": by_client.get(client.pk, []),
                "none_known": known.none.words(site.tz) if known.none else "",
                "away": None if away is None else {"words": away.words, "until": _said(away.until)},
            }
        )  # fmt: skip
    unit = next(iter(loaded.places.values())).unit
    asked = colleagues(site.pk, Capability.WRITE_ORDERS, at, but=person_id)
    return {
        "unit_id": unit_id, "unit": unit, "site": site.name, "zone": site.tz.key, "at": _said(at), "until": _said(until),
        "policy": _policy(loaded.policy), "prescribers": [{"id": each.pk, "name": each.signature} for each in asked],
        "clients": clients,
        "outcomes": {each.value: {"label": each.label, "past": each.past} for each in Outcome},
        "reasons": {outcome.value: [list(pair) for pair in reasons] for outcome, reasons in REASONS.items()},
        "scales": {code: {"name": name, "top": top} for code, (name, top) in SCALES.items()},
        "body_sites": {kind: [list(pair) for pair in places] for kind, places in BODY_SITES.items()},
    }  # fmt: skip


def _order(
    order: Order,
    loaded: Loaded,
    allergies: Iterable[Allergy],
    *,
    since: datetime,
    until: datetime,
    at: datetime,
    tz: tzinfo,
) -> dict[str, Any]:
    schedule, medication = from_json(order.schedule), order.medication
    window = window_for(schedule, order.time_critical, loaded.policy.windows)
    product, unit = product_of(medication), order.unit
    takings = [dose.taking for dose in loaded.taken.get(order.client_id, [])]
    stated = loaded.stated.get(order.client_id, [])
    rows = list(doses_of(order, loaded, since=since, until=until, at=at, tz=tz))
    prn = prn_of(order, loaded, at=at, tz=tz)
    drug = prn.drug if prn is not None else rows[0].drug if rows else None
    observed = order.mode == Mode.OBSERVED
    wanted = {(name, unit) for name in product.names} | {(each.ingredient, each.unit) for each in stated}
    wanted |= {
        (other.medication.ingredient, other.unit) for other in loaded.orders if other.client_id == order.client_id
    }
    factors = {f"{name}|{into}": product.amount(name, Decimal(1), unit, into) for name, into in sorted(wanted)}
    return {
        "id": order.pk, "medication": medication.shown, "ingredient": medication.ingredient, "names": list(product.names),
        "title": drug.title if drug else medication.shown, "sig": drug.sig if drug else "",
        "amount": plain(order.dose), "most": plain(order.dose_max or order.dose), "ranged": order.dose_max is not None,
        "unit": unit, "route": order.route, "mode": order.mode, "observed": observed, "witness": order.witness,
        "sites": medication.sites, "psychotropic": medication.psychotropic, "high_alert": medication.high_alert,
        "look_alike": medication.look_alike, "controlled": drug.controlled if drug else "",
        "counted_here": loaded.counts(order), "time_critical": order.time_critical,
        "begins": _said(order.started_at), "ends": _said(order.ended_at),
        "holds": [_hold(each) for each in loaded.holds.get(order.pk, [])], "allergies": list(allergies_to(order, allergies)),
        "watch_mouth": watch_mouth(product.names, observed=observed, on_the_body=bool(medication.sites)),
        "limits": [
            {"measure": limit.measure.value, "label": limit.measure.label, "unit": limit.measure.unit,
             "span": list(limit.measure.span), "comparison": limit.comparison.value, "value": plain(limit.value),
             "fresh": limit.fresh_minutes, "strict": limit.strict, "words": limit.words}
            for limit in order.limits
        ],
        "window": {"before": window.before, "after": window.after, "asks": window.asks_reason},
        "interval": schedule.hours * 60 if isinstance(schedule, EveryHours) else None,
        "prn": None if not isinstance(schedule, AsNeeded) else {
            "gap": round(schedule.min_gap.total_seconds() / 60), "most": schedule.max_in_24h, "for": order.indication,
            "scales": list(scales_for(order.indication)),
        },
        "recent": [
            {"at": _said(dose.given_at), "amount": plain(dose.amount) if dose.counted else None, "same": dose.same_order,
             "shares": dose.shares}
            for dose in recent_of(product, takings, unit=unit, same=(order.pk,))
        ],
        "ceilings": [
            {"ingredient": each.ingredient, "most": plain(each.most), "unit": each.unit,
             "each": None if each.amount is None else str(each.amount),
             "recent": [{"at": _said(d.given_at), "amount": str(d.amount) if d.counted else None} for d in each.recent]}
            for each in ceilings_of(product, stated, takings, amount=Decimal(1), unit=unit)
        ],
        "contents": {key: str(much) for key, much in factors.items() if much is not None},
        "doses": [_dose(row, plain(ordered_amount(order, schedule, row.due_at, tz))) for row in rows],
    }  # fmt: skip


def _dose(row: DoseRow, amount: str) -> dict[str, Any]:
    mark = row.mark
    return {
        "due_at": _said(row.due_at), "opens_at": _said(row.opens_at), "closes_at": _said(row.closes_at),
        "title": row.drug.title, "sig": row.drug.sig, "amount": amount,
        "charted": None if mark is None else {"outcome": mark.outcome.value, "at": _said(mark.at), "by": mark.by},
    }  # fmt: skip


def _hold(hold: OrderHold) -> dict[str, Any]:
    return {"since": _said(hold.started_at), "until": _said(hold.ended_at), "why": hold.why}


def _allergies(client_ids: Iterable[int], at: datetime) -> Mapping[int, list[Allergy]]:
    found: dict[int, list[Allergy]] = {}
    for each in Allergy.objects.filter(client__in=list(client_ids), ended_at=None, noted_at__lte=at):
        found.setdefault(each.client_id, []).append(each)
    return found


def _policy(policy: SitePolicy) -> dict[str, int]:
    giving = policy.giving
    return {
        "identifiers": giving.identifiers_needed,
        "skew": _minutes(giving.clock_skew),
        "late_entry": _minutes(giving.late_entry_after),
        "earliest": _minutes(giving.earliest),
        "same_ingredient": _minutes(giving.same_ingredient),
        "interval_percent": giving.interval_percent,
        "prn_grace": _minutes(giving.prn_grace),
        "unsent": _minutes(policy.unsent),
    }


def _minutes(span: timedelta) -> int:
    return round(span.total_seconds() / 60)


def _said(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
