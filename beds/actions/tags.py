"""Give the rooms of a site codes for their doors, and replace one that was lost or copied."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from beds.models import Room, RoomTag
from live.actions import publish
from programs.bands import fresh_code
from programs.models import Site
from programs.rules.codes import ROOM
from programs.topics import rounds_topic
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    return stop("tags.raced", "Somebody gave this room a tag just now. Reload the page and print it.")


@action("beds.give_tags", explain={"beds_one_tag_a_room": _raced})
def give_tags(*, by: Person, at: datetime, site_id: int, key: UUID | None = None) -> Site:
    """Give every room of a site that has none a tag. Raises NotAllowed, Refused, Site.DoesNotExist."""
    require(by, Capability.LABELS, site_id, at)
    site = Site.objects.select_for_update(of=("self",), no_key=True).get(pk=site_id)
    tagged = RoomTag.objects.current(at).values("room")
    bare = list(Room.objects.filter(unit__site=site).exclude(pk__in=tagged).select_related("unit"))
    if not bare:
        raise Refused(stop("tags.all", "Every room has a tag. Print them, or replace one that was lost."))

    RoomTag.objects.bulk_create(RoomTag(room=room, code=fresh_code(ROOM), started_at=at, by=by) for room in bare)
    trail.record(
        "beds.give_tags", by=by, at=at, subject=site, site_id=site.pk, summary=f"Tags given to {len(bare)} rooms"
    )

    publish({rounds_topic(unit): () for unit in {room.unit_id for room in bare}})
    return site


@action("beds.replace_tag", explain={"beds_one_tag_a_room": _raced, "beds_tag_ends_after_start": _raced})
def replace_tag(*, by: Person, at: datetime, room_id: int, key: UUID | None = None) -> RoomTag:
    """End a room's tag and give it another one: whoever copied the old one scans nothing. Raises NotAllowed, Refused, DoesNotExist."""
    room = Room.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=room_id)
    require(by, Capability.LABELS, room.unit.site_id, at)
    old = RoomTag.objects.current(at).filter(room=room).first()
    if old is None:
        raise Refused(stop("tags.none", "This room has no tag yet. Give tags to the rooms first."))
    if old.started_at >= at:
        raise Refused(_raced({}))

    old.ended_at = at
    old.save(update_fields=["ended_at"])
    made = RoomTag.objects.create(room=room, code=fresh_code(ROOM), started_at=at, by=by)
    trail.record(
        "beds.replace_tag", by=by, at=at, subject=made, site_id=room.unit.site_id,
        summary=f"Tag of {room.unit.name} {room.name} replaced",
    )  # fmt: skip

    publish({rounds_topic(room.unit_id): ()})
    return made
