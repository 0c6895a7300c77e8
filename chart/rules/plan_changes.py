"""What changed from one version of a plan to another: lines are the same where their thread is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class PlanLine:
    """One line of a version: ``kind`` its word (Problem, Goal ...), ``facts`` what else it says, as label and value ('' left out)."""

    thread: UUID
    kind: str
    number: str
    words: str
    facts: tuple[tuple[str, str], ...] = ()
    closed_why: str = ""


@dataclass(frozen=True)
class Changed:
    """A fact that differs: its label, what it was and what it is ('' is nothing)."""

    label: str
    was: str
    now: str


@dataclass(frozen=True)
class Change:
    """A line that is new, says something else, or was closed. ``why`` is the reason of a closed one."""

    what: str
    line: PlanLine
    changed: tuple[Changed, ...] = ()
    why: str = ""


ADDED, CHANGED, CLOSED = "added", "changed", "closed"


def changes(old: Sequence[PlanLine], new: Sequence[PlanLine]) -> list[Change]:
    """What changed from ``old`` to ``new``, in the order of the new version; what is gone without a word comes last.

    A line that was closed in ``old`` already is not told again. A line that only moved did not change.
    """
    before: Mapping[UUID, PlanLine] = {line.thread: line for line in old}
    found = []
    for line in new:
        earlier = before.get(line.thread)
        if earlier is None:
            found.append(Change(CLOSED if line.closed_why else ADDED, line, why=line.closed_why))
        elif line.closed_why and not earlier.closed_why:
            found.append(Change(CLOSED, line, why=line.closed_why))
        elif differs := _differences(earlier, line):
            found.append(Change(CHANGED, line, differs))
    here = {line.thread for line in new}
    gone = [line for line in old if line.thread not in here and not line.closed_why]
    return [*found, *(Change(CLOSED, line) for line in gone)]


def _differences(old: PlanLine, new: PlanLine) -> tuple[Changed, ...]:
    was, now = dict(old.facts), dict(new.facts)
    labels = dict.fromkeys([*now, *was])
    facts = [
        Changed(label, was.get(label, ""), now.get(label, ""))
        for label in labels
        if was.get(label, "") != now.get(label, "")
    ]
    words = [Changed("Words", old.words, new.words)] if old.words != new.words else []
    return (*words, *facts)
