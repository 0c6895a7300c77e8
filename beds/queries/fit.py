"""Which beds fit one person, and in words why not: the rule of ``beds/rules/compatibility`` over the cards of a site."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import OuterRef, Subquery

from audit.rules.findings import Finding
from beds.models import Staffing, Unit
from beds.queries.cards import Card
from beds.rules.compatibility import BedFacts, ClientFacts, ClientKey, RoommateFacts, compatibility
from beds.rules.states import BedState
from programs.models import Site

NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Capacity:
    """People a program is licensed for, and a unit is staffed for, by their ids; None = not limited."""

    licensed: Mapping[int, int | None]
    staffed: Mapping[int, int | None]


def staffed_units(site: Site, at: datetime) -> list[Unit]:
    """The site's units with their programs; ``staffed`` on each is what it is staffed for, or None. One query."""
    now = Staffing.objects.current(at).filter(unit=OuterRef("pk"))
    return list(
        Unit.objects.filter(site=site).select_related("program").annotate(staffed=Subquery(now.values("places")[:1]))
    )


def capacity_of(units: Iterable[Unit]) -> Capacity:
    """The limits of these units."""
    units = list(units)
    return Capacity(
        licensed={unit.program_id: unit.program.licensed_capacity for unit in units},
        staffed={unit.pk: getattr(unit, "staffed", None) for unit in units},
    )


@dataclass(frozen=True)
class House:
    """Who sleeps where, read off the cards once: people by their bed, in each room, program and unit."""

    beds: Mapping[ClientKey, Card]
    rooms: Mapping[int, list[Card]]
    in_program: Mapping[int, int]
    in_unit: Mapping[int, int]


def house_of(cards: Iterable[Card]) -> House:
    """The house of these cards (all beds of the programs concerned)."""
    here = [card for card in cards if card.client_id is not None]
    rooms: defaultdict[int, list[Card]] = defaultdict(list)
    for card in here:
        rooms[card.room_id].append(card)
    return House(
        beds={card.client_id: card for card in here if card.client_id is not None},
        rooms=rooms,
        in_program=Counter(card.program_id for card in here),
        in_unit=Counter(card.unit_id for card in here),
    )


def fits(
    person: ClientFacts,
    cards: Iterable[Card],
    capacity: Capacity,
    gone: Collection[int] = NOBODY,
) -> dict[int, list[Finding]]:
    """Findings for each of these cards (all beds of the programs concerned), by bed.

    ``gone`` are clients to be taken as having left, as the person is, wherever they sleep now: in a swap the other one.
    """
    cards = list(cards)
    house = house_of(cards)
    return {card.pk: fit_in(card, person, house, capacity, gone) for card in cards}


def fit_in(
    card: Card, person: ClientFacts, house: House, capacity: Capacity, gone: Collection[int] = NOBODY
) -> list[Finding]:
    """Findings for this one bed of the house; ``gone`` as for ``fits``."""
    leaving = {*gone, person.client}
    left = [house.beds[client] for client in leaving if client in house.beds]
    licensed, staffed = capacity.licensed.get(card.program_id), capacity.staffed.get(card.unit_id)
    if licensed is not None:
        licensed -= house.in_program.get(card.program_id, 0) - sum(one.program_id == card.program_id for one in left)
    if staffed is not None:
        staffed -= house.in_unit.get(card.unit_id, 0) - sum(one.unit_id == card.unit_id for one in left)
    facts = replace(_without(card, gone), licensed_left=licensed, staffed_left=staffed)
    mates = [
        _mate(mate, person)
        for mate in house.rooms.get(card.room_id, ())
        if mate.pk != card.pk and mate.client_id not in leaving
    ]
    return compatibility(facts, person, mates)


def _without(card: Card, gone: Collection[int]) -> BedFacts:
    if card.client_id is None or card.client_id not in gone:
        return card.facts
    state = BedState.HELD if card.hold_id is not None else BedState.AVAILABLE
    return replace(card.facts, state=state, client=None, who="")


def _mate(card: Card, person: ClientFacts) -> RoommateFacts:
    mate = card.person
    assert mate is not None
    return RoommateFacts(
        initials=mate.initials,
        keep_apart=person.client in card.apart,
        housing_preference=mate.housing_preference,
        age=mate.age,
        isolation=mate.isolation,
    )
