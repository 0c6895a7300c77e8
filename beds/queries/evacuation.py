"""Who is in the building at an instant, in the order in which people walk it: the list for a fire."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import OuterRef, QuerySet, Subquery

from beds.models import BedStay
from programs.contributions import present
from programs.models import Client, Leave, Site
from programs.queries import precautions_of
from programs.rules.precautions import MOBILITY, Precaution


@dataclass(frozen=True)
class Inside:
    """One person: where they sleep ('4-A', '' without a bed here), ``now`` the room they were last marked in, what help they
    need to leave, and whether someone stays with them all the time."""

    client_id: int
    name: str
    bed: str
    now: str
    help: tuple[Precaution, ...]
    watched: bool


@dataclass(frozen=True)
class Away:
    """Someone on leave: ``kind`` in words, and when they are expected back (``late``: that has passed)."""

    name: str
    bed: str
    kind: str
    expected_at: datetime
    late: bool


@dataclass(frozen=True)
class Walk:
    """A unit and who is there, in walking order."""

    unit: str
    people: tuple[Inside, ...]


@dataclass(frozen=True)
class Evacuation:
    """The whole list. A person stands on it once: in a unit, among the day clients, or away."""

    site: Site
    at: datetime
    units: tuple[Walk, ...]
    day: tuple[Inside, ...]
    away: tuple[Away, ...]

    @property
    def bedded(self) -> int:
        """How many are here who have a bed."""
        return sum(len(walk.people) for walk in self.units)

    @property
    def inside(self) -> int:
        """How many are in the building."""
        return self.bedded + len(self.day)

    @property
    def helped(self) -> int:
        """How many of them need help to leave, or have someone with them."""
        people = [*self.day, *(one for walk in self.units for one in walk.people)]
        return sum(bool(one.help) or one.watched for one in people)

    @property
    def total(self) -> str:
        """'31 in the building: 27 with a bed, 4 day clients; 3 on leave'."""
        day = f"{len(self.day)} day client{'' if len(self.day) == 1 else 's'}"
        return f"{self.inside} in the building: {self.bedded} with a bed, {day}; {len(self.away)} on leave"


def evacuation(site: Site, at: datetime) -> Evacuation:
    """The list at an instant. Four queries, however many people.

    Who is on leave but was marked in a group that runs is in the building.
    """
    stays = list(_stays(site, at))
    rooms = present(site.pk, at)
    slept = {stay.client_id for stay in stays}
    day = list(Client.objects.filter(pk__in=rooms.keys() - slept).order_by("last_name", "first_name", "pk"))
    minded = precautions_of([*slept, *(client.pk for client in day)], at)
    here = [stay for stay in stays if _leave(stay) is None or stay.client_id in rooms]
    gone = [stay for stay in stays if _leave(stay) is not None and stay.client_id not in rooms]
    return Evacuation(
        site=site,
        at=at,
        units=tuple(
            Walk(unit.name, tuple(_inside(stay.client, _bed(stay), rooms, minded) for stay in group))
            for unit, group in groupby(here, lambda stay: stay.bed.room.unit)
        ),
        day=tuple(_inside(client, "", rooms, minded) for client in day),
        away=tuple(_away(stay, at) for stay in gone),
    )


def _stays(site: Site, at: datetime) -> QuerySet[BedStay]:
    leave = Leave.objects.current(at).filter(episode=OuterRef("episode"))
    return (
        BedStay.objects.current(at)
        .filter(bed__room__unit__site=site)
        .select_related("client", "bed__room__unit")
        .annotate(leave_kind=Subquery(leave.values("kind")[:1]), leave_until=Subquery(leave.values("expected_at")[:1]))
        .order_by(
            "bed__room__unit__position", "bed__room__unit_id", "bed__room__position", "bed__room_id", "bed__label"
        )
    )  # fmt: skip


def _leave(stay: BedStay) -> str | None:
    kind: str | None = getattr(stay, "leave_kind", None)
    return kind


def _bed(stay: BedStay) -> str:
    return f"{stay.bed.room.name}-{stay.bed.label}"


def _inside(
    client: Client, bed: str, rooms: Mapping[int, str], minded: Mapping[int, frozenset[Precaution]]
) -> Inside:  # fmt: skip
    kinds = minded.get(client.pk, frozenset())
    needed = tuple(kind for kind in MOBILITY if kind in kinds)
    return Inside(client.pk, client.called, bed, rooms.get(client.pk, ""), needed, Precaution.CONSTANT_WATCH in kinds)


def _away(stay: BedStay, at: datetime) -> Away:
    until: datetime = getattr(stay, "leave_until", at)
    bed = f"{stay.bed.room.unit.name} {_bed(stay)}"
    return Away(stay.client.called, bed, Leave.Kind(_leave(stay) or "").label, until, until <= at)
