"""What can happen to a dose, and the coded reasons for one that was not taken (emar-safety rule 32).

The reason lists are the house's, shaped after BCMA's; codes are stable and never reused for another meaning.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Outcome(StrEnum):
    """What happened to a dose."""

    GIVEN = "given"
    PARTIAL = "partial"
    SELF_ADMINISTERED = "self_administered"
    VOMITED = "vomited"
    REFUSED = "refused"
    HELD = "held"
    NOT_AVAILABLE = "not_available"
    ABSENT = "absent"

    @property
    def label(self) -> str:
        """The words on the button."""
        return _LABELS[self]

    @property
    def past(self) -> str:
        """The words in a sentence: 'was already charted ...'."""
        return _PAST[self]


_LABELS = {
    Outcome.GIVEN: "Given",
    Outcome.PARTIAL: "Part given",
    Outcome.SELF_ADMINISTERED: "Self-administered, observed",
    Outcome.VOMITED: "Given, then vomited",
    Outcome.REFUSED: "Refused",
    Outcome.HELD: "Held",
    Outcome.NOT_AVAILABLE: "Not available",
    Outcome.ABSENT: "Absent",
}
_PAST = {
    **{outcome: label.lower() for outcome, label in _LABELS.items()},
    Outcome.PARTIAL: "partly given",
    Outcome.SELF_ADMINISTERED: "self-administered",
    Outcome.VOMITED: "given and vomited",
}

TAKEN = frozenset({Outcome.GIVEN, Outcome.PARTIAL, Outcome.SELF_ADMINISTERED, Outcome.VOMITED})
"""Outcomes in which medication went into the client: these carry an amount and count towards every maximum."""

OTHER = "other"
"""The reason code that asks for a note."""

REASONS: Mapping[Outcome, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        Outcome.REFUSED: (
            ("not_needed", "Says it is not needed"),
            ("side_effects", "Worried about side effects"),
            ("nausea", "Nausea or cannot swallow"),
            ("asks_prescriber", "Wants to speak to the prescriber first"),
            ("asleep", "Asleep, did not want to be woken"),
            ("no_reason", "Gave no reason"),
            (OTHER, "Other, see note"),
        ),
        Outcome.HELD: (
            ("vital_sign", "Vital sign outside the order's limit"),
            ("score", "Withdrawal or pain score outside the order's limit"),
            ("sedated", "Sedated"),
            ("intoxicated", "Appears intoxicated"),
            ("nothing_by_mouth", "Nothing by mouth"),
            ("lab_result", "Waiting for or because of a lab result"),
            ("reaction", "Possible adverse reaction"),
            ("prescriber", "Prescriber said to hold"),
            (OTHER, "Other, see note"),
        ),
        Outcome.NOT_AVAILABLE: (
            ("not_delivered", "Not delivered by the pharmacy"),
            ("out_of_stock", "Out of stock"),
            ("damaged", "Damaged or expired"),
            ("no_access", "Cart or cabinet could not be opened"),
            (OTHER, "Other, see note"),
        ),
        Outcome.ABSENT: (
            ("on_leave", "On leave or pass"),
            ("hospital", "At a hospital or emergency department"),
            ("appointment", "At court or an appointment"),
            ("at_group", "In a group or session"),
            ("left", "Left the program"),
            ("not_found", "Not found on the unit"),
            (OTHER, "Other, see note"),
        ),
    }
)
"""The coded reasons, (code, label), of each outcome that asks for one."""
