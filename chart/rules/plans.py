"""A plan before it is signed: what is missing, and how far an objective has come. Only what is open is passed in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation

from audit.rules.findings import Finding, override, stop

LONGEST_LINE = 2000  # characters
MOST = 1_000_000
FARTHEST = timedelta(days=3 * 366)
"""How far ahead a by-date may lie. House proposal: nobody plans an objective for longer than an episode lasts."""


@dataclass(frozen=True)
class InterventionFacts:
    """What is done, how often; ``owned`` where a person or a role does it."""

    words: str
    frequency: str
    owned: bool


@dataclass(frozen=True)
class ObjectiveFacts:
    """An objective as typed. ``measure``: scale, count, words or ''; ``scale`` its name and ``top`` its highest total, where it
    is measured by one that is known here."""

    number: str
    words: str
    measure: str
    baseline: str
    target: str
    by_date: date | None
    interventions: tuple[InterventionFacts, ...] = ()
    scale: str = ""
    top: int | None = None
    unit: str = ""


@dataclass(frozen=True)
class GoalFacts:
    """A goal and its open objectives; ``number`` as the page shows it ('2': of problem 2)."""

    number: str
    words: str
    objectives: tuple[ObjectiveFacts, ...] = ()


@dataclass(frozen=True)
class ProblemFacts:
    """A problem and its open goals."""

    number: str
    words: str
    goals: tuple[GoalFacts, ...] = ()


@dataclass(frozen=True)
class PlanFacts:
    """A draft: what the client wants, its open problems, and when it is looked at again (the site's date)."""

    wish: str
    problems: tuple[ProblemFacts, ...]
    review_on: date | None


def gaps(plan: PlanFacts, today: date) -> list[Finding]:
    """What is missing before a plan is signed; ``today`` is the site's date. What may stay open is asked why.

    Source: Medicare's individualized plan (42 CFR 410.43(b)(2), 410.44) asks for type, amount, frequency and duration of services
    and for goals; a measurable target and a date are what surveyors look for (docs/plans.md).
    """
    found: list[Finding] = []
    if not plan.problems:
        found.append(stop("plan.empty", "The plan names no problem. Add the first one, with a goal and an objective."))
    if not plan.wish.strip():
        words = "What the client wants stands nowhere. Ask them and write their own words, or say why not."
        found.append(override("plan.no_wish", words))
    for problem in plan.problems:
        found += _problem(problem, today)
    if plan.review_on is None:
        found.append(stop("plan.no_review", "Say on which day the plan is looked at again."))
    elif plan.review_on <= today:
        found.append(stop("plan.review_past", "The review lies in the past or today. Choose a later day for it."))
    return found


def number_in(typed: str) -> Decimal | None:
    """The number that was typed ('12', '2.5', '-1'); None where it is none."""
    try:
        found = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < MOST else None


def progress(baseline: str, target: str, now: Decimal | int) -> int | None:
    """How far a measure has come from baseline to target, as whole percent from 0 to 100; None where either is no number."""
    first, last = number_in(baseline), number_in(target)
    if first is None or last is None or first == last:
        return None
    share = (first - Decimal(now)) / (first - last) * 100
    return int(min(Decimal(100), max(Decimal(0), share)))


def quiet_days(worked: datetime | None, since: datetime, at: datetime, tz: tzinfo) -> int:
    """For how many days (the site's dates) nothing was done: since the last work, or since ``since`` where there was none."""
    last = max(worked, since) if worked is not None else since
    return (at.astimezone(tz).date() - last.astimezone(tz).date()).days


def _problem(problem: ProblemFacts, today: date) -> Iterator[Finding]:
    name = f"Problem {problem.number}"
    if not problem.words.strip():
        yield stop("plan.words", f"{name} has no words. Write what is in the way, or remove it.")
    if not problem.goals:
        words = f"{name} has no goal. Add where the client wants to get with it, or say why it waits."
        yield override("plan.problem_no_goal", words)
    for goal in problem.goals:
        if not goal.words.strip():
            yield stop("plan.words", f"A goal of problem {goal.number} has no words. Write it, or remove it.")
        if not goal.objectives:
            words = f"A goal of problem {goal.number} has no objective. Add a first step that can be measured, or say why it waits."
            yield override("plan.goal_no_objective", words)
        for objective in goal.objectives:
            yield from _objective(objective, today)


def _objective(objective: ObjectiveFacts, today: date) -> Iterator[Finding]:
    name = f"Objective {objective.number}"
    if not objective.words.strip():
        yield stop("plan.words", f"{name} has no words. Write the step, or remove it.")
    if not objective.measure or (objective.measure == "scale" and not objective.scale):
        yield stop(
            "plan.no_measure", f"{name} has no measure. Choose a scale, a count, or words that say what is seen."
        )
    if not objective.target.strip():
        yield stop("plan.no_target", f"{name} has no target. Write what it is to reach.")
    if not objective.baseline.strip():
        yield override("plan.no_baseline", f"{name} has no baseline. Write where it stands today, or say why not.")
    if objective.measure in ("scale", "count"):
        yield from _numbers(name, objective)
    if objective.by_date is None:
        yield stop("plan.no_by_date", f"{name} has no date. Say by when it is to be reached.")
    elif objective.by_date < today:
        yield stop("plan.by_date_past", f"{name} was to be reached in the past. Choose a later date, or close it.")
    elif objective.by_date - today > FARTHEST:
        yield stop("plan.by_date_far", f"{name} is dated more than three years ahead. Check the year.")
    if not objective.interventions:
        words = f"{name} has no intervention. Add what is done for it, or say why nothing is."
        yield override("plan.no_intervention", words)
    for each in objective.interventions:
        said = f"'{each.words.strip()[:40]}'" if each.words.strip() else "An intervention"
        if not each.words.strip():
            yield stop(
                "plan.words", f"An intervention of objective {objective.number} has no words. Write it, or remove it."
            )
        if not each.frequency.strip():
            yield stop("plan.no_frequency", f"{said} of objective {objective.number} says not how often. Write it.")
        if not each.owned:
            yield stop(
                "plan.no_owner", f"{said} of objective {objective.number} has no owner. Choose a person or a role."
            )


def _numbers(name: str, objective: ObjectiveFacts) -> Iterator[Finding]:
    """A scale and a count are reached at a number, within the scale, and not where they began."""
    by_scale = objective.measure == "scale" and objective.top is not None
    for label, typed in (("target", objective.target), ("baseline", objective.baseline)):
        if not typed.strip():
            continue
        value = number_in(typed)
        if value is None:
            asked = f"a number from 0 to {objective.top}" if by_scale else "a number"
            measured = objective.scale if by_scale else "a count"
            words = f"{name} is measured by {measured}, and '{typed.strip()[:30]}' is no {label} for it. Write {asked}."
            yield stop("plan.number", words)
        elif by_scale and objective.top is not None and not 0 <= value <= objective.top:
            words = f"{objective.scale} goes from 0 to {objective.top}. Write a {label} of {name.lower()} within it."
            yield stop("plan.number", words)
    first, last = number_in(objective.baseline), number_in(objective.target)
    if first is not None and first == last:
        yield stop("plan.same", f"The target of {name.lower()} is its baseline. Write what is to change.")
