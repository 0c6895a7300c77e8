"""Chart what became of a dose, once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, refuse_unless_overridden, stop
from emar.actions.gather import charted, gather, refuse_strange_times
from emar.actions.write import announce, refuse_unwritable, write
from emar.models import Administration, Order
from emar.rules.administration import AttemptFacts, Outcome, check, say_clock
from programs import placed
from staff.models import Person
from staff.rules.capabilities import Capability

NOTHING: Mapping[str, str] = {}


def already_charted(asked: Mapping[str, Any]) -> Finding:
    """What a second charting of a dose is told, where only the database could stop it: who, when and what."""
    order = Order.objects.select_related("medication").get(pk=asked["order_id"])
    done, placement = charted(order.pk, asked["due_at"]), placed.last(order.episode_id, asked["at"])
    if done is None or placement is None:
        return stop("dose.already_charted", "This dose was already charted. Reload the pass.")
    tz = placement.program.site.tz
    message = (
        f"{order.medication.name} {say_clock(asked['due_at'], tz)} was already charted {done.outcome.past} "
        f"at {say_clock(done.at, tz, asked['due_at'])} by {done.by}."
    )
    return stop("dose.already_charted", message, outcome=done.outcome, at=done.at, by=done.by)


@action("emar.administer", explain={"emar_each_dose_once": already_charted})
def administer(
    *,
    by: Person,
    at: datetime,
    order_id: int,
    due_at: datetime | None,
    outcome: Outcome,
    client_id: int,
    identifiers: Iterable[str] = (),
    given_at: datetime | None = None,
    amount: Decimal | None = None,
    unit: str | None = None,
    reason: str = "",
    note: str = "",
    overrides: Mapping[str, str] = NOTHING,
    key: UUID | None = None,
) -> Administration:
    """Chart one dose: ``(order_id, due_at)``, or an as-needed dose where ``due_at`` is None.

    ``client_id`` is whose chart is open or whose wristband was scanned, ``given_at`` when it happened (now where left
    out), ``amount`` in ``unit`` what was taken (None for an outcome in which nothing was), ``overrides`` a reason for
    each finding that may be gone past. Raises Refused (dose.already_charted names who, when and what), NotAllowed and
    Order.DoesNotExist.
    """
    refuse_strange_times(at, due_at, given_at)
    refuse_unwritable(outcome, amount, reason, note)
    given = at if given_at is None else given_at
    gathered = gather(order_id, by=by, capability=Capability.GIVE_DOSES, at=at, due_at=due_at, given_at=min(given, at))
    attempt = AttemptFacts(
        client=client_id,
        outcome=outcome,
        given_at=given,
        at=at,
        amount=amount,
        unit=unit,
        identifiers=tuple(identifiers),
        reason=reason or None,
        note=note.strip(),
    )

    findings = check(gathered.facts, attempt)
    if due_at is None and not gathered.facts.on_schedule:
        findings = [_not_as_needed(gathered.facts.medication), *findings]
    overridden = refuse_unless_overridden(findings, overrides)

    row = write(gathered, attempt, by=by, overridden=overridden, overrides=overrides)

    announce(gathered)
    return row


def refused_as(refused: Refused) -> Finding | None:
    """The finding that says someone charted this dose before, where that is why."""
    return next((finding for finding in refused.findings if finding.code == "dose.already_charted"), None)


def _not_as_needed(medication: str) -> Finding:
    return stop("dose.not_due", f"{medication} is given at set times. Choose the dose from the pass.")
