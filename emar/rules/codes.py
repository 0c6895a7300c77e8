"""What stands in a box of the medication record: a letter, and the initials of who signed. Printed as its legend."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from emar.rules.administration import Outcome


class Code(StrEnum):
    """The letter before the initials; a dose given as ordered has the initials alone."""

    GIVEN = ""
    PARTIAL = "P"
    SELF = "S"
    VOMITED = "V"
    REFUSED = "R"
    HELD = "H"
    NOT_AVAILABLE = "N"
    ABSENT = "A"
    MISSED = "M"
    AWAY = "L"
    ON_HOLD = "O"

    @property
    def means(self) -> str:
        """Its line in the legend."""
        return _MEANS[self]


OFF_TIME, CORRECTED = "*", "†"
"""What stands after the initials: charted outside its window or entered late; a corrected entry."""

OF_OUTCOME: Mapping[str, Code] = MappingProxyType(
    {
        Outcome.GIVEN: Code.GIVEN,
        Outcome.PARTIAL: Code.PARTIAL,
        Outcome.SELF_ADMINISTERED: Code.SELF,
        Outcome.VOMITED: Code.VOMITED,
        Outcome.REFUSED: Code.REFUSED,
        Outcome.HELD: Code.HELD,
        Outcome.NOT_AVAILABLE: Code.NOT_AVAILABLE,
        Outcome.ABSENT: Code.ABSENT,
    }
)
_MEANS = {
    Code.GIVEN: "Given as ordered",
    Code.PARTIAL: "Part given",
    Code.SELF: "Taken by the client, observed",
    Code.VOMITED: "Given, then vomited",
    Code.REFUSED: "Refused",
    Code.HELD: "Held",
    Code.NOT_AVAILABLE: "Not available",
    Code.ABSENT: "Absent",
    Code.MISSED: "Missed: nothing charted when its time closed",
    Code.AWAY: "On leave, nothing charted",
    Code.ON_HOLD: "Order on hold, not due",
}


def legend() -> tuple[tuple[str, str], ...]:
    """(what stands in the box, what it means), in the order of the codes."""
    letters = tuple(
        (f"{code.value} KO".strip() if code in OF_OUTCOME.values() else code.value, code.means) for code in Code
    )
    marks = (
        (f"KO{OFF_TIME}", "Outside its window, or entered late: see the notes"),
        (f"KO{CORRECTED}", "Corrected: see the notes"),
        ("·", "Due, nothing charted yet"),
        ("grey", "Not due that day"),
    )
    return letters + marks
