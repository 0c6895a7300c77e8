"""Correct what was charted: a new row that names the old one and says why. Both stay visible."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, Severity, refuse_unless_overridden, stop
from emar.actions.gather import gather, refuse_strange_times
from emar.actions.write import announce, refuse_unwritable, write
from emar.models import Administration
from emar.rules.administration import AttemptFacts, OrderState, Outcome, check
from staff.models import Person
from staff.rules.capabilities import Capability


def corrected_meanwhile(asked: Mapping[str, Any]) -> Finding:
    """What a second correction of the same row is told: who corrected it first."""
    newer = Administration.objects.select_related("by").filter(corrects=asked["administration_id"]).first()
    who = "someone" if newer is None else newer.by.signature
    return stop(
        "dose.corrected_already", f"This was already corrected by {who}. Reload the pass and look at that first."
    )


@action("emar.correct", explain={"emar_administration_corrects_id_key": corrected_meanwhile})
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
    key: UUID | None = None,
) -> Administration:
    """Replace what a row says by what is right; ``note`` says why and stands as the reason for every finding that asks for one.

    The time given is kept unless a new one is named. Raises Refused, NotAllowed and Administration.DoesNotExist.
    """
    refuse_strange_times(at, given_at)
    refuse_unwritable(outcome, amount, reason, note)
    old = Administration.objects.get(pk=administration_id)
    given = old.given_at if given_at is None else given_at
    gathered = gather(
        old.order_id, by=by, capability=Capability.GIVE_DOSES, at=at, due_at=old.due_at, given_at=min(given, at)
    )
    if Administration.objects.filter(corrects=old).exists():
        raise Refused(corrected_meanwhile({"administration_id": old.pk}))
    attempt = AttemptFacts(
        client=gathered.order.client_id,
        outcome=outcome,
        given_at=given,
        at=at,
        amount=amount,
        unit=unit,
        identifiers=tuple(old.identifiers),
        reason=reason or None,
        note=note.strip(),
    )

    if not attempt.note:
        raise Refused(
            stop("dose.correction_says_why", "Say why this is corrected: the first entry stays visible beside it.")
        )
    others = tuple(dose for dose in gathered.facts.recent if dose.given_at != old.given_at or not dose.same_order)
    facts = replace(gathered.facts, existing=None, recent=others, order_state=OrderState.ACTIVE)
    findings = check(facts, attempt)
    reasons = {finding.code: attempt.note for finding in findings if finding.severity is Severity.OVERRIDE}
    overridden = refuse_unless_overridden(findings, reasons)

    row = write(gathered, attempt, by=by, corrects=old, overridden=overridden, overrides=reasons)

    announce(gathered)
    return row
