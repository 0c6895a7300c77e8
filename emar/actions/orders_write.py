"""Write an order, and change one: a new version that takes over where the old one ends."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, override, refuse_unless_overridden, stop
from emar.actions.orders import end
from emar.actions.orders_common import Running, allowed, heard, not_running, running, said, tell
from emar.models import Medication, Order, OrderHold, VerbalOrder
from emar.queries.ordering import client_facts, medication_facts, said_order, seam_of, setting_of
from emar.queries.protocols import sig_findings
from emar.queries.walked import unit_of
from emar.rules.administration import say_clock
from emar.rules.orders import limits_from_json, limits_to_json
from emar.rules.orders.check import order_findings
from emar.rules.orders.facts import Setting, Sig, Verbal
from emar.rules.orders.seam import Seam
from emar.rules.schedule import Taper, due_times, from_json, to_json
from programs import placed
from programs.models import Episode
from staff.models import Person

Act = VerbalOrder.Act
NOTHING: Mapping[str, str] = {}


@action("emar.write_order")
def write_order(
    *,
    by: Person,
    at: datetime,
    episode_id: int,
    medication_id: int,
    sig: Sig,
    verbal: Verbal | None = None,
    overrides: Mapping[str, str] = NOTHING,
    key: UUID | None = None,
) -> Order:
    """Order a medication for the client of an episode, from ``sig.started_at`` (now where None).

    ``verbal`` where a nurse writes down a prescriber's word; ``overrides`` a reason for each finding that may be gone past.
    Raises Refused (codes: docs/rules/orders.md), NotAllowed, Medication.DoesNotExist and Client.DoesNotExist.
    """
    placement = placed.locked(episode_id, at)
    site = placement.program.site
    allowed(by, site, verbal, at)
    medication, setting = Medication.objects.get(pk=medication_id), setting_of(site, at)
    client = client_facts(placement.episode.client_id, setting)

    findings = order_findings(sig, medication_facts(medication), client, setting)
    findings += sig_findings(sig, medication, site, at)
    overridden = refuse_unless_overridden(findings, overrides)

    order = _write(placement.episode, medication, sig, overridden, overrides, by=by, at=at)
    detail = heard(order, verbal, Act.WRITE, by=by, setting=setting)

    found = Running(order, site, unit_of(site.pk, episode_id, at), setting)
    what = f"ordered: {said_order(order)}"
    tell("emar.write_order", found, what, by=by, detail=detail, overridden=overridden, reasons=overrides)
    return order


def changed_meanwhile(asked: Mapping[str, Any]) -> Finding:
    """What a second change of one order is told, where only the database could stop it."""
    old = Order.objects.select_related("medication", "stopped_by").get(pk=asked["order_id"])
    placement = placed.last(old.episode_id, asked["at"])
    if placement is None:
        return stop("order.changed_already", "This order was changed meanwhile. Open the newer one.")
    site = placement.program.site
    return not_running(old, Running(old, site, None, setting_of(site, asked["at"])))


@action("emar.change_order", explain={"emar_order_replaces_id_key": changed_meanwhile})
def change_order(
    *,
    by: Person,
    at: datetime,
    order_id: int,
    sig: Sig,
    why: str,
    medication_id: int | None = None,
    verbal: Verbal | None = None,
    overrides: Mapping[str, str] = NOTHING,
    key: UUID | None = None,
) -> Order:
    """Change an order: the old version ends now and the new one begins now; what was charted stays with the old one.

    A dose that is open and uncharted goes over to the new version; a hold goes on with it. ``medication_id`` is for another
    strength or form of the same ingredient. ``sig.started_at`` is left out: a change begins now. Raises as ``write_order``.
    """
    found, why = running(order_id, by=by, at=at, verbal=verbal), said(why)
    old, setting = found.order, found.setting
    medication = old.medication if medication_id is None else Medication.objects.get(pk=medication_id)
    client, joined = client_facts(old.client_id, setting, but=old.pk), seam_of(old, sig, setting)

    findings = order_findings(sig, medication_facts(medication), client, setting, joined)
    findings += _change(old, medication, sig, joined, setting)
    findings += sig_findings(sig, medication, found.site, at)
    overridden = refuse_unless_overridden(findings, overrides)

    assert joined is not None  # a schedule that is none was refused
    hold = old.holds.current(at).first()
    old.due_until = min(joined.due_from, at)
    end(old, by=by, at=at, why=why)
    new = _write(old.episode, medication, sig, overridden, overrides, by=by, at=at, replaces=old, joined=joined)
    if hold is not None:
        OrderHold.objects.create(order=new, why=hold.why, by=hold.by, started_at=at)
    detail = {"replaces": old.pk} | heard(new, verbal, Act.CHANGE, by=by, setting=setting)

    now = Running(new, found.site, found.unit_id, setting)
    tell(
        "emar.change_order", now, f"changed to {said_order(new)}: {why}", by=by, detail=detail, overridden=overridden,
        reasons=overrides,
    )  # fmt: skip
    return new


def _change(old: Order, medication: Medication, sig: Sig, joined: Seam | None, setting: Setting) -> list[Finding]:
    """What stands against a change beside what stands against the new version itself."""
    found = []
    if sig.started_at is not None and sig.started_at != setting.at:
        found.append(
            stop(
                "order.change_now", "A change begins now. Leave the start out, or write a new order that begins later."
            )
        )
    if old.started_at >= setting.at:
        found.append(stop("order.not_running", "This order began this very moment. Wait and try again."))
    if medication.ingredient_names != old.medication.ingredient_names:
        words = f"{medication.shown} is another medication than {old.medication.shown}. Stop this order and write a new one."
        found.append(stop("order.other_medication", words))
    if joined is None or joined.open_at is None or joined.until is None or sig.schedule.get("kind") == "as_needed":
        return found
    schedule = from_json(sig.schedule)
    dues = due_times(schedule, start=joined.anchor, stop=None, since=joined.due_from, until=joined.until, tz=setting.tz)
    if not dues:
        due = say_clock(joined.open_at, setting.tz, setting.at)
        words = f"{old.medication.shown} {due} is not charted yet and would not be due any more. Chart it first, or say why."
        found.append(override("order.dose_waits", words, due_at=joined.open_at))
    return found


def _write(
    episode: Episode,
    medication: Medication,
    sig: Sig,
    overridden: tuple[Finding, ...],
    reasons: Mapping[str, str],
    *,
    by: Person,
    at: datetime,
    replaces: Order | None = None,
    joined: Seam | None = None,
) -> Order:
    """The row of a checked ``sig``: what was left out is as the medication says."""
    schedule = from_json(sig.schedule)
    dose = schedule.steps[0].amount if isinstance(schedule, Taper) else sig.dose
    assert dose is not None  # an order without one was refused
    return Order.objects.create(
        episode=episode,
        client_id=episode.client_id,
        medication=medication,
        dose=dose,
        dose_max=sig.dose_max,
        unit=sig.unit.strip(),
        route=sig.route.strip() or medication.route,
        schedule=to_json(schedule),
        time_critical=medication.time_critical if sig.time_critical is None else sig.time_critical,
        indication=sig.indication.strip(),
        instructions=sig.instructions.strip(),
        most_in_24h=sig.most_in_24h,
        most_unit=sig.most_unit.strip() if sig.most_in_24h is not None else "",
        reassess_minutes=sig.reassess_minutes,
        mode=sig.mode,
        witness=sig.witness or medication.witness,
        hold_limits=limits_to_json(limits_from_json(sig.hold_limits)),
        protocol_id=sig.protocol_id,
        start_kind=sig.start_kind,
        started_at=at if replaces is not None else sig.started_at or at,
        ended_at=sig.until,
        until=sig.until,
        anchor_at=None if joined is None else joined.anchor,
        due_from=None if joined is None else joined.due_from,
        by=by,
        written_at=at,
        overrides=[{"code": f.code, "message": f.message, "reason": reasons[f.code].strip()} for f in overridden],
        replaces=replaces,
    )
