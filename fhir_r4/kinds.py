"""What a chart consists of: every kind of resource, how it is read, and as which class of information it is disclosed.

This one table decides what a consent lets through. SUD counseling notes are in none of it: they are never mapped, neither here nor for
the whole organisation (42 CFR 2.11, 2.31(b)).
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from fhir_r4.mappings.allergy_intolerance import allergies
from fhir_r4.mappings.care_plan import care_plans
from fhir_r4.mappings.condition import diagnoses, problems
from fhir_r4.mappings.document_reference import discharges, group_notes, notes
from fhir_r4.mappings.encounter import encounters, session_encounters
from fhir_r4.mappings.episode_of_care import episodes
from fhir_r4.mappings.medication_administration import administrations
from fhir_r4.mappings.medication_request import medication_requests
from fhir_r4.mappings.observation import scores, screen_results, vitals
from fhir_r4.mappings.patient import patients
from fhir_r4.mappings.related_person import related_people
from fhir_r4.rules.elements import Resource
from privacy.rules.classes import InfoClass

Reader = Callable[[Collection[int], datetime], Iterator[Resource]]


@dataclass(frozen=True)
class Kind:
    """``read`` gives the resources of a batch of clients as known at an instant, in a constant number of queries.

    ``types`` are what it gives (Provenance beside its targets), ``info`` the class of information that has to be allowed.
    """

    types: tuple[str, ...]
    info: InfoClass
    read: Reader


KINDS: tuple[Kind, ...] = (
    Kind(("Patient",), InfoClass.IDENTITY, patients),
    Kind(("RelatedPerson",), InfoClass.CONTACTS, related_people),
    Kind(("EpisodeOfCare",), InfoClass.PRESENCE, episodes),
    Kind(("Encounter",), InfoClass.PRESENCE, encounters),
    Kind(("Encounter",), InfoClass.GROUPS, session_encounters),
    Kind(("Condition", "Provenance"), InfoClass.DIAGNOSES, diagnoses),
    Kind(("Condition",), InfoClass.PLAN, problems),
    Kind(("AllergyIntolerance", "Provenance"), InfoClass.ALLERGIES, allergies),
    Kind(("MedicationRequest", "Provenance"), InfoClass.MEDICATIONS, medication_requests),
    Kind(("MedicationAdministration", "Provenance"), InfoClass.MEDICATIONS, administrations),
    Kind(("Observation", "Provenance"), InfoClass.VITALS, vitals),
    Kind(("Observation", "Provenance"), InfoClass.SCALES, scores),
    Kind(("Observation",), InfoClass.DRUG_SCREENS, screen_results),
    Kind(("CarePlan", "Goal", "Provenance"), InfoClass.PLAN, care_plans),
    Kind(("DocumentReference", "Provenance"), InfoClass.NOTES, notes),
    Kind(("DocumentReference", "Provenance"), InfoClass.DISCHARGE, discharges),
    Kind(("DocumentReference", "Provenance"), InfoClass.GROUPS, group_notes),
)
TYPES = tuple(dict.fromkeys(name for kind in KINDS for name in kind.types))
SUPPORTING = ("Organization", "Practitioner", "Location", "Medication")
"""What others refer to; it says nothing about a client by itself and goes along with what names it."""
