"""The small parts every FHIR resource is made of (R4 4.0.1): references, codes, times, amounts. Plain dictionaries."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Resource = dict[str, Any]

OWN = "urn:stepwell"
"""The beginning of every system and extension that is the house's own."""
TERMS = "http://terminology.hl7.org/CodeSystem"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
SNOMED = "http://snomed.info/sct"


def clean(value: Any) -> Any:
    """The same without what says nothing: None, blank texts, empty lists and objects. FHIR knows no empty element."""
    if isinstance(value, dict):
        kept = {name: clean(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if _says(inner)}
    if isinstance(value, (list, tuple)):
        return [inner for inner in map(clean, value) if _says(inner)]
    return value


def _says(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    return value is not None and value != {} and value != []


def ref(kind: str, pk: object, display: str = "") -> Resource | None:
    """A reference inside the export: 'Patient/12'. None where there is no key."""
    return None if pk is None else {"reference": f"{kind}/{pk}", "display": display}


def coding(system: str, code: str, display: str = "") -> Resource:
    """One code of a system."""
    return {"system": system, "code": code, "display": display}


def concept(text: str = "", *codings: Resource) -> Resource:
    """A CodeableConcept: words, and the codes that mean them."""
    return {"coding": list(codings), "text": text}


def own(what: str, code: str, text: str = "") -> Resource:
    """A CodeableConcept of the house's own code list ``what``: the code, and its words."""
    return concept(text, coding(f"{OWN}:{what}", code, text)) if code else concept(text)


def instant(at: datetime | None) -> str | None:
    """An aware instant in UTC, as FHIR writes it."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def day(on: date | None) -> str | None:
    """A calendar date."""
    return None if on is None else on.isoformat()


def period(start: datetime | None, end: datetime | None) -> Resource:
    """From (inclusive) until; open where there is no end."""
    return {"start": instant(start), "end": instant(end)}


def number(value: Decimal | int | float | None) -> int | float | None:
    """A JSON number without needless zeros. What the house keeps has at most nine digits, which a float holds exactly."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def quantity(value: Decimal | int | None, unit: str, code: str = "") -> Resource | None:
    """An amount with its unit in words, and in UCUM where ``code`` names it."""
    if value is None:
        return None
    return {"value": number(value), "unit": unit, "system": UCUM if code else None, "code": code}


def extension(name: str, **value: Any) -> Resource:
    """One of the house's own extensions: ``extension('pronouns', valueString='they')``."""
    return {"url": f"{OWN}:{name}", **value}


def note(words: str, at: datetime | None = None, by: int | None = None) -> Resource | None:
    """An Annotation: what somebody added in words."""
    return {"text": words, "time": instant(at), "authorReference": ref("Practitioner", by)} if words.strip() else None


def references(value: Any) -> Iterable[str]:
    """Every reference in a resource, in no order: 'Patient/12'."""
    if isinstance(value, dict):
        target = value.get("reference")
        if isinstance(target, str):
            yield target
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def without_loose_ends(value: Any, known: set[str]) -> Any:
    """The same without references that lead to nothing in ``known``. What was held back is not hinted at."""
    if isinstance(value, dict):
        target = value.get("reference")
        if isinstance(target, str) and target not in known:
            return None
        return clean({name: without_loose_ends(inner, known) for name, inner in value.items()})
    if isinstance(value, list):
        return [without_loose_ends(inner, known) for inner in value]
    return value


def name_of(resource: Resource) -> str:
    """What others call it: 'Patient/12'."""
    return f"{resource['resourceType']}/{resource['id']}"
