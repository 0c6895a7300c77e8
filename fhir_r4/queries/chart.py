"""A client's chart as resources: what the classes of information let through, with what it refers to, and nothing that leads nowhere."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from fhir_r4.kinds import KINDS, Kind
from fhir_r4.mappings.location import locations
from fhir_r4.mappings.medication import medications
from fhir_r4.mappings.organization import organizations, practitioners
from fhir_r4.rules.elements import Resource, name_of, references, without_loose_ends
from fhir_r4.rules.labels import SUBSETTED
from privacy.rules.classes import InfoClass


def chart(
    client_ids: Collection[int], at: datetime, classes: Collection[InfoClass], types: Collection[str] = ()
) -> list[Resource]:
    """The resources of one person's records (``programs.people.ids_of``), of these classes; of ``types`` alone where any are named.

    As many queries whatever the number of clients and the length of their history.
    """
    found = [each for kind in KINDS if kind.info in classes for each in _read(kind, client_ids, at, types)]
    if InfoClass.IDENTITY not in classes and _wanted("Patient", types):
        found = [*(stub(pk) for pk in client_ids), *found]
    found += supporting(found, types)
    known = {name_of(each) for each in found}
    if types:  # a search answers what was asked; what it refers to can be read by its own address
        return [each for each in found if each["resourceType"] in types]
    whole = (without_loose_ends(each, known) for each in found)
    return [each for each in whole if each["resourceType"] != "Provenance" or each.get("target")]


def _read(kind: Kind, client_ids: Collection[int], at: datetime, types: Collection[str]) -> Iterable[Resource]:
    return kind.read(client_ids, at) if not types or set(kind.types) & set(types) else ()


def _wanted(name: str, types: Collection[str]) -> bool:
    return not types or name in types


def stub(client_id: int) -> Resource:
    """A Patient that says nothing but that it is one: the others refer to it where identity may not be told."""
    return {"resourceType": "Patient", "id": str(client_id), "meta": {"security": [SUBSETTED]}}


def supporting(found: Iterable[Resource], types: Collection[str] = ()) -> list[Resource]:
    """What these refer to of organisations, people, places and medications. Seven queries at most."""
    wanted = _named(found)
    beds = [pk for pk in wanted["Location"] if pk.startswith("bed-")]
    sites = [pk for pk in wanted["Location"] if pk.startswith("site-")]
    made: list[Resource] = []
    if wanted["Location"]:
        made += locations(list(map(_key, beds)), list(map(_key, sites)))
    if wanted["Medication"]:
        made += medications(list(map(int, wanted["Medication"])))
    if wanted["Practitioner"]:
        made += practitioners(list(map(int, wanted["Practitioner"])))
    own = _named(made)["Organization"] | wanted["Organization"]
    return made + (list(organizations(list(map(int, own)))) if own else [])


def _named(found: Iterable[Resource]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for each in found:
        for target in references(each):
            kind, _, pk = target.partition("/")
            names[kind].add(pk)
    return names


def _key(name: str) -> int:
    return int(name.rpartition("-")[2])


def everything(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """Every resource of these clients but what they refer to, streamed: for the organisation itself, never for anybody outside."""
    for kind in KINDS:
        yield from kind.read(client_ids, at)
