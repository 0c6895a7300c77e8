"""As-needed limits: by ingredient over all orders, in a rolling 24 hours (emar-safety rules 13 and 14).

Late entries put a dose before others, so every limit is checked towards later doses too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from audit.rules.findings import Finding, override, stop
from emar.rules.administration.facts import (
    DEFAULT,
    AdministrationPolicy,
    AttemptFacts,
    Ceiling,
    DoseFacts,
    PrnLimits,
    RecentDose,
    recent_in_utc,
)
from emar.rules.administration.words import say_amount, say_clock, sentence_case
from emar.rules.schedule import say_gap
from emar.rules.schedule.due import as_utc

ROLLING = timedelta(hours=24)


def next_allowed(
    limits: PrnLimits,
    recent: Iterable[RecentDose],
    *,
    amount: Decimal,
    after: datetime,
    policy: AdministrationPolicy = DEFAULT,
    ceilings: Iterable[Ceiling] = (),
) -> datetime | None:
    """Return the first instant at or after ``after`` at which that amount may be given; None when it never may.

    The instant (UTC) is ``after`` itself or a gap, or 24 hours, after one of the recent doses. ``ceilings`` are the most of
    each ingredient in 24 hours, counted over all orders.
    """
    own = tuple(dose for dose in recent_in_utc(recent) if not dose.shares)
    also = tuple(replace(each, recent=recent_in_utc(each.recent)) for each in ceilings)
    after = as_utc(after, "after")
    gap = limits.min_gap - policy.prn_grace
    later = {moment for dose in own for moment in (dose.given_at + gap, dose.given_at + ROLLING) if moment > after}
    later |= {dose.given_at + ROLLING for each in also for dose in each.recent if dose.given_at + ROLLING > after}
    for moment in (after, *sorted(later)):
        if (
            too_close(own, moment, gap) is None
            and not over_maximum(limits, own, moment, amount)
            and not any(over_ceiling(each, moment) for each in also)
        ):
            return moment
    return None


def over_ceiling(ceiling: Ceiling, at: datetime) -> bool:
    """Whether the dose at ``at`` passes the most of an ingredient in 24 hours; what cannot be told counts as nothing."""
    return over_maximum(ceiling.limits, ceiling.recent, at, ceiling.amount or Decimal(0))


def too_close(recent: Iterable[RecentDose], at: datetime, gap: timedelta) -> RecentDose | None:
    """Return the dose nearest to ``at`` when it lies less than the gap away, before or after; else None."""
    nearest = min(recent, key=lambda dose: abs(dose.given_at - at), default=None)
    return nearest if nearest is not None and abs(nearest.given_at - at) < gap else None


def over_maximum(limits: PrnLimits, recent: Sequence[RecentDose], at: datetime, amount: Decimal) -> bool:
    """Whether one more dose at ``at`` makes any 24 hours that hold it exceed the maximum.

    Doses exactly 24 hours apart never share a day: a stretch runs from just after one instant to the same a day later.
    """
    taken = [*recent, RecentDose(at, amount)]
    for end in {dose.given_at for dose in taken if at <= dose.given_at < at + ROLLING}:
        held = [dose.amount for dose in taken if end - ROLLING < dose.given_at <= end]
        if limits.max_doses is not None and len(held) > limits.max_doses:
            return True
        if limits.max_amount is not None and sum(held) > limits.max_amount:
            return True
    return False


def prn_findings(
    dose: DoseFacts, limits: PrnLimits, attempt: AttemptFacts, amount: Decimal, policy: AdministrationPolicy
) -> list[Finding]:
    """Return what the limits say about giving ``amount`` at the attempt's time.

    The gap and the number of doses are of the order's main ingredient, the amounts of every ingredient.
    """
    found: list[Finding] = []
    own = [each for each in dose.recent if not each.shares]
    free = next_allowed(limits, own, amount=amount, after=attempt.given_at, policy=policy, ceilings=dose.ceilings)
    when = "" if free is None else f" The next is allowed at {say_clock(free, dose.tz, attempt.given_at)}."
    near = too_close(own, attempt.given_at, limits.min_gap - policy.prn_grace)
    if near is not None:
        at = say_clock(near.given_at, dose.tz, attempt.given_at)
        message = (
            f"{sentence_case(dose.ingredient)} was given at {at} and must be {say_gap(limits.min_gap)} apart.{when}"
            " To give it sooner, speak to the prescriber and say why."
        )
        found.append(override("prn.too_soon", message, given_at=near.given_at, next_at=free, ask="prescriber"))
    if over_maximum(limits, own, attempt.given_at, amount):
        most = f"{limits.max_doses} doses"
        if limits.max_amount is not None:
            most += f" or {say_amount(limits.max_amount, dose.unit)}"
        message = f"This would pass the most {dose.ingredient} in 24 h: {most}, all orders together.{when}"
        found.append(_over(message, attempt, policy, free))
    for ceiling in _passed(dose, attempt):
        found.append(_over(f"{_too_much(ceiling)}{when}", attempt, policy, free))
    return found + uncounted(dose, attempt)


def _over(message: str, attempt: AttemptFacts, policy: AdministrationPolicy, free: datetime | None) -> Finding:
    """Over the maximum. A dose that is about to be given is refused; one that was given is a fact, and is written down as one."""
    if attempt.at - attempt.given_at <= policy.late_entry_after:
        return stop("prn.over_maximum", message, next_at=free)
    happened = " If it was given all the same, tell the prescriber now, name them here, and say what happened."
    return override("prn.over_maximum", f"{message}{happened}", next_at=free, ask="prescriber")


def scheduled_findings(dose: DoseFacts, attempt: AttemptFacts) -> list[Finding]:
    """Return what the maximums of the client's other orders say about a scheduled dose: a prescriber decides."""
    return [
        override(
            "dose.over_maximum",
            f"{_too_much(ceiling)} Speak to the prescriber; to give it, say why.",
            ask="prescriber",
            ingredient=ceiling.ingredient,
        )
        for ceiling in _passed(dose, attempt)
    ][:1]


def uncounted(dose: DoseFacts, attempt: AttemptFacts) -> list[Finding]:
    """Return the one finding that says of which ingredient it cannot be told how much was taken."""
    for ceiling in dose.ceilings:
        near = [each for each in ceiling.recent if abs(each.given_at - attempt.given_at) < ROLLING]
        if ceiling.amount is not None and all(each.counted for each in near):
            continue
        words = (
            f"The formulary does not say how much {ceiling.ingredient} is in every dose of the last 24 h. Count it yourself"
            f" (the most is {say_amount(ceiling.most, ceiling.unit)}), then say what you found."
        )
        return [override("prn.uncounted", words, ingredient=ceiling.ingredient)]
    return []


def _passed(dose: DoseFacts, attempt: AttemptFacts) -> list[Ceiling]:
    return [ceiling for ceiling in dose.ceilings if over_ceiling(ceiling, attempt.given_at)]


def _too_much(ceiling: Ceiling) -> str:
    most = say_amount(ceiling.most, ceiling.unit)
    return f"This would pass the most {ceiling.ingredient} in 24 h: {most}, all orders together."
