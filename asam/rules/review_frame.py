"""Which outcome do the ratings support, and what does each outcome need? The engine proposes, a person decides.

This is program policy, not the criteria's text. Levels are compared in the lattice: 'lower' is never a smaller number.
Source: facts/levels-of-care.md 5.1 and 5.3.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from asam.rules.levels import LEVELS, compare
from audit.rules.findings import Finding, stop

LONGEST = 4_000  # characters of each part
LONGEST_PROGRESS = 1_000  # of a dimension

CONTINUE, STEP_DOWN, STEP_UP, DIFFERENT, DISCHARGE = "continue", "step_down", "step_up", "different", "discharge"
SUPPORTS: Mapping[str, frozenset[str]] = {
    "same": frozenset({CONTINUE}),
    "lower": frozenset({STEP_DOWN, DISCHARGE}),
    "higher": frozenset({STEP_UP}),
    "different": frozenset({DIFFERENT}),
    "": frozenset(),
}
ORDER_OF = {STEP_DOWN: "lower", STEP_UP: "higher", DIFFERENT: "different"}


class Condition(StrEnum):
    """What holds. Several may; each belongs to one outcome, or ('') may stand beside any but never alone."""

    outcome: str
    label: str

    def __new__(cls, code: str, outcome: str = "", label: str = "") -> "Condition":
        """A member that is its code, with its outcome and its words."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.outcome, member.label = outcome, label
        return member

    PROGRESSING = (
        "progressing",
        CONTINUE,
        "Progressing, the goals of this level are not met yet, and the ratings still ask for it",
    )
    NOT_YET = "not_yet", CONTINUE, "Not yet progressing, but able to and working on it, and the plan was changed"
    NEW_HERE = "new_here", CONTINUE, "A new problem that this level can treat"
    GOALS_MET = "goals_met", STEP_DOWN, "The goals of this level are met, and the ratings ask for less"
    WORSE = "worse", STEP_UP, "Worse than before"
    NEW_BEYOND = "new_beyond", STEP_UP, "A new problem that this level cannot treat safely"
    NO_PROGRESS = "no_progress", DIFFERENT, "No progress, although the plan was changed"
    NO_CAPACITY = "no_capacity", DIFFERENT, "Cannot make use of this kind of treatment"
    COMPLETE = "complete", DISCHARGE, "Goals met, with a plan for continuing care"
    LEAVES = "leaves", DISCHARGE, "The client leaves"
    ADMINISTRATIVE = "administrative", DISCHARGE, "Administrative"
    LENGTH = "length", "", "The planned length of stay is reached"
    MOTIVATION = "motivation", "", "Little motivation at present"


@dataclass(frozen=True)
class Rests:
    """The ratings a review rests on: what they came to, seen from the level (``order``); ``whole`` where nothing that counts is
    unrated; ``drivers`` are the numbers of the dimensions that decide. ``stale`` says why they are taken anew first ('': fresh)."""

    recommended: str
    order: str
    whole: bool
    drivers: tuple[int, ...] = ()
    stale: str = ""

    @property
    def supports(self) -> frozenset[str]:
        """The outcomes these ratings support. Ratings that are not whole are a lower bound: they can only ask for more."""
        if not self.whole and self.order != "higher":
            return frozenset()
        return SUPPORTS[self.order]


@dataclass(frozen=True)
class Written:
    """A review as it was written. ``progress`` is by the number of a dimension."""

    outcome: str
    conditions: tuple[str, ...]
    why: str
    plan_change: str = ""
    against: str = ""
    to_level: str = ""
    next_on: date | None = None
    progress: Mapping[int, str] | None = None


def check_review(
    written: Written, *, level: str, rests: Rests | None, today: date, longest: int | None
) -> list[Finding]:
    """What stands against this review; empty where nothing does. ``longest`` is the most days to the next one (None: no rule)."""
    if written.outcome not in {CONTINUE, STEP_DOWN, STEP_UP, DIFFERENT, DISCHARGE}:
        return [
            stop(
                "asam.outcome_missing", "Choose what follows: continue, step down or up, another service, or discharge."
            )
        ]
    return [
        *_conditions(written),
        *_words(written),
        *_ratings(written, rests),
        *_target(written, level),
        *_next(written, today, longest),
    ]


