"""How far has the asking come, and what may be done next? One table: docs/rules/placement-list.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

INQUIRY, SCREENED, APPROVED, SCHEDULED = "inquiry", "screened", "approved", "scheduled"
ADMITTED, WITHDRAWN, REFERRED = "admitted", "withdrawn", "referred"
OPEN: tuple[str, ...] = (INQUIRY, SCREENED, APPROVED, SCHEDULED)
REOPEN_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Move:
    """One act: from which states, and into which; ``to`` is '' where it depends on what was before. ``done`` completes
    'Imani Clarke ... this line'."""

    sources: frozenset[str]
    to: str
    done: str


MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "screen": Move(frozenset({INQUIRY}), SCREENED, "screened"),
        "approve": Move(frozenset({SCREENED}), APPROVED, "approved"),
        "schedule": Move(frozenset({APPROVED, SCHEDULED}), SCHEDULED, "scheduled"),
        "unschedule": Move(frozenset({SCHEDULED}), APPROVED, "took the date off"),
        "unapprove": Move(frozenset({APPROVED}), SCREENED, "took the approval back from"),
        "withdraw": Move(frozenset(OPEN), WITHDRAWN, "withdrew"),
        "refer": Move(frozenset(OPEN), REFERRED, "referred out"),
        "reopen": Move(frozenset({WITHDRAWN, REFERRED}), "", "reopened"),
    }
)

NEXT: Mapping[str, str] = MappingProxyType(
    {INQUIRY: "screen", SCREENED: "approve", APPROVED: "schedule", SCHEDULED: "admit"}
)
"""The act that brings an open line on; ``admit`` is an act of the bed board."""


def allowed(act: str, state: str) -> bool:
    """True where the table has this act from this state."""
    return state in MOVES[act].sources


def acts_from(state: str) -> tuple[str, ...]:
    """The acts a state allows, in the order of the table."""
    return tuple(act for act in MOVES if allowed(act, state))


def reopens_as(before: str) -> str:
    """The state of a reopened line: as it was before it was settled, at most approved (a date that was kept may be gone)."""
    return before if before in (INQUIRY, SCREENED) else APPROVED


def may_reopen(settled_at: datetime, at: datetime) -> bool:
    """Within 30 days of being settled."""
    return at - settled_at <= REOPEN_WITHIN
