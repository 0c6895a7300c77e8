"""AllergyIntolerance: what the client must not be given, and that somebody asked and nothing was known."""

from collections.abc import Collection, Iterator
from datetime import datetime

from chart.models import Allergy, NoKnownAllergies
from fhir_r4.rules.elements import SNOMED, TERMS, Resource, clean, coding, concept, instant, note, period, ref
from fhir_r4.rules.provenance import by_staff

CLINICAL = f"{TERMS}/allergyintolerance-clinical"
VERIFIED = f"{TERMS}/allergyintolerance-verification"
SEVERITY = {"mild": "mild", "moderate": "moderate", "severe": "severe", "life": "severe"}
NONE_KNOWN = coding(SNOMED, "716186003", "No known allergy")


def allergy(row: Allergy, at: datetime) -> Resource:
    """One substance. Ended: inactive, with why in a note."""
    over = row.ended_at is not None and row.ended_at <= at
    reaction = [{"manifestation": [concept(row.reaction)], "severity": SEVERITY.get(row.severity)}]
    made: Resource = clean(
        {
            "resourceType": "AllergyIntolerance",
            "id": str(row.pk),
            "clinicalStatus": concept("", coding(CLINICAL, "inactive" if over else "active")),
            "verificationStatus": concept("", coding(VERIFIED, "confirmed" if row.source == "seen" else "unconfirmed")),
            "type": "intolerance" if row.kind == Allergy.Kind.INTOLERANCE else "allergy",
            "criticality": "high" if row.severity == Allergy.Severity.LIFE else None,
            "code": concept(row.substance),
            "patient": ref("Patient", row.client_id),
            "recordedDate": instant(row.noted_at),
            "recorder": ref("Practitioner", row.noted_by_id),
            "note": [note(row.ended_why, row.ended_at, row.ended_by_id)],
            "reaction": reaction if row.reaction.strip() else None,
        }
    )
    return made


def none_known(row: NoKnownAllergies, at: datetime) -> Resource:
    """Somebody asked, and there was nothing, for a period."""
    over = row.ended_at is not None and row.ended_at <= at
    made: Resource = clean(
        {
            "resourceType": "AllergyIntolerance",
            "id": f"none-{row.pk}",
            "clinicalStatus": concept("", coding(CLINICAL, "inactive" if over else "active")),
            "verificationStatus": concept("", coding(VERIFIED, "confirmed")),
            "code": concept("No known allergy", NONE_KNOWN),
            "patient": ref("Patient", row.client_id),
            "onsetPeriod": period(row.started_at, row.ended_at),
            "recordedDate": instant(row.started_at),
            "recorder": ref("Practitioner", row.by_id),
        }
    )
    return made


def allergies(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """With who noted each. Two queries."""
    for row in Allergy.objects.filter(client__in=client_ids).order_by("pk").iterator(chunk_size=500):
        yield allergy(row, at)
        told = by_staff("allergy", row.pk, f"AllergyIntolerance/{row.pk}", row.noted_by_id, row.noted_at)
        if told:
            yield told
    for none in NoKnownAllergies.objects.filter(client__in=client_ids).order_by("pk").iterator(chunk_size=500):
        yield none_known(none, at)
