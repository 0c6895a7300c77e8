"""Organization and Practitioner: who discloses, and who wrote."""

from collections.abc import Collection, Iterator

from fhir_r4.rules.elements import OWN, Resource, clean
from programs.models import Organisation
from staff.models import Person


def organization(row: Organisation) -> Resource:
    """The treatment organisation."""
    made: Resource = clean(
        {
            "resourceType": "Organization",
            "id": str(row.pk),
            "identifier": [{"system": f"{OWN}:organisation", "value": str(row.pk)}],
            "active": True,
            "name": row.name,
        }
    )
    return made


def organizations(pks: Collection[int] | None = None) -> Iterator[Resource]:
    """These, or all. One query."""
    rows = Organisation.objects.order_by("pk")
    for row in rows if pks is None else rows.filter(pk__in=pks):
        yield organization(row)


def practitioner(row: Person) -> Resource:
    """Someone who works here: name and credentials. No sign-in name, no address."""
    made: Resource = clean(
        {
            "resourceType": "Practitioner",
            "id": str(row.pk),
            "active": row.is_active,
            "name": [{"text": row.name or f"Person {row.pk}", "suffix": [row.credentials]}],
            "qualification": [{"code": {"text": row.credentials}}] if row.credentials.strip() else None,
        }
    )
    return made


def practitioners(pks: Collection[int] | None = None) -> Iterator[Resource]:
    """These, or all. One query."""
    rows = Person.objects.order_by("pk")
    for row in (rows if pks is None else rows.filter(pk__in=pks)).iterator(chunk_size=500):
        yield practitioner(row)
