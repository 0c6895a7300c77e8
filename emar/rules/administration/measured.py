"""Vital signs and scores that a dose is held on: there, fresh and on the right side of the limit (emar-safety rule 25)."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from audit.rules.findings import Finding, override, stop
from emar.rules.administration.facts import AdministrationPolicy, AttemptFacts, DoseFacts, Measured
from emar.rules.administration.words import plain_number, say_clock
from emar.rules.orders.limits import HoldLimit

MINUTE = timedelta(minutes=1)


def measured_findings(
    dose: DoseFacts, attempt: AttemptFacts, policy: AdministrationPolicy, *, taken: bool
) -> Iterator[Finding]:
    """Values that cannot be meant, whatever the outcome; for a dose that is taken, what its hold limits say."""
    wrong = list(_wrong(dose, attempt, policy))
    yield from wrong
    if wrong or not taken or not dose.limits:
        return
    newest = {each.measure: each for each in sorted(attempt.measures, key=lambda each: each.taken_at)}
    strict: list[str] = []
    soft: list[str] = []
    for limit in dose.limits:
        value = newest.get(limit.measure)
        if value is None:
            name = _name(limit)
            yield stop("dose.measure_needed", f"Measure {name} first: {limit.words.lower()}.", measure=limit.measure)
        elif attempt.given_at - value.taken_at > limit.fresh_minutes * MINUTE:
            when = say_clock(value.taken_at, dose.tz, attempt.given_at)
            words = f"{limit.measure.label} {plain_number(value.value)} is from {when}"
            yield stop("dose.measure_stale", f"{words}, more than {limit.fresh_minutes} min before. Measure again.")
        elif limit.holds(value.value):
            (strict if limit.strict else soft).append(_outside(limit, value))
    if strict:
        yield stop("dose.outside_limit", f"{_listed(strict)}. Hold the dose and tell the prescriber.", ask="hold")
    if soft:
        yield override("dose.outside_limit", f"{_listed(soft)}: hold, or say why.", ask="hold")


def _wrong(dose: DoseFacts, attempt: AttemptFacts, policy: AdministrationPolicy) -> Iterator[Finding]:
    for each in attempt.measures:
        label, (least, most) = each.measure.label, each.measure.span
        if not each.value.is_finite() or not least <= each.value <= most:
            yield stop("dose.measure_wrong", f"{label} is a number from {least} to {most}. Enter it again.")
        elif each.taken_at - attempt.given_at > policy.clock_skew:
            when, given = (say_clock(moment, dose.tz, attempt.at) for moment in (each.taken_at, attempt.given_at))
            words = f"{label} was measured at {when}, after the dose at {given}. Check the times."
            yield stop("dose.measure_wrong", words)


def _outside(limit: HoldLimit, value: Measured) -> str:
    return f"{limit.measure.label} {plain_number(value.value)} is {limit.comparison.label} {plain_number(limit.value)}"


def _listed(parts: Iterable[str]) -> str:
    return " and ".join(part if not place else part[:1].lower() + part[1:] for place, part in enumerate(parts))


def _name(limit: HoldLimit) -> str:
    label = limit.measure.label
    return label if label.isupper() or "-" in label else f"the {label.lower()}"
