"""What the list of who falls short shows of everyone: a state, a program, and how many there are of each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from groups.queries.shortfall import Short

FALLS, MADE_UP, ALL = "falls", "made-up", "all"
STATES = {"short": "Fell short", "risk": "At risk", "course": "On course", "met": "Met"}
SHOWS = frozenset({*STATES, MADE_UP, ALL})


@dataclass(frozen=True)
class Tab:
    """One way to look at the list: what follows 'show=', its words, how many, and whether it is the one that is open."""

    show: str
    name: str
    count: int
    open: bool


@dataclass(frozen=True)
class Falls:
    """The rows that were asked for, the tabs with their counts, and the programs (id, name, count) one can ask for."""

    rows: tuple[Short, ...]
    tabs: tuple[Tab, ...]
    programs: tuple[tuple[int, str, int], ...]
    show: str
    program_id: int | None
    everyone: int


def chosen(everyone: Sequence[Short], show: str, program: str) -> Falls:
    """The rows of a state ('' = whoever falls short or may) and a program ('' = all); what nobody offers counts as ''.

    Counts of states are those of the program, counts of programs those of everyone.
    """
    named = {row.program_id: row.program for row in everyone}
    program_id = int(program) if program.isdecimal() and int(program) in named else None
    here = [row for row in everyone if program_id in (None, row.program_id)]
    many, where = Counter(row.state for row in here), Counter(row.program_id for row in everyone)
    over = not any(row.state in {"risk", "course"} for row in everyone)
    states = ("short", "met") if over and many["short"] else ("risk", "course", "met")
    asked = show if show in SHOWS else FALLS
    first = states[0] if asked == FALLS else asked
    words = [
        (state, STATES[state], many[state]) for state in STATES if state in states or many[state] or state == first
    ]
    words += [(MADE_UP, "With a make-up", sum(row.made_up for row in here)), (ALL, "All", len(here))]
    return Falls(
        rows=tuple(row for row in here if _shown(row, first)),
        tabs=tuple(Tab(key, name, count, key == first) for key, name, count in words),
        programs=tuple((pk, name, where[pk]) for pk, name in sorted(named.items(), key=lambda item: item[1])),
        show=first,
        program_id=program_id,
        everyone=len(everyone),
    )  # fmt: skip


def _shown(row: Short, show: str) -> bool:
    return show == ALL or (row.made_up if show == MADE_UP else row.state == show)
