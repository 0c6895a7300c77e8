"""What the bed room contributes to others: who sleeps where, and the moves on a timeline."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection
from django.db.models import Q

from beds.models import BedStay, RoomTag, Unit
from programs.contributions import Entry, Place, Slept, Tagged, Ward
from programs.together import Asking, asks

PLACES = """
SELECT stay.episode_id, unit.id, unit.name, room.name, bed.label, unit.position, room.position
FROM beds_bedstay stay JOIN beds_bed bed ON bed.id = stay.bed_id JOIN beds_room room ON room.id = bed.room_id
JOIN beds_unit unit ON unit.id = room.unit_id
WHERE unit.site_id = %(site)s AND (%(episode)s::bigint IS NULL OR stay.episode_id = %(episode)s::bigint)
    AND stay.started_at <= %(at)s AND (stay.ended_at IS NULL OR stay.ended_at > %(at)s)
"""


def places(site_id: int, at: datetime, episode_id: int | None = None) -> Mapping[int, Place]:
    """Which bed each episode, or only the one named, has at a site at an instant (episode id to Place). One query."""
    with connection.cursor() as cursor:
        cursor.execute(PLACES, {"site": site_id, "at": at, "episode": episode_id})
        return {
            episode: Place(unit_id, unit, room, bed, (unit_position, room_position, bed))
            for episode, unit_id, unit, room, bed, unit_position, room_position in cursor.fetchall()
        }


def slept(site_id: int, since: datetime, until: datetime) -> Iterable[Slept]:
    """Every stay at a site that reaches into ``since <= t < until``, units in walking order. One query."""
    stays = (
        BedStay.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), bed__room__unit__site_id=site_id)
        .filter(started_at__lt=until)
        .order_by("bed__room__unit__position", "bed__room__unit_id", "started_at", "pk")
    )
    wanted = (
        "episode_id", "bed__room__unit__name", "started_at", "ended_at", "bed__room__unit_id", "bed__room__name", "bed__label",
    )  # fmt: skip
    return [Slept(*row) for row in stays.values_list(*wanted)]


def wards(site_id: int) -> list[Ward]:
    """The units of a site in walking order. One query."""
    return [Ward(*row) for row in Unit.objects.filter(site=site_id).values_list("pk", "name")]


def room_tags(site_id: int, at: datetime) -> Iterable[Tagged]:
    """The tags that count on the doors of a site. One query."""
    rows = RoomTag.objects.current(at).filter(room__unit__site=site_id)
    return [Tagged(*row) for row in rows.values_list("code", "room__unit_id", "room__unit__name", "room__name")]


@asks
def moves(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """The beds a client came to or left in ``since <= t < until``, as known at ``at``. One query."""
    begun, left = Q(started_at__gte=since, started_at__lt=until), Q(ended_at__gte=since, ended_at__lt=until)
    stays = BedStay.objects.filter(begun | left, client_id=client_id, started_at__lte=at)
    found = []
    (rows,) = yield (stays.select_related("bed__room__unit"),)
    for stay in rows:
        where = f"{stay.bed.room.unit.name}, room {stay.bed.room.name}, bed {stay.bed.label}"
        if since <= stay.started_at < until:
            found.append(Entry(stay.started_at, "move", f"Came to {where}", "", "", "bed-double"))
        if stay.ended_at is not None and stay.ended_at <= at and since <= stay.ended_at < until:
            found.append(Entry(stay.ended_at, "move", f"Left {where}", "", "", "log-out"))
    return found
