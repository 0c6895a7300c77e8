"""What each type of consent may name, and which types may stand on one paper (42 CFR 2.31(b), (d), 2.34, 2.35, 2.52)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from audit.rules.findings import Finding, stop
from privacy.rules.classes import ORDINARY, TPO, InfoClass, Purpose, RecipientKind
from privacy.rules.consents import ConsentType as T
from privacy.rules.consents import ExpiryKind as E

TREATING, NAMED = "treating", "named"
PARTICIPANTS = {
    TREATING: "Only those of its members who treat the client",
    NAMED: "Only the members that are named here",
}
"""How the members of an intermediary are limited (42 CFR 2.31(a)(4)(ii))."""


@dataclass(frozen=True)
class Shape:
    """``kinds``: at least one recipient is of one of these (empty: any). ``classed``: a class of recipients may stand for names.
    ``expiries``: the first is proposed. ``begun``: the classes that a new one begins with."""

    purposes: frozenset[Purpose]
    classes: frozenset[InfoClass]
    expiries: tuple[E, ...]
    begun: frozenset[InfoClass]
    kinds: frozenset[RecipientKind] = frozenset()
    classed: bool = False


_CARE = frozenset({
    InfoClass.IDENTITY, InfoClass.DIAGNOSES, InfoClass.MEDICATIONS, InfoClass.ALLERGIES, InfoClass.PLAN, InfoClass.DISCHARGE,
})  # fmt: skip
_HERE = frozenset({InfoClass.PRESENCE})
_PDMP = frozenset({InfoClass.IDENTITY, InfoClass.MEDICATIONS})
_REPORTED = frozenset({InfoClass.IDENTITY, InfoClass.PRESENCE, InfoClass.DRUG_SCREENS, InfoClass.DISCHARGE})
_REGISTERED = frozenset({InfoClass.IDENTITY, InfoClass.PRESENCE, InfoClass.MEDICATIONS})
_NOTES = frozenset({InfoClass.COUNSELING_NOTES})

SHAPES: Mapping[T, Shape] = MappingProxyType({
    T.TPO_SINGLE: Shape(TPO, ORDINARY, (E.END_OF_TREATMENT, E.NONE, E.DATE), ORDINARY, classed=True),
    T.SPECIFIC: Shape(
        TPO | {Purpose.PATRQT, Purpose.FAMRQT, Purpose.FUNDRAISING}, ORDINARY, (E.DATE, E.END_OF_TREATMENT, E.NONE), _CARE,
    ),
    T.SUD_COUNSELING_NOTES: Shape(TPO | {Purpose.PATRQT}, _NOTES, (E.DATE, E.END_OF_TREATMENT), _NOTES),
    T.LEGAL_PROCEEDING: Shape(frozenset({Purpose.HLEGAL}), ORDINARY, (E.END_OF_CASE, E.DATE), frozenset()),
    T.CRIMINAL_JUSTICE_REFERRAL: Shape(
        frozenset({Purpose.MONITOR}), ORDINARY, (E.END_OF_CASE, E.DATE), _REPORTED,
        kinds=frozenset({RecipientKind.CRIMINAL_JUSTICE, RecipientKind.COURT}),
    ),
    T.PRESENCE_ACK: Shape(frozenset({Purpose.PRESENCE}), _HERE, (E.END_OF_TREATMENT, E.DATE), _HERE),
    T.INTERMEDIARY: Shape(
        TPO, ORDINARY, (E.END_OF_TREATMENT, E.DATE, E.NONE), _CARE, kinds=frozenset({RecipientKind.INTERMEDIARY}),
    ),
    T.RESEARCH: Shape(
        frozenset({Purpose.HRESCH}), ORDINARY, (E.END_OF_STUDY, E.DATE), frozenset(),
        kinds=frozenset({RecipientKind.RESEARCHER}),
    ),
    T.PDMP: Shape(
        frozenset({Purpose.PDMP}), _PDMP, (E.END_OF_TREATMENT, E.DATE), _PDMP, kinds=frozenset({RecipientKind.PDMP}),
    ),
    T.CENTRAL_REGISTRY: Shape(
        frozenset({Purpose.REGISTRY}), _REGISTERED, (E.END_OF_TREATMENT, E.DATE), _REGISTERED,
        kinds=frozenset({RecipientKind.REGISTRY}),
    ),
})  # fmt: skip

APART = (T.CRIMINAL_JUSTICE_REFERRAL, T.CENTRAL_REGISTRY, T.RESEARCH)
"""Kept on a paper of their own: house rule for 2.34, 2.35 and 2.52."""

NEVER_A_CONDITION = (T.SUD_COUNSELING_NOTES, T.LEGAL_PROCEEDING)
"""No treatment, payment, enrolment or eligibility may depend on signing: 42 CFR 2.31(b)(3); the house says the same of the second."""


def combined(types: Sequence[T]) -> list[Finding]:
    """What stands against these consents on one paper."""
    if len(types) < 2:
        return []
    found = []
    if T.LEGAL_PROCEEDING in types:
        words = "A consent for a legal proceeding stands on a paper of its own (42 CFR 2.31(d)). Have the others signed apart."
        found.append(stop("consent.legal_alone", words, field="also"))
    if T.SUD_COUNSELING_NOTES in types and set(types) != {T.SUD_COUNSELING_NOTES}:
        words = (
            "A consent for SUD counseling notes is combined with nothing but another one for such notes (42 CFR 2.31(b)(2)). "
            "Have the others signed apart."
        )
        found.append(stop("consent.counseling_alone", words, field="also"))
    for each in APART:
        if each in types:
            words = f"{each.label} is kept on a paper of its own. Have it signed apart from the others."
            found.append(stop("consent.apart", words, field="also", type=each.value))
    return found
