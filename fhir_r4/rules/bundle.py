"""A Bundle: the resources of one release, labelled, with the notice that goes with them (42 CFR 2.32)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from fhir_r4.rules.elements import Resource, clean, concept, instant, name_of
from fhir_r4.rules.labels import high_water, labelled


def bundle(
    resources: Iterable[Resource],
    *,
    at: datetime,
    name: str,
    base: str,
    kind: str = "collection",
    notice: str = "",
    scope: str = "",
    refrain: Collection[Resource] = (),
) -> Resource:
    """``base`` is the address the resources stand under ('https://stepwell.example/fhir'); ``kind`` collection or searchset.

    ``notice`` is the text of 2.32 and ``scope`` what the consent covers: both are words of an OperationOutcome that comes first. No
    ``total``: it would answer whether somebody is here.
    """
    parts = [labelled(each, refrain) for each in [*notices(notice, scope), *resources]]
    made: Resource = clean(
        {
            "resourceType": "Bundle",
            "id": name,
            "meta": {
                "lastUpdated": instant(at),
                "security": high_water([labelled({"resourceType": "Bundle"}, refrain), *parts]),
            },
            "type": kind,
            "timestamp": instant(at) if kind == "collection" else None,
            "entry": [_entry(each, base, kind) for each in parts],
        }
    )
    return made


def notices(notice: str, scope: str = "") -> Sequence[Resource]:
    """The words that travel along, as an OperationOutcome; none where there are none."""
    words = [text for text in (notice, scope) if text.strip()]
    if not words:
        return ()
    issues = [{"severity": "information", "code": "informational", "details": concept(text)} for text in words]
    return ({"resourceType": "OperationOutcome", "id": "notice", "issue": issues},)


def _entry(resource: Resource, base: str, kind: str) -> Resource:
    mode = "outcome" if resource["resourceType"] == "OperationOutcome" else "match"
    return {
        "fullUrl": f"{base}/{name_of(resource)}",
        "resource": resource,
        "search": {"mode": mode} if kind == "searchset" else None,
    }
