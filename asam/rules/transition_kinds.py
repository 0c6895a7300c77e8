"""The words of a transition that the database keeps: what a line is about, and what became of the kit."""

from enum import StrEnum


class Kind(StrEnum):
    """What a line of a transition is about."""

    PLACEMENT = "placement"
    BED = "bed"
    ORDER = "order"
    DOSE = "due_dose"
    STOCK = "stock"
    OWN = "own_medication"
    GROUP = "group"
    PLAN = "plan"
    CONSENT = "consent"
    AUTHORISATION = "authorisation"
    HANDOFF = "handoff"
    RESIDENCE = "residence"

    @property
    def label(self) -> str:
        """In words."""
        return _KINDS[self]


class Kit(StrEnum):
    """Whether the client leaves with a kit that reverses an overdose."""

    GIVEN = "given"
    NOT_GIVEN = "no"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """In words."""
        return {"given": "Given", "no": "Not given", "declined": "Declined"}[self.value]


_KINDS = {
    Kind.PLACEMENT: "Placement",
    Kind.BED: "Bed",
    Kind.ORDER: "Medication order",
    Kind.DOSE: "Dose due around the step",
    Kind.STOCK: "Counted medication of their own",
    Kind.OWN: "Medication of their own",
    Kind.GROUP: "Groups",
    Kind.PLAN: "Treatment plan",
    Kind.CONSENT: "Consents",
    Kind.AUTHORISATION: "Authorisation",
    Kind.HANDOFF: "Warm hand-off",
    Kind.RESIDENCE: "Recovery residence",
}
