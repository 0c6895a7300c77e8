"""The words of an incident that the database keeps."""

from enum import StrEnum


class Kind(StrEnum):
    """What sort of thing happened; the value is stored."""

    FALL = "fall"
    MEDICATION = "medication"
    AGGRESSION = "aggression"
    SELF_HARM = "self_harm"
    ELOPEMENT = "elopement"
    OVERDOSE = "overdose"
    PROPERTY = "property"
    CONTRABAND = "contraband"
    INJURY = "injury"
    OTHER = "other"

    @property
    def label(self) -> str:
        """What a form and a paper say."""
        return _KINDS[self]


_KINDS = {
    Kind.FALL: "Fall",
    Kind.MEDICATION: "Medication error",
    Kind.AGGRESSION: "Aggression",
    Kind.SELF_HARM: "Self-harm",
    Kind.ELOPEMENT: "Left without leave",
    Kind.OVERDOSE: "Overdose",
    Kind.PROPERTY: "Loss or damage",
    Kind.CONTRABAND: "Contraband",
    Kind.INJURY: "Injury",
    Kind.OTHER: "Something else",
}


class Severity(StrEnum):
    """How bad it was; the value is stored."""

    NONE = "none"
    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"

    @property
    def label(self) -> str:
        """What a form and a paper say."""
        return _SEVERITIES[self][0]

    @property
    def tone(self) -> str:
        """One of the look's words."""
        return _SEVERITIES[self][1]


_SEVERITIES = {
    Severity.NONE: ("No harm", "off"),
    Severity.MINOR: ("Minor harm", "caution"),
    Severity.MODERATE: ("Moderate harm", "late"),
    Severity.SEVERE: ("Severe harm or death", "stop"),
}

GRAVE = (Severity.MODERATE, Severity.SEVERE)
"""The director is given a task at once."""


class Part(StrEnum):
    """A client's part in it; the value is stored."""

    INVOLVED = "involved"
    HARMED = "harmed"
    WITNESS = "witness"

    @property
    def label(self) -> str:
        """What a form and a paper say."""
        return self.value.capitalize()


class Step(StrEnum):
    """What a review says; the value is stored."""

    FOLLOW_UP = "follow_up"
    ROOT_CAUSE = "root_cause"
    CLOSED = "closed"
    REOPENED = "reopened"

    @property
    def label(self) -> str:
        """What a page and a paper say."""
        return _STEPS[self]


_STEPS = {
    Step.FOLLOW_UP: "What follows",
    Step.ROOT_CAUSE: "What lay at the root",
    Step.CLOSED: "Closed",
    Step.REOPENED: "Opened again",
}
