"""Patient: who the client is. A record that was merged stays a Patient of its own, which points to the one that counts."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q

from fhir_r4.rules.elements import OWN, TERMS, Resource, clean, coding, concept, day, extension, ref
from programs.models import Client, Merge

GENDER = {"female": "female", "male": "male"}
"""What doses and screening go by. FHIR asks for an administrative gender; the house keeps none, so it is 'unknown' elsewhere."""


def patient(row: Client, into: int | None = None, absorbed: Collection[int] = ()) -> Resource:
    """``into``: the record this one is read under now; ``absorbed``: the records read under this one."""
    made: Resource = clean(
        {
            "resourceType": "Patient",
            "id": str(row.pk),
            "extension": _extensions(row),
            "identifier": [
                {
                    "use": "official",
                    "type": concept("Record number", coding(f"{TERMS}/v2-0203", "MR")),
                    "system": f"{OWN}:organisation:{row.organisation_id}:record-number",
                    "value": row.record_number,
                }
            ],
            "active": into is None,
            "name": [
                {"use": "official", "family": row.last_name, "given": [row.first_name]},
                {"use": "usual", "family": row.last_name, "given": [row.preferred_name]}
                if row.preferred_name
                else None,
            ],
            "gender": GENDER.get(row.clinical_sex, "unknown"),
            "birthDate": day(row.born_on),
            "communication": [{"language": {"text": row.language}, "preferred": True}]
            if row.language.strip()
            else None,
            "managingOrganization": ref("Organization", row.organisation_id),
            "link": [
                *([{"other": ref("Patient", into), "type": "replaced-by"}] if into else []),
                *({"other": ref("Patient", pk), "type": "replaces"} for pk in absorbed),
            ],
        }
    )
    return made


def _extensions(row: Client) -> list[Resource]:
    found = [extension("pronouns", valueString=row.pronouns)] if row.pronouns.strip() else []
    if row.interpreter:
        url = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
        found.append({"url": url, "valueBoolean": True})
    return found


def patients(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """Two queries."""
    into: dict[int, int] = {}
    absorbed: dict[int, list[int]] = defaultdict(list)
    merges = Merge.objects.current(at).filter(Q(client__in=client_ids) | Q(into__in=client_ids)).order_by("client_id")
    for client_id, into_id in merges.values_list("client_id", "into_id"):
        into[client_id] = into_id
        absorbed[into_id].append(client_id)
    for row in Client.objects.filter(pk__in=client_ids).order_by("pk").iterator(chunk_size=500):
        yield patient(row, into.get(row.pk), absorbed.get(row.pk, ()))
