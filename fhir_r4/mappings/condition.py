"""Condition: what the client was diagnosed with, and the problems of a signed treatment plan."""

from collections.abc import Collection, Iterator
from datetime import datetime

from chart.models import Diagnosis, Problem
from fhir_r4.rules.elements import TERMS, Resource, clean, coding, concept, day, instant, own, ref
from fhir_r4.rules.provenance import provenance, staff

CLINICAL = f"{TERMS}/condition-clinical"
VERIFIED = f"{TERMS}/condition-ver-status"
CATEGORY = f"{TERMS}/condition-category"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"


def diagnosis(row: Diagnosis, corrected: bool) -> Resource:
    """``corrected``: a newer row replaces it, so this one is entered in error; the newer one says why."""
    wrong = corrected or row.kind == Diagnosis.Kind.MISTAKE
    status = "resolved" if row.kind == Diagnosis.Kind.RESOLVED else "active"
    sure = "differential" if row.kind == Diagnosis.Kind.RULE_OUT else "confirmed"
    made: Resource = clean(
        {
            "resourceType": "Condition",
            "id": f"diagnosis-{row.pk}",
            "clinicalStatus": None if wrong else concept("", coding(CLINICAL, status)),
            "verificationStatus": concept("", coding(VERIFIED, "entered-in-error" if wrong else sure)),
            "category": [
                concept("", coding(CATEGORY, "encounter-diagnosis")),
                own("diagnosis", row.kind, row.get_kind_display()),
            ],
            "code": concept(row.name, *([coding(ICD, row.code)] if row.code else [])),
            "subject": ref("Patient", row.client_id),
            "onsetDateTime": day(row.onset_on),
            "abatementDateTime": None if wrong else day(row.resolved_on),
            "recordedDate": instant(row.at),
            "recorder": ref("Practitioner", row.by_id),
        }
    )
    return made


def diagnoses(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """With who wrote each, and what it corrects. One query."""
    rows = Diagnosis.objects.filter(client__in=client_ids).select_related("corrected_by").order_by("pk")
    for row in rows.iterator(chunk_size=500):
        yield diagnosis(row, getattr(row, "corrected_by", None) is not None)
        told = provenance(
            f"diagnosis-{row.pk}", [f"Condition/diagnosis-{row.pk}"], staff(row.by_id), at=row.at, why=row.why,
            activity="UPDATE" if row.corrects_id else "CREATE",
            replaces=f"Condition/diagnosis-{row.corrects_id}" if row.corrects_id else "",
        )  # fmt: skip
        if told:
            yield told


def problem(row: Problem, client_id: int) -> Resource:
    """What a plan says is in the way, in the plan's own words."""
    status = "inactive" if row.closed_at else "active"
    made: Resource = clean(
        {
            "resourceType": "Condition",
            "id": f"problem-{row.pk}",
            "clinicalStatus": concept("", coding(CLINICAL, status)),
            "category": [
                concept("", coding(CATEGORY, "problem-list-item")),
                own("dimension", row.dimension, f"Dimension {row.dimension}") if row.dimension else None,
            ],
            "code": concept(row.text or "Not yet in words"),
            "subject": ref("Patient", client_id),
            "recordedDate": instant(row.plan.signed_at),
        }
    )
    return made


def problems(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """Of signed plans alone. One query."""
    rows = Problem.objects.filter(plan__episode__client__in=client_ids, plan__signed_at__isnull=False)
    for row in rows.select_related("plan__episode").order_by("pk").iterator(chunk_size=500):
        yield problem(row, row.plan.episode.client_id)
