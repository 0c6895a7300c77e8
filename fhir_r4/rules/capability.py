"""CapabilityStatement: what the interface can do, for a machine that asks first."""

from collections.abc import Iterable
from datetime import datetime

from fhir_r4.rules.elements import Resource, clean, concept, instant


def capability_statement(types: Iterable[str], supporting: Iterable[str], base: str, at: datetime) -> Resource:
    """``types`` are searched by patient and read; ``supporting`` are read by their id."""
    by_patient = [{"name": "patient", "type": "reference", "documentation": "Required."}]
    resources = [
        {
            "type": each,
            "interaction": [{"code": "read"}, {"code": "search-type"}]
            if each != "Provenance"
            else [{"code": "search-type"}],
            "searchParam": by_patient,
            "operation": [
                {"name": "everything", "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything"}
            ]
            if each == "Patient"
            else None,
        }
        for each in types
    ]
    resources += [{"type": each, "interaction": [{"code": "read"}]} for each in supporting]
    made: Resource = clean(
        {
            "resourceType": "CapabilityStatement",
            "status": "active",
            "date": instant(at),
            "kind": "instance",
            "implementation": {"description": "Stepwell", "url": base},
            "software": {"name": "Stepwell"},
            "fhirVersion": "4.0.1",
            "format": ["json"],
            "rest": [
                {
                    "mode": "server",
                    "documentation": "Read only. Every answer is a disclosure under 42 CFR Part 2, decided by the client's consents.",
                    "security": {"service": [concept("Bearer token of a service account")]},
                    "resource": resources,
                }
            ],
        }
    )
    return made


def outcome(code: str, words: str) -> Resource:
    """A refusal as FHIR says it."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "details": {"text": words}}],
    }
