"""Where a client is met on a pass: their bed, or, where they sleep on no unit of the site, the program they come to by day.

A program's day clients are walked like a unit. Its number stands far above any unit's, so that addresses, topics and runs of a
pass need no second kind of name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from emar.models import Order
from emar.rules.orders import Mode
from programs import placed
from programs.contributions import Place, places
from programs.models import Placement, Program

DAY_UNITS = 1_000_000_000
"""The day clients of program 7 are walked as unit 1,000,000,007."""

LAST = 1_000_000  # behind every unit with beds


@dataclass(frozen=True)
class DayPlace(Place):
    """A client who comes to a program by day: no room, no bed."""

    @property
    def short(self) -> str:
        """'day client'."""
        return "day client"


def walked(site_id: int, at: datetime, unit_id: int | None = None) -> Mapping[int, Place]:
    """Who is met where at a site, or on one unit of it: episode id to Place.

    One query for a unit with beds, else two. Of day clients those count who have an order that is given on a pass.
    """
    sleeping = places(site_id, at)
    if unit_id is not None and unit_id < DAY_UNITS:
        return {episode: place for episode, place in sleeping.items() if place.unit_id == unit_id}
    found = {**sleeping, **_day_clients(site_id, at, sleeping)}
    return {each: place for each, place in found.items() if unit_id in (None, place.unit_id)}


def unit_of(site_id: int, episode_id: int, at: datetime) -> int | None:
    """On which pass an episode's doses are at a site: its unit, else its program's day clients; None where on neither."""
    place = places(site_id, at, episode_id).get(episode_id)
    if place is not None:
        return place.unit_id
    placement = placed.current(episode_id, at)
    return None if placement is None else DAY_UNITS + placement.program_id


def _day_clients(site_id: int, at: datetime, sleeping: Mapping[int, Place]) -> Mapping[int, Place]:
    """One query."""
    ordered = Order.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=at),
        episode=OuterRef("episode"),
        mode__in=[mode.value for mode in Mode if mode.on_pass],
    )
    rows = (
        Placement.objects.current(at)
        .filter(Exists(ordered), program__site=site_id, kind=Program.Kind.TREATMENT)
        .exclude(episode__in=list(sleeping))
        .select_related("program", "episode__client")
    )
    return {
        row.episode_id: DayPlace(
            DAY_UNITS + row.program_id,
            f"{row.program.name}: day clients",
            "",
            "",
            (LAST + row.program.position, row.program_id, row.episode.client.called),
        )
        for row in rows
    }
