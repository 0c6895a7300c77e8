"""Breaking the glass: opening the chart of somebody who is not one's own. Why, for how long, and who looks at it afterwards.

Source: 45 CFR 164.312(a)(2)(ii) emergency access; 42 CFR 2.12(c)(3) need within the program. It opens one chart to one person inside the
program, and never permits anything to leave it (42 CFR 2.51 is another act).
"""

from datetime import timedelta
from enum import StrEnum

LONGEST = timedelta(hours=4)
PAPER_FOR = timedelta(minutes=10)  # after the second step, how long that chart may be printed
SHORTEST_WORDS, LONGEST_WORDS = 10, 500


class Why(StrEnum):
    """The reason code of a broken glass; the value is stored."""

    EMERGENCY = "emergency"
    COVERING = "covering"
    RETURNING = "returning"
    AFTERCARE = "aftercare"
    ASKED = "asked"
    ERROR = "error"

    @property
    def label(self) -> str:
        """The reason in words."""
        return _WHY[self]


_WHY = {
    Why.EMERGENCY: "Somebody is in danger now",
    Why.COVERING: "I stand in for a colleague whose client this is",
    Why.RETURNING: "The client is coming back, or asks for help",
    Why.AFTERCARE: "Something is left to finish after discharge",
    Why.ASKED: "The client, a court or a payer asks, and it is mine to answer",
    Why.ERROR: "I look for an error in the record",
}


class Judged(StrEnum):
    """What the review of a broken glass found; the value is stored."""

    RIGHT = "right"
    UNCLEAR = "unclear"
    WRONG = "wrong"

    @property
    def label(self) -> str:
        """The finding in words."""
        return _JUDGED[self]


_JUDGED = {
    Judged.RIGHT: "It was needed",
    Judged.UNCLEAR: "Not clear: spoken about with the person",
    Judged.WRONG: "It was not needed: an incident",
}
