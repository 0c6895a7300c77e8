"""What the bed room contributes to others: who sleeps where, and the moves on a timeline."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from beds.models import BedStay
from programs.contributions import Entry, Place


def places(site_id: int, at: datetime) -> Mapping[int, Place]:
    """Which bed each episode has at a site at an instant (episode id to Place). One query."""
    stays = (
        BedStay.objects.current(at)
        .filter(bed__room__unit__site_id=site_id)
        .values_list(
            "episode_id", "bed__room__unit_id", "bed__room__unit__name", "bed__room__name", "bed__label",
            "bed__room__unit__position", "bed__room__position",
        )
    )  # fmt: skip
    return {
        episode: Place(unit_id, unit, room, bed, (unit_position, room_position, bed))
        for episode, unit_id, unit, room, bed, unit_position, room_position in stays
    }


def moves(client_id: int, at: datetime) -> Iterable[Entry]:
    """Every bed a client had up to an instant, as lines of the timeline. One query."""
    for stay in BedStay.objects.filter(client_id=client_id, started_at__lte=at).select_related("bed__room__unit"):
        where = f"{stay.bed.room.unit.name}, room {stay.bed.room.name}, bed {stay.bed.label}"
        yield Entry(stay.started_at, "move", f"Came to {where}", "", "", "bed-double")
        if stay.ended_at is not None and stay.ended_at <= at:
            yield Entry(stay.ended_at, "move", f"Left {where}", "", "", "log-out")
