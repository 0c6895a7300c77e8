"""The last two paragraphs that charting and correcting share: the row, its audit event, and what the pages are told."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from audit.rules.findings import Finding, Refused, stop
from audit.trail import record
from emar.actions.gather import Gathered
from emar.keys import live_keys
from emar.models import Administration
from emar.rules.administration import REASONS, AttemptFacts, Outcome, say_amount, say_clock
from emar.rules.windows import minutes_off
from live.actions import publish
from programs.topics import pass_topic
from staff.models import Person

PLACES = 3  # decimals the table keeps
LONGEST_NOTE = 300


def refuse_unwritable(outcome: Outcome, amount: Decimal | None, reason: str, note: str) -> None:
    """Refuse what the table would round, cut or not take: never written differently from what was entered."""
    exponent = amount.as_tuple().exponent if amount is not None else 0
    if isinstance(exponent, int) and exponent < -PLACES and amount != round(amount or Decimal(0), PLACES):
        raise Refused(stop("dose.amount", f"Enter the amount with at most {PLACES} decimals."))
    if len(note) > LONGEST_NOTE:
        raise Refused(
            stop(
                "dose.note",
                f"The note has {len(note)} characters; {LONGEST_NOTE} fit. Write the rest as a nursing note.",
            )
        )
    if "\x00" in note:
        raise Refused(stop("dose.note", "The note holds a character that cannot be kept. Type it again."))
    if reason and outcome not in REASONS:
        raise Refused(
            stop("dose.reason", f"A dose charted as {outcome.label.lower()} has no coded reason. Use the note.")
        )


def write(
    gathered: Gathered,
    attempt: AttemptFacts,
    *,
    by: Person,
    corrects: Administration | None = None,
    overridden: tuple[Finding, ...] = (),
    overrides: Mapping[str, str],
) -> Administration:
    """Write the administration and its audit event. A time a few minutes ahead (a tablet's clock) is written as now."""
    facts, order = gathered.facts, gathered.order
    given_at = min(attempt.given_at, attempt.at)
    row = Administration.objects.create(
        order=order,
        due_at=facts.due_at,
        outcome=attempt.outcome.value,
        amount=attempt.amount,
        unit=attempt.unit or "" if attempt.amount is not None else "",
        reason=attempt.reason or "",
        note=attempt.note,
        identifiers=list(attempt.identifiers),
        given_at=given_at,
        recorded_at=attempt.at,
        wall_clock=given_at.astimezone(facts.tz).isoformat(timespec="minutes"),
        minutes_off=None if facts.due_at is None else minutes_off(facts.due_at, given_at),
        by=by,
        corrects=corrects,
    )
    record(
        "emar.correct" if corrects else "emar.administer",
        by=by,
        at=attempt.at,
        subject=row,
        summary=_summary(gathered, attempt, given_at, corrected=corrects is not None),
        site_id=gathered.site.pk,
        client_id=order.client_id,
        detail={
            "order": order.pk,
            "due_at": facts.due_at and facts.due_at.isoformat(),
            "outcome": attempt.outcome.value,
        },
        overridden=overridden,
        reasons=overrides,
    )
    return row


def announce(gathered: Gathered) -> None:
    """Tell the pages of the client's unit; nobody watches where the client sleeps nowhere."""
    if gathered.unit_id is None:
        return
    order, due_at = gathered.order, gathered.facts.due_at
    keys = live_keys(
        unit_id=gathered.unit_id,
        client_id=order.client_id,
        order_id=order.pk,
        due_at=due_at,
        prn_orders=gathered.prn_orders,
    )
    publish({pass_topic(gathered.unit_id): keys})


def _summary(gathered: Gathered, attempt: AttemptFacts, given_at: datetime, *, corrected: bool) -> str:
    """'Thiamine 100 mg given 08:12, due 08:00'."""
    facts = gathered.facts
    dose = f"{facts.medication} {say_amount(facts.amount, facts.unit)}"
    due = "as needed" if facts.due_at is None else f"due {say_clock(facts.due_at, facts.tz, given_at)}"
    verb = "corrected to " if corrected else ""
    return f"{dose} {verb}{attempt.outcome.past} {say_clock(given_at, facts.tz, attempt.at)}, {due}"
