"""Location: site, unit, room and bed as a tree."""

from collections.abc import Collection, Iterator
from typing import TypeVar

from django.db.models import Model, QuerySet

from beds.models import Bed, Room, Unit
from fhir_r4.rules.elements import TERMS, Resource, clean, coding, concept, extension, ref
from programs.models import Site

M = TypeVar("M", bound=Model)
PHYSICAL = f"{TERMS}/location-physical-type"
KINDS = {"site": ("si", "Site"), "unit": ("wa", "Ward"), "room": ("ro", "Room"), "bed": ("bd", "Bed")}


def location(
    kind: str, pk: int, name: str, part_of: str = "", organisation: int | None = None, **more: Resource
) -> Resource:
    """One place. ``part_of`` is the id of the place around it: 'unit-3'."""
    made: Resource = clean(
        {
            "resourceType": "Location",
            "id": f"{kind}-{pk}",
            "extension": list(more.values()),
            "status": "active",
            "name": name,
            "mode": "instance",
            "physicalType": concept("", coding(PHYSICAL, *KINDS[kind])),
            "managingOrganization": ref("Organization", organisation),
            "partOf": ref("Location", part_of or None),
        }
    )
    return made


def site(row: Site) -> Resource:
    """A site, with its time zone."""
    zone = {"url": "http://hl7.org/fhir/StructureDefinition/timezone", "valueCode": row.time_zone}
    return location("site", row.pk, row.name, organisation=row.organisation_id, zone=zone)


def locations(beds: Collection[int] | None = None, sites: Collection[int] = ()) -> Iterator[Resource]:
    """These beds and sites with everything around them, the outermost first; all there are where ``beds`` is None. Four queries."""
    bed_rows = Bed.objects.select_related("room").order_by("room_id", "label", "pk")
    bed_rows = bed_rows if beds is None else bed_rows.filter(pk__in=beds)
    all_beds = list(bed_rows)
    rooms = list(_within(Room.objects.order_by("pk"), beds, {each.room_id for each in all_beds}))
    units = list(_within(Unit.objects.order_by("pk"), beds, {each.unit_id for each in rooms}))
    for row in _within(Site.objects.order_by("pk"), beds, {each.site_id for each in units} | set(sites)):
        yield site(row)
    for unit in units:
        policy = extension("housing", valueCode=unit.gender_policy)
        yield location("unit", unit.pk, unit.name, f"site-{unit.site_id}", policy=policy)
    for room in rooms:
        yield location("room", room.pk, room.name, f"unit-{room.unit_id}")
    for bed in all_beds:
        yield location("bed", bed.pk, f"{bed.room.name} {bed.label}", f"room-{bed.room_id}")


def _within(rows: QuerySet[M], beds: Collection[int] | None, pks: Collection[int]) -> QuerySet[M]:
    return rows if beds is None else rows.filter(pk__in=pks)


def one(name: str) -> Resource | None:
    """'bed-3' alone; None where there is no such place."""
    kind, _, key = name.partition("-")
    tables = {"site": Site, "unit": Unit, "room": Room, "bed": Bed}
    if kind not in tables or not key.isdecimal() or len(key) > 18:
        return None
    around = {"site": "pk", "unit": "site_id", "room": "unit_id", "bed": "room_id"}[kind]
    row = tables[kind]._default_manager.filter(pk=int(key)).first()
    if row is None or isinstance(row, Site):
        return None if row is None else site(row)
    outer = {"unit": "site", "room": "unit", "bed": "room"}[kind]
    return location(kind, row.pk, str(row), f"{outer}-{getattr(row, around)}")
