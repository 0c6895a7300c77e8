"""Why a medication was charted without its label being scanned: a code, chosen once for a pass, never asked dose by dose."""

from enum import StrEnum


class Unscanned(StrEnum):
    """The coded reason; '' beside these means that nobody said."""

    NO_LABEL = "no_label"
    NOT_READABLE = "not_readable"
    NOT_KNOWN = "not_known"
    NO_SCANNER = "no_scanner"
    BROKEN = "broken"
    URGENT = "urgent"

    @property
    def label(self) -> str:
        """In words."""
        return _WORDS[self]


_WORDS = {
    Unscanned.NO_LABEL: "There is no label on it",
    Unscanned.NOT_READABLE: "The label does not read",
    Unscanned.NOT_KNOWN: "The label is not known here",
    Unscanned.NO_SCANNER: "No scanner or camera at hand",
    Unscanned.BROKEN: "The scanner does not work",
    Unscanned.URGENT: "It was urgent",
}
NOT_SAID = "Not said"


def why_not(code: str) -> str:
    """A stored code in words, 'Not said' for none."""
    return Unscanned(code).label if code in set(Unscanned) else NOT_SAID
