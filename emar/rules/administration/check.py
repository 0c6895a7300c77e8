"""May this be charted? Right person, order, medication, route, amount and time; once; with its reason."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TypeGuard

from audit.rules.findings import Finding, override, stop, worst_first
from emar.rules.administration.asks import asked_findings
from emar.rules.administration.facts import (
    DEFAULT,
    AdministrationPolicy,
    AttemptFacts,
    DoseFacts,
    Identifier,
    OrderState,
    Whereabouts,
    in_utc,
)
from emar.rules.administration.measured import measured_findings
from emar.rules.administration.outcomes import OTHER, REASONS, TAKEN, Outcome
from emar.rules.administration.prn import prn_findings, scheduled_findings, too_close
from emar.rules.administration.sites import site_findings
from emar.rules.administration.words import say_amount, say_clock, sentence_case
from emar.rules.windows import Timing, minutes_off, timing


def check(dose: DoseFacts, attempt: AttemptFacts, policy: AdministrationPolicy = DEFAULT) -> list[Finding]:
    """Return everything that stands against charting the attempt for the dose, worst first; empty when nothing does.

    A time without a zone, another client's dose and a dose charted already are each said alone: the rest would be
    beside the point, or another person's business. Never raises for what a person entered.
    """
    first = _before_all(dose, attempt)
    if first is not None:
        return [first]
    dose, attempt = in_utc(dose, attempt)
    taken = attempt.outcome in TAKEN
    found = [*_order(dose, attempt), *_clock(dose, attempt, policy), *_reason(attempt)]
    found += measured_findings(dose, attempt, policy, taken=taken)
    if taken:
        found += [*_person(dose, attempt, policy), *_what(dose, attempt), *_amount(dose, attempt, policy)]
        found += [*site_findings(dose, attempt), *asked_findings(dose, attempt), *_spacing(dose, attempt, policy)]
    elif attempt.amount:
        words = f"A dose charted as {attempt.outcome.label.lower()} has no amount. Leave the amount out."
        found.append(stop("dose.amount", words))
    return list(worst_first(found))


def _before_all(dose: DoseFacts, attempt: AttemptFacts) -> Finding | None:
    times = (attempt.given_at, attempt.at, *(each.taken_at for each in attempt.measures))
    if any(time.utcoffset() is None for time in times):
        return stop("dose.no_zone", "The time came without a time zone. Send it with one, such as 08:00-05:00.")
    if attempt.client != dose.client:
        return stop(
            "dose.wrong_client", "This dose is for another client. Check who is in front of you, then scan again."
        )
    done = dose.existing
    if done is None:
        return None
    at = say_clock(done.at, dose.tz, dose.due_at or attempt.at)
    message = f"{_name(dose)} was already charted {done.outcome.past} at {at} by {done.by}."
    return stop("dose.already_charted", message, outcome=done.outcome, at=done.at, by=done.by)


def _order(dose: DoseFacts, attempt: AttemptFacts) -> Iterator[Finding]:
    """The order and the client's place. What happened before a hold, a stop or a leave may still be charted."""
    taken = attempt.outcome in TAKEN
    if not dose.mode.on_pass:
        words = f"{dose.medication} is {dose.mode.label.lower()}: it is not charted dose by dose."
        yield stop("dose.not_on_pass", words)
    if dose.begins is not None and attempt.given_at < dose.begins:
        begins = say_clock(dose.begins, dose.tz, attempt.at)
        yield stop(
            "dose.order_not_begun", f"The order for {dose.medication} begins at {begins}. Do not give it before."
        )
    if dose.due_at is None and not dose.on_schedule:
        yield stop("dose.not_due", f"{dose.medication} is given at set times. Choose the dose from the pass.")
    elif dose.due_at is not None and not dose.on_schedule:
        at = say_clock(dose.due_at, dose.tz, attempt.at)
        yield stop("dose.not_due", f"{dose.medication} is not due at {at}. Reload the pass and choose a dose from it.")
    if dose.order_since is None or attempt.given_at >= dose.order_since:
        since = "" if dose.order_since is None else f" since {say_clock(dose.order_since, dose.tz, attempt.at)}"
        if dose.order_state is OrderState.STOPPED:
            yield stop("dose.order_stopped", f"The order for {dose.medication} is stopped{since}. Do not give it.")
        elif dose.order_state is OrderState.HELD and taken:
            words = f"The order for {dose.medication} is on hold{since}. Chart the dose as held, or ask the prescriber."
            yield stop("dose.order_held", words)
    if dose.whereabouts is Whereabouts.NOT_PLACED:
        yield stop("dose.not_placed", "The client was not in a program at that time. Check the placement or the time.")
    elif dose.whereabouts is Whereabouts.ON_LEAVE and taken:
        until = "" if dose.leave_until is None else f" until {say_clock(dose.leave_until, dose.tz, attempt.at)}"
        yield stop("dose.on_leave", f"On leave{until}. Record the return first, or chart the dose as absent.")


