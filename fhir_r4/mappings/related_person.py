"""RelatedPerson: whom the client named, for as long as they stand in the record."""

from collections.abc import Collection, Iterator
from datetime import datetime

from chart.models import Contact
from fhir_r4.rules.elements import TERMS, Resource, clean, coding, concept, period, ref

EMERGENCY = coding(f"{TERMS}/v2-0131", "C", "Emergency Contact")


def related_person(row: Contact, at: datetime) -> Resource:
    """One person outside the program."""
    made: Resource = clean(
        {
            "resourceType": "RelatedPerson",
            "id": str(row.pk),
            "active": row.ended_at is None or row.ended_at > at,
            "patient": ref("Patient", row.client_id),
            "relationship": [concept(row.relation), concept("", EMERGENCY) if row.emergency else None],
            "name": [{"text": row.name}],
            "telecom": [{"system": "phone", "value": row.phone}] if row.phone.strip() else None,
            "period": period(row.started_at, row.ended_at),
        }
    )
    return made


def related_people(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """One query."""
    for row in Contact.objects.filter(client__in=client_ids).order_by("pk").iterator(chunk_size=500):
        yield related_person(row, at)
