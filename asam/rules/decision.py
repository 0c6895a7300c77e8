"""May this level be chosen, and when is it looked at again? The recommendation stays; the choice stands beside it.

Source: facts/levels-of-care.md 4.5 and 5.2.
"""

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from asam.rules.levels import LEVELS, UnknownLevel, covers
from audit.rules.findings import Finding, note, stop, worst_first


class Reason(StrEnum):
    """Why another level was chosen than the one recommended. Several may hold; some need a few words of text."""

    label: str
    text_required: bool

    def __new__(cls, code: str, label: str = "", text_required: bool = False) -> Self:
        """A member that is its code, with its neutral label beside it; ``Reason(code)`` looks one up."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        member.text_required = text_required
        return member

    NOT_OFFERED = "NOT_OFFERED", "Not offered around here"
    WAITLIST = "WAITLIST", "The wait is too long"
    DISTANCE = "DISTANCE", "Too far away"
    CLIN_JUDGMENT = "CLIN_JUDGMENT", "Clinical judgment", True
    PREFERENCE = "PREFERENCE", "The person prefers another level"
    FINANCIAL = "FINANCIAL", "Cost or coverage"
    CAREGIVING = "CAREGIVING", "Cares for family or others"
    EMPLOYMENT = "EMPLOYMENT", "Work stands in the way"
    LEGAL = "LEGAL", "Court order or other mandate"
    LANGUAGE = "LANGUAGE", "Not available in the person's language"
    ACCESS = "ACCESS", "Transport or mobility"
    NOT_ADMITTED = "NOT_ADMITTED", "The program would not admit", True
    INELIGIBLE = "INELIGIBLE", "Does not qualify for the program", True
    MOUD_DECLINED = "MOUD_DECLINED", "The person declined the medication"
    OTHER = "OTHER", "Another reason", True


class Consequence(StrEnum):
    """What is expected where the recommended level is not used. Several may hold. Source: facts/levels-of-care.md 4.5."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """A member that is its code, with its label beside it."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    SERIOUS_HARM = "SERIOUS_HARM", "Serious harm: overdose, violence, being hurt by others"
    LOSS = "LOSS", "A loss that unsettles: relationship, custody, housing, freedom"
    ACUTE_CARE = "ACUTE_CARE", "Admission to acute care"
    LONGER_ACUTE = "LONGER_ACUTE", "A longer stay in acute care"
    NEGATIVE = "NEGATIVE", "Harm that does not unsettle"
    LEAVES = "LEAVES", "Leaves without taking up care"
    OTHER = "OTHER", "Something else"


# Days until the next review, by family of level. Shipped defaults of ours, which each program may change and of which
# the tightest wins; no national cadence is public. Source: facts/levels-of-care.md 5.2, 'suggested shipped defaults'.
REVIEW_DAYS: Mapping[str, int] = MappingProxyType(
    {
        "1.0": 90,
        "1.5": 60,
        "1.7": 30,
        "2.1": 30,
        "2.5": 14,
        "2.7": 7,
        "3.1": 14,
        "3.5": 7,
        "3.7": 3,
        "4": 1,
    }
)


def review_due_days(level: str) -> int:
    """Calendar days from placement or last review until the next one, by default. Raises UnknownLevel."""
    if level not in LEVELS:
        raise UnknownLevel(f"There is no level of care '{level}'.")
    return REVIEW_DAYS[LEVELS[level].family]


def check_decision(
    *,
    recommended: str,
    recovery_residence: bool,
    selected: str,
    reasons: Collection[str],
    texts: Mapping[str, str],
    consequences: Collection[str],
    consequence_text: str,
    safety_strategy: str,
    supervisor_present: bool,
) -> list[Finding]:
    """What stands against choosing ``selected`` where ``recommended`` was proposed; empty when nothing does.

    ``recovery_residence`` is the recommendation's; ``texts`` maps a reason's code to the words given for it. Another
    level needs a reason; one that does not cover the recommendation also needs what is expected to come of it, a safety
    strategy and a supervisor's sign-off.
    All of these refuse: each is something to add, so there is nothing to override.
    """
    unknown = [level for level in (recommended, selected) if level not in LEVELS]
    if unknown:
        return [stop("asam.level_unknown", f"There is no level of care '{unknown[0]}': choose one of the list.")]
    findings = [
        *_reasons(reasons, texts), *_consequences(consequences, consequence_text),
        *_housing(recommended, recovery_residence, selected),
    ]  # fmt: skip
    facts = {"recommended": recommended, "selected": selected}
    if selected != recommended and not reasons:
        message = f"{selected} is not the recommended {recommended}: add at least one reason for the difference."
        findings.append(stop("asam.reason_missing", message, **facts))
    if not covers(selected, recommended):
        less = f"{selected} does not give everything that {recommended} would"
        if not consequences:
            message = f"{less}: add what is to be expected of that."
            findings.append(stop("asam.consequence_missing", message, **facts))
        if not safety_strategy.strip():
            message = f"{less}: add how the person is kept safe."
            findings.append(stop("asam.safety_strategy_missing", message, **facts))
        if not supervisor_present:
            findings.append(stop("asam.supervisor_missing", f"{less}: a supervisor has to sign as well.", **facts))
    return list(worst_first(findings))


def _reasons(reasons: Collection[str], texts: Mapping[str, str]) -> Iterator[Finding]:
    for code in reasons:
        reason = Reason.__members__.get(code)
        if reason is None:
            yield stop("asam.reason_unknown", f"There is no reason '{code}': choose one of the list.", reason=code)
        elif reason.text_required and not texts.get(code, "").strip():
            message = f"'{reason.label}' needs a few words: add what happened."
            yield stop("asam.reason_text_missing", message, reason=code)


def _consequences(consequences: Collection[str], words: str) -> Iterator[Finding]:
    for code in consequences:
        if code not in Consequence.__members__:
            yield stop("asam.consequence_unknown", f"There is no consequence '{code}': choose one of the list.")
        elif code == Consequence.OTHER and not words.strip():
            yield stop("asam.consequence_text_missing", "'Something else' needs a few words: add what is expected.")


def _housing(recommended: str, recovery_residence: bool, selected: str) -> Iterator[Finding]:
    """A residential level hides the need for housing, so the question comes back when an outpatient level is chosen."""
    if LEVELS[selected].setting > 2:
        return
    if recovery_residence:
        message = "A recovery residence is recommended: arrange one, or think again about a residential level."
        yield note("asam.residence_recommended", message)
    elif LEVELS[recommended].setting > 2:
        message = f"{recommended} would have given a place to live: ask whether a recovery residence is needed now."
        yield note("asam.residence_recheck", message)
