"""The words of the ledger that the database keeps: places, kinds of entries, causes of a difference, shifts, what a PIN signs."""

from enum import StrEnum


class Keeps(StrEnum):
    """What a place of stock is."""

    CART = "cart"
    SAFE = "safe"
    OWN = "own"

    @property
    def label(self) -> str:
        """In words."""
        return {"cart": "Medication cart", "safe": "Safe", "own": "Clients' own medication"}[self.value]


class Kind(StrEnum):
    """What an entry of the ledger did."""

    RECEIVE = "receive"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    DOSE = "dose"
    WASTE = "waste"
    PUT_BACK = "put_back"
    RETURN = "return"
    DESTROY = "destroy"
    ADJUST = "adjust"
    COUNT_IN = "count_in"
    HAND_BACK = "hand_back"

    @property
    def label(self) -> str:
        """What the ledger calls it."""
        return _KINDS[self]

    @property
    def purpose(self) -> str:
        """What a second person's PIN is entered for: 'stock.waste'. The waste of a dose is signed as waste."""
        return f"stock.{Kind.WASTE.value if self is Kind.DOSE else self.value}"


_KINDS = {
    Kind.RECEIVE: "Received",
    Kind.TRANSFER_OUT: "Moved out",
    Kind.TRANSFER_IN: "Moved in",
    Kind.DOSE: "Dose",
    Kind.WASTE: "Wasted",
    Kind.PUT_BACK: "Put back: the dose was charted by mistake",
    Kind.RETURN: "Sent back to the pharmacy",
    Kind.DESTROY: "Destroyed",
    Kind.ADJUST: "Difference resolved",
    Kind.COUNT_IN: "Counted in for the client",
    Kind.HAND_BACK: "Handed back to the client",
}

ADDS = (Kind.RECEIVE, Kind.TRANSFER_IN, Kind.PUT_BACK, Kind.COUNT_IN)
TAKES = (Kind.TRANSFER_OUT, Kind.WASTE, Kind.RETURN, Kind.DESTROY, Kind.HAND_BACK)
WITNESSED = (Kind.WASTE, Kind.DESTROY, Kind.ADJUST, Kind.COUNT_IN, Kind.HAND_BACK)
SAYS_WHY = (Kind.WASTE, Kind.PUT_BACK, Kind.RETURN, Kind.DESTROY, Kind.ADJUST)

COUNT, KEYS = "stock.count", "stock.keys"
"""What else a PIN is entered for: one's own numbers of a count, and taking the keys."""


class Shift(StrEnum):
    """Which change of shift a count belongs to."""

    DAY = "day"
    EVENING = "evening"
    NIGHT = "night"
    SPOT = "spot"

    @property
    def label(self) -> str:
        """In words."""
        words = {"day": "Day begins", "evening": "Evening begins", "night": "Night begins", "spot": "Spot count"}
        return words[self.value]


class Cause(StrEnum):
    """Why a count and the ledger differed."""

    MISCOUNT = "miscount"
    NOT_CHARTED = "not_charted"
    CHARTED_WRONG = "charted_wrong"
    DELIVERY = "delivery"
    DAMAGED = "damaged"
    FOUND = "found"
    LOST = "lost"
    STOLEN = "stolen"

    @property
    def label(self) -> str:
        """In words."""
        return _CAUSES[self]

    @property
    def ledger_right(self) -> bool:
        """Whether the ledger stays as it is: it was right, or will be once the missing entry is made."""
        return self in (Cause.MISCOUNT, Cause.NOT_CHARTED)

    @property
    def is_loss(self) -> bool:
        """Whether it is theft or loss, which is reported (21 CFR 1301.76(b))."""
        return self in (Cause.LOST, Cause.STOLEN)


_CAUSES = {
    Cause.MISCOUNT: "Miscounted: the ledger was right",
    Cause.NOT_CHARTED: "A dose or a waste was not charted yet: chart it now",
    Cause.CHARTED_WRONG: "An entry was charted wrongly",
    Cause.DELIVERY: "More or less came than was received",
    Cause.DAMAGED: "Broken or spilled without a witness",
    Cause.FOUND: "Found again",
    Cause.LOST: "Lost, not explained",
    Cause.STOLEN: "Theft, known or suspected",
}


class Told(StrEnum):
    """What was sent to the authority about a loss."""

    NOTICE = "notice"
    FORM = "form"

    @property
    def label(self) -> str:
        """In words."""
        return "Written notice" if self is Told.NOTICE else "DEA Form 106"
