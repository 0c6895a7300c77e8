"""The whole board: counts, placement list, units with rooms and cards, and what happened just now."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from audit.models import Event
from beds.models import Unit
from beds.queries.cards import Card, cards
from beds.queries.choice import Choice, Placed, mover, placed
from beds.queries.fit import capacity_of, staffed_units
from beds.queries.housed import housed
from beds.queries.waiting import Waiting, waiting_list
from beds.rules.states import Counts, counts
from programs.models import Client, Site

RECENT = 6  # lines of the activity list
SHOWN = ("programs.Leave", "programs.ExpectedDischarge")  # beside what happens to beds: these show on cards


@dataclass(frozen=True)
class RoomView:
    """A room and its beds."""

    pk: int
    name: str
    note: str
    beds: tuple[Placed, ...]


@dataclass(frozen=True)
class UnitView:
    """A unit, its rooms in walking order, and its own count; ``staffed`` places, None where it is staffed for all."""

    pk: int
    name: str
    level: str
    gender: str
    program: str
    sub: str
    staffed: int | None
    rooms: tuple[RoomView, ...]


@dataclass(frozen=True)
class BoardPage:
    """A site's board at one instant. ``fitting`` beds fit who is being placed, ``fitting_with_reason`` more with a reason."""

    site: Site
    at: datetime
    counts: Counts
    units: tuple[UnitView, ...]
    waiting: tuple[Waiting, ...]
    choice: Choice | None
    fitting: int
    fitting_with_reason: int
    recent: tuple[Event, ...]


def board_page(
    site: Site,
    at: datetime,
    chosen: int | None = None,
    moving: int | None = None,
    housing: int | None = None,
    *,
    names: bool = True,
    reviewed: Collection[int] | None = None,
) -> BoardPage:
    """The board, at most twelve queries. ``chosen`` is a request of the placement list, ``moving`` a stay, ``housing`` an
    episode without a bed; ``names`` False puts initials into the lines of the activity; ``reviewed`` are the beds (None: all)
    whose cards say the next review."""
    waiting = waiting_list(site, at)
    units = staffed_units(site, at)
    capacity = capacity_of(units)
    all_cards = cards(site, at, reviewed=reviewed)
    choice = next((line.choice for line in waiting if line.pk == chosen), None)
    if moving:
        choice = mover(all_cards, moving)
    elif housing:
        choice = housed(site, housing, at)
    every = placed(all_cards, choice, capacity)
    return BoardPage(
        site=site,
        at=at,
        counts=_counts(all_cards, units),
        units=_units(units, every),
        waiting=waiting,
        choice=choice,
        fitting=sum(one.fit == "fits" for one in every),
        fitting_with_reason=sum(one.fit == "override" for one in every),
        recent=recent(site, at, names=names),
    )


def recent(site: Site, at: datetime, *, names: bool = True) -> tuple[Event, ...]:
    """What happened to beds just now, newest first; with initials where the viewer sees no names. One query."""
    ours = Q(subject_kind__startswith="beds.") | Q(subject_kind__in=SHOWN)
    about = Event.objects.filter(ours, site_id=site.pk, at__lte=at)
    if not names:
        spoken = JSONObject(first_name="first_name", last_name="last_name", preferred_name="preferred_name")
        about = about.annotate(named=Client.objects.filter(pk=OuterRef("client_id")).values(parts=spoken)[:1])
    found = list(about.order_by("-at", "-id")[: RECENT + 1])  # a swap is two lines and each names both
    if not names:
        for client in [Client(**parts) for event in found if (parts := getattr(event, "named", None))]:
            for event in found:
                event.summary = event.summary.replace(client.short_name, client.initials)
    return tuple(found[:RECENT])


def _counts(all_cards: list[Card], units: list[Unit]) -> Counts:
    licensed = {unit.program_id: unit.program.licensed_capacity for unit in units}
    beds = Counter(card.unit_id for card in all_cards)
    staffed = capacity_of(units).staffed
    return counts(
        (card.state for card in all_cards),
        licensed=sum(places or 0 for places in licensed.values()),
        staffed=sum(beds[unit] if places is None else places for unit, places in staffed.items()),
    )


def _units(units: list[Unit], every: list[Placed]) -> tuple[UnitView, ...]:
    by_id = {unit.pk: unit for unit in units}
    grouped = groupby(every, lambda one: one.card.unit_id)
    return tuple(_unit(by_id[unit_id], list(group)) for unit_id, group in grouped)


def _unit(unit: Unit, beds: list[Placed]) -> UnitView:
    rooms = []
    for room_id, group in groupby(beds, lambda one: one.card.room_id):
        in_room = tuple(group)
        facts = in_room[0].card.facts
        note = " · ".join(
            words for true, words in ((facts.near_nursing, "near nursing"), (facts.accessible, "accessible")) if true
        )
        name = in_room[0].card.name.removeprefix(unit.name).strip().rsplit("-", 1)[0]
        rooms.append(RoomView(room_id, name, note, in_room))
    taken = sum(one.card.client_id is not None for one in beds)
    staffed: int | None = getattr(unit, "staffed", None)
    said = [unit.get_gender_policy_display(), _ages(unit), f"{len(beds)} beds"]
    said += [f"staffed for {staffed}"] if staffed is not None else []
    sub = " · ".join(words for words in (*said, f"{taken} taken") if words)
    return UnitView(
        unit.pk, unit.name, unit.program.level, unit.gender_policy, unit.program.name, sub, staffed, tuple(rooms)
    )


def _ages(unit: Unit) -> str:
    low, high = unit.age_from, unit.age_to
    if low is None:
        return "" if high is None else f"{high} and under"
    return f"{low} and over" if high is None else f"{low} to {high}"
