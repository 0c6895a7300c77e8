"""Which class of information each part of the paper of a chart belongs to. A part that is not named here never leaves."""

from collections.abc import Collection, Mapping

from privacy.rules.classes import InfoClass

C = InfoClass
CLASS_OF: Mapping[str, InfoClass] = {
    "Placements and leaves": C.PRESENCE,
    "Allergies": C.ALLERGIES,
    "Diagnoses": C.DIAGNOSES,
    "Safety plans": C.PLAN,
    "Treatment plan": C.PLAN,
    "Plan and reviews": C.PLAN,
    "Notes": C.NOTES,
    "Discharge summaries": C.DISCHARGE,
    "Scores": C.SCALES,
    "Vitals": C.VITALS,
    "Drug screens": C.DRUG_SCREENS,
    "Level of care": C.ASSESSMENTS,
    "Medications": C.MEDICATIONS,
    "Doses off pattern": C.MEDICATIONS,
    "Groups and sessions": C.GROUPS,
}
ON_PAPER = frozenset(CLASS_OF.values()) | {C.IDENTITY, C.CONTACTS}
"""The classes of which a paper can be made. Incidents, billing and SUD counseling notes stand in no chart."""


def titles_of(classes: Collection[InfoClass]) -> tuple[str, ...]:
    """The parts that belong to these classes."""
    return tuple(title for title, info in CLASS_OF.items() if info in classes)
