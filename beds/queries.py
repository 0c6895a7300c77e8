"""What do the bed pages need? Frozen read models in a constant number of queries."""

from collections.abc import Mapping
from datetime import datetime

from beds.models import BedStay
from programs.contributions import Place


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
