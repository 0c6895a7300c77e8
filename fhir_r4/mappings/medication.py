"""Medication: a line of the formulary that an order names."""

from collections.abc import Collection, Iterator

from emar.models import Medication
from fhir_r4.rules.elements import OWN, Resource, clean, coding, concept, extension

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def medication(row: Medication) -> Resource:
    """One strength of one form, with what it contains."""
    codings = [coding(f"{OWN}:formulary", str(row.pk), str(row))]
    if row.rxnorm:
        codings.append(coding(RXNORM, row.rxnorm))
    made: Resource = clean(
        {
            "resourceType": "Medication",
            "id": str(row.pk),
            "extension": [extension("dea-schedule", valueCode=row.dea_schedule)] if row.dea_schedule else None,
            "code": concept(str(row), *codings),
            "status": "active" if row.is_active else "inactive",
            "form": concept(row.form),
            "ingredient": [
                {"itemCodeableConcept": concept(name), "isActive": True}
                for name in row.ingredient_names
                if name.strip()
            ],
        }
    )
    return made


def medications(pks: Collection[int] | None = None) -> Iterator[Resource]:
    """These, or all. One query."""
    rows = Medication.objects.order_by("pk")
    for row in (rows if pks is None else rows.filter(pk__in=pks)).iterator(chunk_size=500):
        yield medication(row)
