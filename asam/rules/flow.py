"""Who stepped where between levels, how did they leave, and who came back? Counted from placements and episodes alone.

A step is a placement that follows another of the same episode. 'Higher' and 'lower' are those of the lattice, never the decimal.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

from asam.rules.drawing import HEIGHTS
from asam.rules.levels import LEVELS, compare

Kind = Literal["in", "step", "out"]
IN = "Admitted"
BACK = timedelta(days=30)
LEFT: Mapping[str, str] = MappingProxyType(
    {
        "completed": "Completed treatment", "transferred": "Transferred elsewhere", "against_advice": "Left against advice",
        "administrative": "Administrative discharge", "died": "Died", "": "Left, no outcome written",
    }
)  # fmt: skip
"""How an episode ended, in the order of the picture."""
AGAINST, DIED = LEFT["against_advice"], LEFT["died"]


@dataclass(frozen=True)
class Stretch:
    """A placement: its level as it reads in the 4th edition (else its own words), ``ended_at`` None while it lasts."""

    level: str
    program: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Course:
    """One episode of one person, with its placements in order; ``ended_as`` is a code of ``LEFT``."""

    person: int
    started_at: datetime
    ended_at: datetime | None
    ended_as: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Move:
    """Somebody came, stepped or left. ``order`` is how the target stands to the source ('' where that cannot be said)."""

    at: datetime
    kind: Kind
    source: str
    target: str
    order: str


@dataclass(frozen=True)
class Flow:
    """How many went one way."""

    kind: Kind
    source: str
    target: str
    order: str
    count: int

    @property
    def tone(self) -> str:
        """How it is drawn: lower, higher, different, same, in, out, or against (advice)."""
        return "against" if self.target == AGAINST else self.order or self.kind

    @property
    def words(self) -> str:
        """'a step down', 'a different service', 'left'."""
        named = {"lower": "lower", "higher": "higher", "different": "a different service", "same": "the same level"}
        return named.get(self.order) or {"in": "admitted", "out": "left", "step": "cannot be compared"}[self.kind]


@dataclass(frozen=True)
class Return:
    """Somebody came back within ``BACK``: admitted again after they left, or up again after a step down."""

    person: int
    again: bool
    left: str
    how: str
    left_at: datetime
    back: str
    back_at: datetime

    @property
    def days(self) -> int:
        """Whole days between."""
        return (self.back_at - self.left_at).days


@dataclass(frozen=True)
class Returns:
    """Who came back, the newest first, of ``left`` discharges and ``lowered`` steps down; ``young`` of both are not 30 days old."""

    found: tuple[Return, ...]
    left: int
    lowered: int
    young: int

    @property
    def admitted(self) -> int:
        """How many were admitted again."""
        return sum(each.again for each in self.found)

    @property
    def up(self) -> int:
        """How many stepped up again."""
        return len(self.found) - self.admitted


def order_of(source: str, target: str) -> str:
    """How the target stands to the source; '' where one of them is no level of the 4th edition."""
    return compare(target, source) if source in LEVELS and target in LEVELS else ""


def moves(courses: Iterable[Course], since: datetime, until: datetime) -> tuple[Move, ...]:
    """Every coming, step and leaving in ``since <= t < until``, the earliest first."""
    found: list[Move] = []
    for course in courses:
        before: Stretch | None = None
        for each in course.stretches:
            source = before.level if before else IN
            kind: Kind = "step" if before else "in"
            found.append(Move(each.started_at, kind, source, each.level, order_of(source, each.level)))
            before = each
        if course.ended_at is not None and before is not None:
            found.append(Move(course.ended_at, "out", before.level, LEFT.get(course.ended_as, LEFT[""]), ""))
    return tuple(sorted((each for each in found if since <= each.at < until), key=lambda each: each.at))


def place(name: str) -> tuple[int, int, str]:
    """Where a name stands in a column: who comes first, levels by their height from the top, then how people left."""
    if name in LEVELS:
        return (1, -HEIGHTS[name] * 100 - list(LEVELS).index(name), name)
    order = list(LEFT.values())
    return (0, 0, name) if name == IN else (3, order.index(name), name) if name in order else (2, 0, name)


def flows(moved: Iterable[Move]) -> tuple[Flow, ...]:
    """How many went which way, in the order of the picture."""
    counted = Counter((each.kind, each.source, each.target, each.order) for each in moved)
    made = [Flow(*way, count) for way, count in counted.items()]
    return tuple(sorted(made, key=lambda flow: (place(flow.source), place(flow.target))))


def returns(courses: Sequence[Course], since: datetime, until: datetime, at: datetime) -> Returns:
    """Who left or stepped down in ``since <= t < until`` and was back within 30 days, as known at ``at``. Deaths are no leaving here."""
    begun: dict[int, list[Course]] = {}
    for course in sorted(courses, key=lambda each: each.started_at):
        begun.setdefault(course.person, []).append(course)
    found: list[Return] = []
    left = lowered = young = 0
    for course in courses:
        for place_, (before, after) in enumerate(pairwise(course.stretches), start=1):
            if not since <= after.started_at < until or order_of(before.level, after.level) != "lower":
                continue
            lowered += 1
            up = _up(course.stretches[place_ + 1 :], after)
            young += up is None and after.started_at + BACK > at
            if up is not None:
                how = f"{before.level} to {after.level}"
                found.append(Return(course.person, False, before.level, how, after.started_at, up.level, up.started_at))
        if (
            course.ended_at is None
            or not since <= course.ended_at < until
            or not course.stretches
            or course.ended_as == "died"
        ):
            continue
        left += 1
        again = _again(begun[course.person], course.ended_at)
        young += again is None and course.ended_at + BACK > at
        if again is not None:
            how = LEFT.get(course.ended_as, LEFT[""])
            last, first = course.stretches[-1].level, again.stretches[0]
            found.append(Return(course.person, True, last, how, course.ended_at, first.level, first.started_at))
    return Returns(tuple(sorted(found, key=lambda each: each.back_at, reverse=True)), left, lowered, young)


def _up(later: Sequence[Stretch], low: Stretch) -> Stretch | None:
    """The first later placement above the one stepped down to, within 30 days of the step."""
    near = (each for each in later if each.started_at - low.started_at <= BACK)
    return next((each for each in near if order_of(low.level, each.level) == "higher"), None)


def _again(courses: Sequence[Course], ended_at: datetime) -> Course | None:
    """The person's next episode with a placement, where it begins within 30 days."""
    later = (each for each in courses if each.stretches and each.started_at >= ended_at)
    found = next(later, None)
    return found if found is not None and found.started_at - ended_at <= BACK else None
