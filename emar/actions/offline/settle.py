"""Settle what a tablet says happened: a person says what really did."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop, worst_first
from audit.trail import record
from chart.actions import write_note
from chart.models import Note
from emar.actions.asked import Asked, refuse_unwritable
from emar.actions.gather import gather
from emar.actions.offline.said import asked_in
from emar.actions.offline.standing import standing_of, unit_of
from emar.actions.scene import lock, scene_of
from emar.actions.write import Decided, announce, write_all
from emar.models import TAKEN, Administration, Settlement, Unsettled
from emar.rules.administration import Outcome, check, say_amount, say_clock
from emar.rules.offline import verdict_findings
from live.actions import publish
from programs.models import Client
from programs.topics import pass_topic
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def _settled(asked: Mapping[str, Any]) -> Finding:
    """What the second of two people is told."""
    row = Settlement.objects.select_related("by").get(unsettled=asked["unsettled_id"])
    return stop("settle.done", f"{row.by.signature} settled this already: {row.get_verdict_display().lower()}.")


@action("emar.settle", explain={"emar_settlement_unsettled_id_key": _settled})
def settle(
    *,
    by: Person,
    at: datetime,
    unsettled_id: int,
    verdict: str,
    why: str = "",
    given_at: datetime | None = None,
    key: UUID | None = None,
) -> Settlement:
    """Say what really happened; once. ``given_at`` is when, where the tablet's clock cannot be believed.

    'both' and 'record' put a row on the record under the name of who charted it, whatever rule stands against it: it happened.
    'both' is an extra dose, with an incident note in the chart. Raises Refused (settle.done names who was first), NotAllowed and
    Unsettled.DoesNotExist.
    """
    found = Unsettled.objects.select_related("dose__person", "dose__tablet", "dose__order__medication", "site")
    row = found.get(pk=unsettled_id)
    if row.client_id is not None:
        Client.objects.select_for_update(no_key=True).get(pk=row.client_id)
    require(by, Capability.CORRECT_DOSES, row.site_id, at)
    if Settlement.objects.filter(unsettled=row).exists():
        raise Refused(_settled({"unsettled_id": row.pk}))
    asked = _asked(row, given_at, at)
    other = standing_of([asked]).get((asked.order_id, asked.due_at)) if asked and row.dose.order_id else None

    findings = [] if verdict in Settlement.Verdict.values else [stop("settle.verdict", "Choose what really happened.")]
    findings = findings or verdict_findings(
        verdict,
        taken=asked is not None and asked.outcome.value in TAKEN,
        other=None if other is None or _apart(asked, other, verdict) else Outcome(other.outcome),
        codes=_codes(row, corrected=given_at is not None),
        known=row.dose.order_id is not None and asked is not None,
        why=why,
    )
    if len(why) > 300 or "\x00" in why:
        findings.append(stop("settle.why", "Say how you know in at most 300 characters."))
    if findings:
        raise Refused(*findings)

    written = None
    if asked is not None and verdict in (Settlement.Verdict.BOTH, Settlement.Verdict.RECORD):
        extra = verdict == Settlement.Verdict.BOTH
        written = _record(row, asked, by=by, at=at, why=why.strip(), extra=extra)
        if extra:
            _incident(row, written, other, by=by, at=at, why=why.strip())
    done = Settlement.objects.create(
        unsettled=row, verdict=verdict, why=why.strip(), by=by, at=at, administration=written
    )
    record(
        "emar.settle", by=by, at=at, subject=done, site_id=row.site_id, client_id=row.client_id,
        summary=f"A dose charted without the network settled: {done.get_verdict_display().lower()}",
        detail={"unsettled": row.pk, "verdict": verdict},
    )  # fmt: skip

    unit_id = None if row.client_id is None else unit_of(row.site_id, row.client_id, at)
    if unit_id is not None:
        publish({pass_topic(unit_id): [f"unsettled:{row.client_id}"]})
    return done


def _asked(row: Unsettled, given_at: datetime | None, at: datetime) -> Asked | None:
    """The entry as it can be charted; None where it cannot be read."""
    asked = asked_in(row.dose)
    if asked is None or given_at is None:
        return asked
    if given_at > at:
        raise Refused(stop("dose.future", "That time has not come yet. Say when it was given."))
    return replace(asked, given_at=given_at)


def _codes(row: Unsettled, *, corrected: bool) -> frozenset[str]:
    """What it was refused with; a time that a person says mends a time to come."""
    codes = {finding["code"] for finding in row.findings}
    return frozenset(codes - {"dose.future"} if corrected else codes)


def _apart(asked: Asked | None, other: Administration, verdict: str) -> bool:
    """Of doses as needed another one nearby does not stand in the way: only a scheduled dose is one dose."""
    return verdict == Settlement.Verdict.RECORD and asked is not None and asked.due_at is None


def _record(row: Unsettled, asked: Asked, *, by: Person, at: datetime, why: str, extra: bool) -> Administration:
    """The row, under the name of who charted it, with every finding and why it stands all the same."""
    orders = lock([asked.order_id])
    when = min(asked.given_at or at, at)
    clock = say_clock(when, row.site.tz, at)
    note = f"{'Extra dose' if extra else 'Charted'} without the network at {clock}; settled by {by.signature}. {asked.note}"
    asked = replace(asked, given_at=when, note=note.strip()[:300], due_at=None if extra else asked.due_at)
    refuse_unwritable(asked, at)
    dues = [(asked.order_id, asked.due_at)] if asked.due_at is not None else []
    scene = scene_of(orders, by=by, capability=Capability.CORRECT_DOSES, at=at, given=[when], dues=dues)
    gathered = gather(scene, orders[0], asked, by=row.dose.person, at=at, client_id=orders[0].client_id)
    beside = () if gathered.beside is None else gathered.beside.findings
    findings = worst_first([*gathered.label, *check(gathered.facts, gathered.attempt, scene.policy.giving), *beside])
    reasons = {finding.code: asked.overrides.get(finding.code, "").strip() or why for finding in findings}
    [written] = write_all([Decided(gathered, findings, reasons)], by=row.dose.person)
    announce(scene, [(orders[0], asked.due_at)])
    return written


def _incident(
    row: Unsettled, written: Administration, other: Administration | None, *, by: Person, at: datetime, why: str
) -> None:
    """What was given twice, for whoever reads the chart."""
    order, tz = written.order, row.site.tz
    first = "" if other is None else f" {other.by.signature} charted the other at {say_clock(other.given_at, tz, at)}."
    text = (
        f"Incident: {order.medication.shown} {say_amount(written.amount or order.dose, order.unit)} was given twice."
        f" {row.dose.person.signature} gave one at {say_clock(written.given_at, tz, at)}, charted on {row.dose.tablet.name}"
        f" without the network.{first} {why}"
    )
    write_note(by=by, at=at, episode_id=order.episode_id, kind=Note.Kind.NURSING, text=text, about_at=written.given_at)