def _conditions(written: Written) -> Iterator[Finding]:
    known = [Condition(code) for code in written.conditions if code in set(Condition)]
    if len(known) != len(written.conditions):
        yield stop("asam.condition_unknown", "There is no such condition: choose from the list.")
    elif any(each.outcome not in {"", written.outcome} for each in known):
        yield stop(
            "asam.condition_other", "A condition belongs to another outcome. Choose those under the outcome you chose."
        )
    elif not known:
        yield stop("asam.condition_missing", "Choose which condition holds: it is what the outcome rests on.")
    elif not any(each.outcome for each in known):
        if Condition.LENGTH in known:
            sentence = "A length of stay alone decides nothing: say what the ratings and the goals show, and choose that condition."
            yield stop("asam.length_alone", sentence)
        if Condition.MOTIVATION in known:
            sentence = "Little motivation alone decides nothing: it is a reason to change the plan. Choose the condition that holds."
            yield stop("asam.motivation_alone", sentence)


def _words(written: Written) -> Iterator[Finding]:
    less = written.outcome in {STEP_DOWN, DISCHARGE}
    if not written.why.strip():
        sentence = (
            "Say why a less intensive level is safe now." if less else "Say why a less intensive level would fail."
        )
        yield stop("asam.review_words", sentence)
    if Condition.NOT_YET in written.conditions and not written.plan_change.strip():
        yield stop("asam.plan_change", "Without progress yet, say what changed in the plan.")
    if Condition.NO_PROGRESS in written.conditions and not written.plan_change.strip():
        yield stop("asam.plan_change", "Say how the plan was changed before, without progress.")
    if Condition.COMPLETE in written.conditions and not written.plan_change.strip():
        yield stop("asam.plan_change", "A completed treatment has a plan for continuing care: write it.")
    if any(len(text) > LONGEST for text in (written.why, written.plan_change, written.against)):
        yield stop("asam.review_long", f"Each part has at most {LONGEST:,} characters. Write the rest as a note.")
    if any(len(text) > LONGEST_PROGRESS for text in (written.progress or {}).values()):
        yield stop("asam.review_long", f"A dimension has at most {LONGEST_PROGRESS:,} characters of progress.")


def _ratings(written: Written, rests: Rests | None) -> Iterator[Finding]:
    if rests is None:
        if written.outcome != DISCHARGE:
            yield stop("asam.never_rated", "Nobody has rated this client in this episode yet. Rate first, then review.")
        return
    if rests.stale and written.outcome != DISCHARGE:
        yield stop("asam.ratings_stale", rests.stale)
    for number in rests.drivers:
        if written.outcome != DISCHARGE and not (written.progress or {}).get(number, "").strip():
            sentence = f"The result rests on dimension {number}: say how it goes there."
            yield stop("asam.progress_missing", sentence, dimension=number)
    if written.outcome not in rests.supports and written.outcome != DISCHARGE and not written.against.strip():
        yield stop(
            "asam.against_ratings", f"{_against(rests)} Choose that, or say why not.", recommended=rests.recommended
        )


def _against(rests: Rests) -> str:
    if not rests.order:
        return "The level has not been read in the 4th edition, so nothing can be compared with it."
    if not rests.whole and rests.order != "higher":
        return "The ratings are not whole, so they support no outcome yet."
    means = {"same": "this level", "lower": "less", "higher": "more", "different": "a different service"}[rests.order]
    return f"The ratings come to {rests.recommended}: they support {means}."


def _target(written: Written, level: str) -> Iterator[Finding]:
    order = ORDER_OF.get(written.outcome)
    if order is None:
        if written.to_level:
            yield stop("asam.no_target", "Only a step names another level. Leave the level empty.")
        return
    if written.to_level not in LEVELS:
        yield stop("asam.target_missing", "Choose the level that is meant.")
    elif level in LEVELS and compare(written.to_level, level) != order:
        there = compare(written.to_level, level)
        said = {"same": "the same level", "different": "neither above nor below"}.get(there, there)
        yield stop(
            "asam.target_other",
            f"Seen from {level}, {written.to_level} is {said}. Choose the outcome or the level anew.",
        )


def _next(written: Written, today: date, longest: int | None) -> Iterator[Finding]:
    if written.outcome != CONTINUE:
        return
    if written.next_on is None:
        yield stop("asam.next_missing", "Say on which day the level is looked at next.")
    elif written.next_on <= today:
        yield stop("asam.next_past", "The next review is on a day after today.")
    elif longest is not None and written.next_on > today + timedelta(days=longest):
        last = today + timedelta(days=longest)
        yield stop("asam.next_late", f"{level_days(longest)} here: choose a day until {last:%-d %b}.")


def level_days(longest: int) -> str:
    """'This level is looked at every 7 days'."""
    return f"This level is looked at every {longest} days" if longest != 1 else "This level is looked at every day"
