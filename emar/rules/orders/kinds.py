"""The words of an order that the database keeps: how it is given, witnessed, heard, and what its hold limits look at."""

from enum import StrEnum


class Mode(StrEnum):
    """Who handles the medication (emar-safety 35)."""

    NURSE = "nurse"
    OBSERVED = "observed"
    SELF_CARRY = "self_carry"
    TAKE_HOME = "take_home"

    @property
    def label(self) -> str:
        """In words."""
        return _MODES[self]

    @property
    def on_pass(self) -> bool:
        """Whether a nurse charts each dose: what a client carries or takes home is not on the pass."""
        return self in (Mode.NURSE, Mode.OBSERVED)


class Witness(StrEnum):
    """Whether a second person, signing for themselves, watches the dose (emar-safety 23, 24)."""

    NONE = "none"
    RECOMMENDED = "recommended"
    REQUIRED = "required"

    @property
    def label(self) -> str:
        """In words."""
        return _WITNESS[self]


class Sites(StrEnum):
    """Whether a dose goes to a place on the body that is to be rotated (emar-safety 36)."""

    NONE = ""
    INJECTION = "injection"
    PATCH = "patch"

    @property
    def label(self) -> str:
        """In words."""
        return _SITES[self]


class Heard(StrEnum):
    """How a nurse had an order from a prescriber (emar-safety 37)."""

    VERBAL = "verbal"
    TELEPHONE = "telephone"

    @property
    def label(self) -> str:
        """In words."""
        return "In person" if self is Heard.VERBAL else "By telephone"


class StartKind(StrEnum):
    """Whether an order begins treatment of opioid use here, or carries it on from elsewhere (emar-safety 40)."""

    NONE = ""
    INDUCTION = "induction"
    CONTINUES_OTP = "otp"

    @property
    def label(self) -> str:
        """In words."""
        return _STARTS[self]


class Measure(StrEnum):
    """What a hold limit looks at (emar-safety 25)."""

    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"
    PULSE = "pulse"
    RESPIRATIONS = "respirations"
    OXYGEN = "oxygen"
    TEMPERATURE = "temperature"
    GLUCOSE = "glucose"
    SEDATION = "sedation"
    CIWA = "ciwa_ar"
    COWS = "cows"
    PAIN = "pain"

    @property
    def label(self) -> str:
        """In words."""
        return _MEASURES[self][0]

    @property
    def unit(self) -> str:
        """'mmHg'; '' for a score."""
        return _MEASURES[self][1]

    @property
    def span(self) -> tuple[int, int]:
        """The least and the most that can be meant: anything else is a slip of the finger. House limits."""
        return _MEASURES[self][2]


class Comparison(StrEnum):
    """On which side of its value a limit holds the dose."""

    BELOW = "below"
    ABOVE = "above"

    @property
    def label(self) -> str:
        """In words."""
        return "under" if self is Comparison.BELOW else "over"


_MODES = {
    Mode.NURSE: "Given by a nurse",
    Mode.OBSERVED: "Taken by the client, observed",
    Mode.SELF_CARRY: "Carried by the client",
    Mode.TAKE_HOME: "Taken home",
}
_WITNESS = {
    Witness.NONE: "No witness",
    Witness.RECOMMENDED: "Witness recommended",
    Witness.REQUIRED: "Witness required",
}
_STARTS = {
    StartKind.NONE: "Neither",
    StartKind.INDUCTION: "Starts buprenorphine",
    StartKind.CONTINUES_OTP: "Continues from an opioid treatment program",
}
_SITES = {Sites.NONE: "None", Sites.INJECTION: "Injection site", Sites.PATCH: "Patch site"}
_MEASURES = {
    Measure.SYSTOLIC: ("Systolic", "mmHg", (40, 300)),
    Measure.DIASTOLIC: ("Diastolic", "mmHg", (20, 200)),
    Measure.PULSE: ("Pulse", "a minute", (20, 250)),
    Measure.RESPIRATIONS: ("Respirations", "a minute", (2, 80)),
    Measure.OXYGEN: ("Oxygen saturation", "%", (30, 100)),
    Measure.TEMPERATURE: ("Temperature", "°F", (85, 112)),
    Measure.GLUCOSE: ("Glucose", "mg/dL", (10, 900)),
    Measure.SEDATION: ("Sedation score", "", (0, 10)),
    Measure.CIWA: ("CIWA-Ar", "", (0, 67)),
    Measure.COWS: ("COWS", "", (0, 48)),
    Measure.PAIN: ("Pain", "", (0, 10)),
}
