"""As-needed limits: by ingredient over all orders, in a rolling 24 hours (emar-safety rules 13 and 14).

Late entries put a dose before others, so every limit is checked towards later doses too.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from audit.rules.findings import Finding, override, stop
from emar.rules.administration.facts import (
    DEFAULT,
    AdministrationPolicy,
    AttemptFacts,
    DoseFacts,
    PrnLimits,
    RecentDose,
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
) -> datetime | None:
    """Return the first instant at or after ``after`` at which that amount may be given; None when it never may.

    The instant (UTC) is ``after`` itself or a gap, or 24 hours, after one of the recent doses.
    """
    recent = tuple(dose._replace(given_at=as_utc(dose.given_at, "recent")) for dose in recent)
    after = as_utc(after, "after")
    gap = limits.min_gap - policy.prn_grace
    later = {moment for dose in recent for moment in (dose.given_at + gap, dose.given_at + ROLLING) if moment > after}
    for moment in (after, *sorted(later)):
        if too_close(recent, moment, gap) is None and not over_maximum(limits, recent, moment, amount):
            return moment
    return None


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
        if len(held) > limits.max_doses:
            return True
        if limits.max_amount is not None and sum(held) > limits.max_amount:
            return True
    return False


def prn_findings(
    dose: DoseFacts, limits: PrnLimits, attempt: AttemptFacts, amount: Decimal, policy: AdministrationPolicy
) -> list[Finding]:
    """Return what the limits say about giving ``amount`` at the attempt's time."""
    found: list[Finding] = []
    free = next_allowed(limits, dose.recent, amount=amount, after=attempt.given_at, policy=policy)
    when = "" if free is None else f" The next is allowed at {say_clock(free, dose.tz, attempt.given_at)}."
    near = too_close(dose.recent, attempt.given_at, limits.min_gap - policy.prn_grace)
    if near is not None:
        at = say_clock(near.given_at, dose.tz, attempt.given_at)
        message = (
            f"{sentence_case(dose.ingredient)} was given at {at} and must be {say_gap(limits.min_gap)} apart.{when}"
            " To give it sooner, speak to the prescriber and say why."
        )
        found.append(override("prn.too_soon", message, given_at=near.given_at, next_at=free, ask="prescriber"))
    if over_maximum(limits, dose.recent, attempt.given_at, amount):
        most = f"{limits.max_doses} doses"
        if limits.max_amount is not None:
            most += f" or {say_amount(limits.max_amount, dose.unit)}"
        message = f"This would pass the most {dose.ingredient} in 24 h: {most}, all orders together.{when}"
        found.append(stop("prn.over_maximum", message, next_at=free))
    return found
