"""The periods of a site between two midnights: one query a table, whatever the range and however long the history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from beds.models import Bed, BedStay, Closure, Hold
from beds.rules.census import Away, Closed, Facts, Held, Placed, Stay
from programs.models import Leave, Placement, Program, Site


@dataclass(frozen=True)
class Place:
    """A bed of the site: its name, and its unit's."""

    unit: int
    unit_name: str
    bed_name: str


def places(site: Site) -> dict[int, Place]:
    """Every bed of a site, as people walk them. One query."""
    rows = (
        Bed.objects.filter(room__unit__site=site)
        .order_by("room__unit__position", "room__unit_id", "room__position", "room_id", "label")
        .values_list("pk", "room__unit_id", "room__unit__name", "room__name", "label")
    )
    return {pk: Place(unit, name, f"{name} {room}-{label}") for pk, unit, name, room, label in rows}


def load(site: Site, beds: Mapping[int, Place], after: datetime, to: datetime) -> Facts:
    """What was so at some instant later than ``after`` and no later than ``to``, or at ``to`` where they are the same.

    An episode's earlier stays at the site come along: a stay's length is counted from its first bed. Five queries.
    """
    during = Q(ended_at=None) | Q(ended_at__gt=after), Q(started_at__lte=to)
    here = BedStay.objects.filter(bed__room__unit__site=site)
    stays = tuple(
        Stay(*row)
        for row in here.filter(episode_id__in=here.filter(*during).values("episode_id"), started_at__lte=to)
        .order_by("started_at")
        .values_list("bed_id", "episode_id", "episode__payer", "started_at", "ended_at")
    )
    episodes = {stay.episode for stay in stays}
    period = ("started_at", "ended_at")
    return Facts(
        units={pk: place.unit for pk, place in beds.items()},
        stays=stays,
        leaves=tuple(
            Away(*row)
            for row in Leave.objects.filter(*during, episode_id__in=episodes).values_list("episode_id", *period)
        ),
        placements=tuple(
            Placed(*row)
            for row in Placement.objects.filter(
                *during, episode_id__in=episodes, kind=Program.Kind.TREATMENT
            ).values_list("episode_id", "level", *period)
        ),
        holds=tuple(
            Held(*row)
            for row in Hold.objects.filter(
                bed__room__unit__site=site, ended_at__gt=after, started_at__lte=to
            ).values_list("bed_id", *period)
        ),
        closures=tuple(
            Closed(*row)
            for row in Closure.objects.filter(*during, bed__room__unit__site=site).values_list("bed_id", *period)
        ),
    )
