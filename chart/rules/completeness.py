"""Is a chart complete? Every check that was due, and what share of them is in order. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What a check found. ``NOT_YET``: it is not due, and counts for nothing."""

    DONE = "done"
    DONE_LATE = "done_late"
    MISSING = "missing"
    OVERDUE = "overdue"
    UNSIGNED = "unsigned"
    NOT_YET = "not_yet"

    @property
    def label(self) -> str:
        """In words."""
        return _SAID[self][0]

    @property
    def tone(self) -> str:
        """One of the look's words, or ''."""
        return _SAID[self][1]


_SAID = {
    State.DONE: ("in order", "free"), State.DONE_LATE: ("done late", "caution"), State.MISSING: ("missing", "stop"),
    State.OVERDUE: ("overdue", "late"), State.UNSIGNED: ("not signed", "late"), State.NOT_YET: ("not due yet", ""),
}  # fmt: skip
GOOD = frozenset({State.DONE, State.DONE_LATE})
WRONG = (State.MISSING, State.OVERDUE, State.UNSIGNED)


@dataclass(frozen=True)
class Check:
    """One thing a surveyor looks for: what, how it stands in words, what rule asks for it and where it is written, where it is done."""

    label: str
    state: State
    words: str
    rule: str = ""
    source: str = ""
    url: str = ""


@dataclass(frozen=True)
class Sums:
    """What checks come to. ``percent``: of those that were due, how many are in order; rounded down, so that 100 is all of them."""

    due: int
    good: int
    late: int
    missing: int
    overdue: int
    unsigned: int

    @property
    def percent(self) -> int:
        """100 where nothing was due."""
        return 100 if not self.due else self.good * 100 // self.due

    @property
    def wrong(self) -> int:
        """How many are not in order."""
        return self.due - self.good


def sums(checks: Iterable[Check]) -> Sums:
    """What these come to."""
    by = Counter(check.state for check in checks)
    return Sums(
        sum(count for state, count in by.items() if state is not State.NOT_YET), sum(by[state] for state in GOOD), by[State.DONE_LATE],
        by[State.MISSING], by[State.OVERDUE], by[State.UNSIGNED],
    )  # fmt: skip


def worst_first(checks: Sequence[Check]) -> list[Check]:
    """What is wrong before what is in order before what is not due."""
    order = [*WRONG, State.DONE_LATE, State.DONE, State.NOT_YET]
    return sorted(checks, key=lambda check: order.index(check.state))
