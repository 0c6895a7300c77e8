"""Correct what was charted: a new row that names the old one and says why. Both stay visible."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, Severity, override, refuse_unless_overridden, stop
from emar.actions.asked import Asked, Draw, measured, refuse_unwritable
from emar.actions.checks import checks_of
from emar.actions.gather import gather
from emar.actions.scene import lock, scene_of
from emar.actions.stock.drawn import drawn_before, draws_stand, entries_of, redraw, shelf_of, tell_drawn
from emar.actions.stock.held import EXPLAIN
from emar.actions.write import Decided, announce, write_all
from emar.models import UNDONE, Administration, Reassessment
from emar.rules.administration import Measured, OrderState, Outcome, check
from staff.models import Person
from staff.rules.capabilities import Capability

HAPPENED = frozenset(
    {
        "prn.over_maximum", "prn.tried_first", "dose.too_soon", "dose.too_early", "dose.outside_limit", "dose.measure_needed",
        "dose.measure_stale", "dose.site_needed", "dose.attestation_needed", "dose.witness_needed", "dose.on_leave",
        "dose.not_placed", "dose.not_on_pass", "dose.order_not_begun", "dose.not_due",
    }
)  # fmt: skip
"""What stops a dose from being given does not stop the truth from being written down: here these ask for the reason."""


def corrected_meanwhile(asked: Mapping[str, Any]) -> Finding:
    """What a second correction of the same row is told: who corrected it first."""
    newer = Administration.objects.select_related("by").filter(corrects=asked["administration_id"]).first()
    who = "someone" if newer is None else newer.by.signature
    how = "undone" if newer is not None and newer.outcome == UNDONE else "corrected"
    return stop("dose.corrected_already", f"This was already {how} by {who}. Reload the pass and look at that first.")


@action("emar.correct", explain=EXPLAIN | {"emar_administration_corrects_id_key": corrected_meanwhile})
def correct(
    *,
    by: Person,
    at: datetime,
    administration_id: int,
    outcome: Outcome,
    note: str,
    given_at: datetime | None = None,
    amount: Decimal | None = None,
    unit: str | None = None,
    reason: str = "",
    measures: Iterable[Mapping[str, object] | Measured] | None = None,
    body_site: str | None = None,
    prn_reason: str | None = None,
    scale: str | None = None,
    score: Decimal | None = None,
    tried_first: str | None = None,
    mouth_checked: bool | None = None,
    attested_as: str | None = None,
    draws: Iterable[Draw] | None = None,
    key: UUID | None = None,
) -> Administration:
    """Replace what a row says by what is right; ``note`` says why and stands as the reason for every finding that asks for one.

    What is left out from ``given_at`` on stays as it was, but for the amount, the unit and the reason. Where it was drawn from
    counted stock and another amount was taken, ``draws`` says what was drawn in truth: what the ledger says of the dose is put
    back (but for what was wasted), and drawn anew. Raises Refused,
    NotAllowed (nurse, prescriber and director may) and Administration.DoesNotExist.
    """
    old = Administration.objects.get(pk=administration_id)
    asked = Asked(
        order_id=old.order_id,
        due_at=old.due_at,
        outcome=outcome,
        given_at=old.given_at if given_at is None else given_at,
        identifiers=tuple(old.identifiers),
        amount=amount,
        unit=unit,
        reason=reason,
        note=note,
        measures=measured(old.measures if measures is None else measures),
        body_site=_or(body_site, old.body_site),
        prn_reason=_or(prn_reason, old.prn_reason),
        scale=old.scale if scale is None and score is None else scale or old.scale,
        score=old.score if score is None else score,
        tried_first=_or(tried_first, old.tried_first),
        mouth_checked=old.mouth_checked if mouth_checked is None else mouth_checked,
        attested_as=_or(attested_as, old.attested_as),
        barcode="",
        witness_id=old.witnessed_by_id,
        device=old.device,
        draws=None if draws is None else tuple(draws),
        checks=checks_of(old),
    )
    refuse_unwritable(asked, at)
    order = lock([old.order_id])[0]
    assert asked.given_at is not None
    scene = scene_of(
        [order], by=by, capability=Capability.CORRECT_DOSES, at=at, given=[min(asked.given_at, at)],
        others={old.witnessed_by_id} - {None},  # type: ignore[arg-type]
    )  # fmt: skip
    if Administration.objects.filter(corrects=old).exists():
        raise Refused(corrected_meanwhile({"administration_id": old.pk}))
    if old.outcome == UNDONE:
        raise Refused(stop("dose.undone", "This entry was undone and the dose is due again. Chart the dose anew."))
    gathered = gather(scene, order, asked, by=by, at=at, client_id=order.client_id, but=old.pk)

    if not gathered.attempt.note:
        raise Refused(
            stop("dose.correction_says_why", "Say why this is corrected: the first entry stays visible beside it.")
        )
    attempt = replace(gathered.attempt, witnessed=None if old.witnessed_by_id is None else True)
    facts = replace(gathered.facts, order_state=OrderState.ACTIVE, order_since=None)
    before = drawn_before(old)
    shelf, back = redraw(shelf_of(scene, [order], [asked], before), before, asked, by=by, at=at)
    findings = [_happened(finding) for finding in check(facts, attempt, scene.policy.giving)]
    if all(finding.severity is not Severity.STOP for finding in findings):
        findings += draws_stand(shelf, gathered, correcting=True)
    reasons = {finding.code: attempt.note for finding in findings if finding.severity is Severity.OVERRIDE}
    overridden = refuse_unless_overridden(findings, reasons)

    entries = (*back, *entries_of(shelf, gathered, by=by))
    decided = Decided(
        replace(gathered, facts=facts, attempt=attempt), _once_each(overridden), reasons, old, _still_due(old), entries
    )
    row = write_all([decided], by=by)[0]

    announce(scene, [(order, old.due_at)])
    tell_drawn(scene.site.pk, entries)
    return row


def _happened(finding: Finding) -> Finding:
    if finding.severity is Severity.STOP and finding.code in HAPPENED:
        return override(finding.code, finding.message, **finding.detail)
    return finding


def _once_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple({finding.code: finding for finding in findings}.values())


def _still_due(old: Administration) -> datetime | None:
    """When the dose was to be looked at, where nobody has looked yet: the correction takes that on."""
    waiting = Reassessment.objects.filter(administration=old, results=None).first()
    return None if waiting is None else waiting.due_at


def _or(new: str | None, old: str) -> str:
    return old if new is None else new