def _clock(dose: DoseFacts, attempt: AttemptFacts, policy: AdministrationPolicy) -> Iterator[Finding]:
    given = say_clock(attempt.given_at, dose.tz, attempt.at)
    behind = attempt.at - attempt.given_at
    if -behind > policy.clock_skew:
        now = say_clock(attempt.at, dose.tz)
        yield stop(
            "dose.future", f"{given} has not come yet: it is {now}. Check the tablet's clock or the time entered."
        )
    elif behind > policy.late_entry_after:
        minutes = minutes_off(attempt.given_at, attempt.at)
        yield override("dose.late_entry", f"{given} is {minutes} min ago. Say why it is entered late.", minutes=minutes)
    if dose.due_at is None or attempt.outcome not in TAKEN:
        return
    due, off = say_clock(dose.due_at, dose.tz, attempt.given_at), minutes_off(dose.due_at, attempt.given_at)
    if dose.due_at - attempt.given_at > policy.earliest:
        hours = int(policy.earliest.total_seconds() // 3600)
        words = f"{dose.medication} is due at {due}, more than {hours} h later. Choose the dose that is due now."
        yield stop("dose.too_early", words, minutes=off)
    elif timing(dose.due_at, attempt.given_at, dose.window) is not Timing.ON_TIME:
        how = f"{abs(off)} min {'early' if off < 0 else 'late'}"
        words = f"{dose.medication} was due at {due}: {given} is {how}. Say why."
        yield override("dose.outside_window", words, minutes=off)


def _reason(attempt: AttemptFacts) -> Iterator[Finding]:
    codes = {code for code, _ in REASONS.get(attempt.outcome, ())}
    if not codes:
        return
    if attempt.reason not in codes:
        words = f"Choose the reason this dose is charted as {attempt.outcome.label.lower()}."
        yield stop("dose.reason_needed", words)
    elif attempt.reason == OTHER and not attempt.note.strip():
        yield stop("dose.reason_needed", "Write in the note what the other reason is.")


def _person(dose: DoseFacts, attempt: AttemptFacts, policy: AdministrationPolicy) -> Iterator[Finding]:
    shown = {Identifier(name) for name in attempt.identifiers if name in set(Identifier)}
    if sum(identifier.weight for identifier in shown) < policy.identifiers_needed:
        yield stop(
            "dose.not_verified", "Check two identifiers first: scan the wristband, or photo with name or birth date."
        )
    if dose.allergies:
        listed = ", ".join(dose.allergies)
        words = f"Allergy on the chart: {listed}. Ask the prescriber; to give it, say why it is safe."
        yield override("dose.allergy", words, allergies=dose.allergies)


def _what(dose: DoseFacts, attempt: AttemptFacts) -> Iterator[Finding]:
    if attempt.ingredient is not None and attempt.ingredient.casefold() != dose.ingredient.casefold():
        words = f"That is {attempt.ingredient}; the order is for {dose.medication}. Put it back and scan the right one."
        yield stop("dose.wrong_medication", words)
    elif attempt.product is not None:
        ordered = say_amount(dose.amount, dose.unit)
        words = (
            f"That is {attempt.product}; {dose.medication} {ordered} is ordered. Say how many of it make up the dose."
        )
        yield override("dose.other_product", words)
    if attempt.route is not None and attempt.route.casefold() != dose.route.casefold():
        words = f"The order is for {dose.route}, not {attempt.route}. Give it as ordered, or ask for a new order."
        yield stop("dose.wrong_route", words)


def _amount(dose: DoseFacts, attempt: AttemptFacts, policy: AdministrationPolicy) -> Iterator[Finding]:
    amount = attempt.amount
    if not _real(amount):
        yield stop("dose.amount", "Enter the amount taken: a number of more than zero.")
        return
    if attempt.unit != dose.unit:
        words = f"The order is in {dose.unit}, not {attempt.unit or 'a missing unit'}. Enter the amount in {dose.unit}."
        yield stop("dose.unit", words)
        return
    told, ordered = say_amount(amount, dose.unit), say_amount(dose.amount, dose.unit)
    if amount > dose.most * policy.tolerance:
        most = say_amount(dose.most, dose.unit)
        yield stop("dose.amount", f"{told} is more than the {most} ordered. Check the amount, or ask the prescriber.")
    elif attempt.outcome is Outcome.GIVEN and amount < dose.amount:
        yield stop("dose.amount", f"{told} is less than the {ordered} ordered. Chart it as part given.")
    elif attempt.outcome is Outcome.PARTIAL and amount >= dose.amount:
        yield stop("dose.amount", f"{told} is the whole dose of {ordered}. Chart it as given.")


def _spacing(dose: DoseFacts, attempt: AttemptFacts, policy: AdministrationPolicy) -> Iterator[Finding]:
    """Too near to another dose of the ingredient: as-needed limits, the order's own interval, another order."""
    if dose.prn is not None:
        amount = attempt.amount if _real(attempt.amount) and attempt.unit == dose.unit else dose.amount
        yield from prn_findings(dose, dose.prn, attempt, amount, policy)
        return
    yield from scheduled_findings(dose, attempt)
    if dose.interval is not None:
        least = dose.interval * policy.interval_percent // 100
        near = too_close([recent for recent in dose.recent if recent.same_order], attempt.given_at, least)
        if near is not None:
            free = say_clock(near.given_at + least, dose.tz, attempt.given_at)
            words = f"{dose.medication} was given at {_said(near.given_at, dose, attempt)}. Wait until {free}."
            yield stop("dose.too_soon", words, given_at=near.given_at, next_at=near.given_at + least)
    others = [recent for recent in dose.recent if not recent.same_order]
    near = too_close(others, attempt.given_at, policy.same_ingredient)
    if near is not None:
        at, name = _said(near.given_at, dose, attempt), sentence_case(near.shares or dose.ingredient)
        words = f"{name} was given at {at} under another order. Say why both are right."
        yield override("dose.given_lately", words, given_at=near.given_at)


def _name(dose: DoseFacts) -> str:
    return dose.medication if dose.due_at is None else f"{dose.medication} {say_clock(dose.due_at, dose.tz)}"


def _said(moment: datetime, dose: DoseFacts, attempt: AttemptFacts) -> str:
    return say_clock(moment, dose.tz, attempt.given_at)


def _real(amount: Decimal | None) -> TypeGuard[Decimal]:
    """Whether this is an amount that can be taken: finite and more than zero."""
    return amount is not None and amount.is_finite() and amount > 0
