"""How much is usually needed for a purpose (42 CFR 2.13(a)): more than that takes a reason; some purposes have a hard edge."""

from collections.abc import Mapping

from privacy.rules.classes import ORDINARY, InfoClass, Purpose

C = InfoClass
_PAYMENT = frozenset({C.IDENTITY, C.PRESENCE, C.DIAGNOSES, C.ASSESSMENTS, C.PLAN, C.DISCHARGE, C.BILLING})

USUAL: Mapping[Purpose, frozenset[InfoClass]] = {
    Purpose.TREAT: ORDINARY - {C.INCIDENTS, C.BILLING},
    Purpose.HPAYMT: _PAYMENT,
    Purpose.HOPERAT: _PAYMENT | {C.INCIDENTS},
    Purpose.PATRQT: ORDINARY,
    Purpose.FAMRQT: frozenset({C.IDENTITY, C.PRESENCE, C.PLAN, C.DISCHARGE}),
    Purpose.MONITOR: frozenset({C.IDENTITY, C.PRESENCE, C.DRUG_SCREENS, C.PLAN, C.DISCHARGE}),
    Purpose.HRESCH: ORDINARY - {C.CONTACTS},
    Purpose.ETREAT: frozenset(
        {C.IDENTITY, C.CONTACTS, C.DIAGNOSES, C.MEDICATIONS, C.ALLERGIES, C.VITALS, C.SCALES, C.DRUG_SCREENS}
    ),
}
"""What goes without being asked why. A purpose that is not named takes what the consent or the ground names."""

MOST: Mapping[Purpose, frozenset[InfoClass]] = {
    Purpose.PRESENCE: frozenset({C.IDENTITY, C.PRESENCE}),
    Purpose.REGISTRY: frozenset({C.IDENTITY, C.MEDICATIONS, C.PRESENCE}),
    Purpose.PDMP: frozenset({C.IDENTITY, C.MEDICATIONS}),
    Purpose.FUNDRAISING: frozenset({C.IDENTITY, C.CONTACTS}),
}
"""What may go at the most, whatever was asked (42 CFR 2.13(c), 2.34: identity, drug and dose, dates)."""


def most_for(purpose: Purpose) -> frozenset[InfoClass]:
    """The hard edge of a purpose; everything where it has none."""
    return MOST.get(purpose, frozenset(InfoClass))


def beyond_usual(purpose: Purpose, classes: frozenset[InfoClass]) -> frozenset[InfoClass]:
    """Which of these classes the purpose does not usually need. Counseling notes are judged by their consent alone."""
    return classes - USUAL[purpose] - {C.COUNSELING_NOTES} if purpose in USUAL else frozenset()
