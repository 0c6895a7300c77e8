"""The last two paragraphs that charting, correcting and undoing share: the rows, their audit events, and what pages are told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.many import Entry, record_all
from audit.rules.findings import Finding
from emar.actions.checks import write_checks
from emar.actions.gather import Gathered, prn_orders
from emar.actions.patches import take_off
from emar.actions.scene import Scene
from emar.actions.stock.drawn import write_entries
from emar.keys import live_keys
from emar.models import TAKEN, UNDONE, Administration, LedgerEntry, Order, Reassessment
from emar.rules.administration import DoseFacts, plain_number, reassess_due, say_amount, say_clock
from emar.rules.windows import minutes_off
from live.actions import publish
from programs.topics import pass_topic
from staff.models import Person


@dataclass(frozen=True)
class Decided:
    """A dose that may be charted, with the findings that were gone past and the entry it takes the place of.

    ``entries`` are what it changes of counted stock, not saved yet.
    """

    gathered: Gathered
    overridden: tuple[Finding, ...] = ()
    reasons: Mapping[str, str] | None = None
    corrects: Administration | None = None
    reassess_at: datetime | None = None
    entries: tuple[LedgerEntry, ...] = ()


def row_of(decided: Decided, *, by: Person) -> Administration:
    """The row as it will stand. A time a few minutes ahead (a tablet's clock) is written as now."""
    gathered, reasons = decided.gathered, decided.reasons or {}
    facts, attempt, asked = gathered.facts, gathered.attempt, gathered.asked
    given_at = min(attempt.given_at, attempt.at)
    corrects = decided.corrects or gathered.undone
    taken = attempt.amount is not None
    contact = {} if asked.contact_id is None else {"contact": asked.contact_id}
    return Administration(
        order=gathered.order,
        due_at=facts.due_at,
        outcome=attempt.outcome.value,
        amount=attempt.amount,
        unit=attempt.unit or "" if taken else "",
        reason=attempt.reason or "",
        note=attempt.note or ("Charted again after it was undone." if corrects is not None else ""),
        identifiers=list(attempt.identifiers),
        overrides=[
            {"code": each.code, "message": each.message, "reason": reasons[each.code].strip()}
            | (contact if each.detail.get("ask") == "prescriber" else {})
            for each in decided.overridden
        ],
        measures=[
            {"measure": each.measure.value, "value": plain_number(each.value), "taken_at": each.taken_at.isoformat()}
            for each in attempt.measures
        ],
        body_site=attempt.body_site,
        prn_reason=attempt.prn_reason
        or (attempt.note[:120] if facts.prn is not None and len(attempt.note) <= 120 else ""),
        scale=attempt.scale,
        score=attempt.score,
        tried_first=attempt.tried_first,
        mouth_checked=attempt.mouth_checked,
        attested_as=attempt.attested_as,
        barcode=asked.barcode or ("" if decided.corrects is None else decided.corrects.barcode),
        band_id=_band(decided),
        unscanned=_unscanned(decided, taken=taken),
        device=asked.device,
        given_at=given_at,
        recorded_at=attempt.at,
        wall_clock=wall_clock(facts, given_at),
        minutes_off=None if facts.due_at is None else minutes_off(facts.due_at, given_at),
        by=by,
        witnessed_by_id=asked.witness_id,
        witness_proof_id=asked.witness_proof_id,
        corrects=corrects,
    )


def _band(decided: Decided) -> int | None:
    """The wristband that was scanned; a correction keeps what was scanned for what it corrects."""
    if decided.gathered.band is not None:
        return decided.gathered.band.pk
    return None if decided.corrects is None else decided.corrects.band_id


def _unscanned(decided: Decided, *, taken: bool) -> str:
    """Why no label was scanned; a correction keeps it while something was taken."""
    was = "" if decided.corrects is None else decided.corrects.unscanned
    return (decided.gathered.asked.unscanned or was) if taken else ""


def write_all(decided: Sequence[Decided], *, by: Person) -> list[Administration]:
    """Write the rows, the reassessments that as-needed doses ask for, and one event each; three statements for all of them."""
    rows = Administration.objects.bulk_create([row_of(each, by=by) for each in decided])
    pairs = list(zip(decided, rows, strict=True))
    due = [Reassessment(administration=row, due_at=when) for each, row in pairs if (when := _look_again(each, row))]
    if due:
        Reassessment.objects.bulk_create(due)
    write_checks((each.gathered.beside, row) for each, row in pairs)
    write_entries((each.entries, row) for each, row in pairs)
    for each, row in pairs:
        if each.gathered.asked.patch_off and each.gathered.patches:
            take_off(each.gathered.patches, by=by, seen_at=row.given_at, at=row.recorded_at)
    record_all([_entry(each, row) for each, row in pairs], by=by)
    return rows


def announce(scene: Scene, done: Iterable[tuple[Order, datetime | None]]) -> None:
    """Tell the pages of the client's unit, once for all; nobody watches where the client sleeps nowhere."""
    if scene.unit_id is None:
        return
    keys = {
        key
        for order, due_at in done
        for key in live_keys(
            unit_id=scene.unit_id,
            client_id=scene.client_id,
            order_id=order.pk,
            due_at=due_at,
            prn_orders=prn_orders(scene, order),
        )
    }
    publish({pass_topic(scene.unit_id): sorted(keys)})


def wall_clock(facts: DoseFacts, given_at: datetime) -> str:
    """What the site's clock showed, with its offset."""
    return given_at.astimezone(facts.tz).isoformat(timespec="minutes")


def _look_again(decided: Decided, row: Administration) -> datetime | None:
    """When an as-needed dose is to be looked at; None for any other."""
    gathered = decided.gathered
    if gathered.facts.prn is None or row.outcome not in TAKEN:
        return None
    if decided.corrects is not None and decided.corrects.outcome in TAKEN:
        return decided.reassess_at  # it goes on where it was, or was answered already
    policy, order = gathered.scene.policy, gathered.order
    injected = order.medication.sites == "injection" or "inject" in order.route.casefold()
    return reassess_due(row.given_at, order.reassess_minutes, policy.reassess_injected if injected else policy.reassess)


def _entry(decided: Decided, row: Administration) -> Entry:
    gathered = decided.gathered
    facts, asked = gathered.facts, gathered.asked
    verb = "emar.undo" if row.outcome == UNDONE else "emar.correct" if decided.corrects else "emar.administer"
    detail: dict[str, object] = {
        "order": gathered.order.pk,
        "due_at": facts.due_at and facts.due_at.isoformat(),
        "outcome": row.outcome,
    }
    if row.witnessed_by_id is not None:
        detail["witness"] = row.witnessed_by_id
    if decided.entries:
        detail["lines"] = [entry.line_id for entry in decided.entries]
    return Entry(
        verb,
        at=row.recorded_at,
        subject=row,
        summary=summary(gathered, row, corrected=decided.corrects is not None),
        site_id=gathered.scene.site.pk,
        client_id=gathered.order.client_id,
        detail=detail,
        overridden=decided.overridden,
        reasons=decided.reasons or {},
        second_person_id=asked.contact_id,
    )


def summary(gathered: Gathered, row: Administration, *, corrected: bool) -> str:
    """'Thiamine 100 mg given 08:12, due 08:00'."""
    facts, attempt = gathered.facts, gathered.attempt
    dose = f"{facts.medication} {say_amount(facts.amount, facts.unit)}"
    due = "as needed" if facts.due_at is None else f"due {say_clock(facts.due_at, facts.tz, row.given_at)}"
    if row.outcome == UNDONE:
        return f"{dose} undone, {due}"
    verb = "corrected to " if corrected else ""
    return f"{dose} {verb}{attempt.outcome.past} {say_clock(row.given_at, facts.tz, attempt.at)}, {due}"
