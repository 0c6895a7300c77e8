"""Which beds fit one person, and in words why not: the rule of ``beds/rules/compatibility`` over the cards of a site."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import OuterRef, Subquery

from audit.rules.findings import Finding
from beds.models import Staffing, Unit
from beds.queries.cards import Card
from beds.rules.compatibility import BedFacts, ClientFacts, RoommateFacts, compatibility
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
    here = [card for card in cards if card.client_id is not None and card.client_id not in {*gone, person.client}]
    rooms: defaultdict[int, list[Card]] = defaultdict(list)
    for card in here:
        rooms[card.room_id].append(card)
    in_program = Counter(card.program_id for card in here)
    in_unit = Counter(card.unit_id for card in here)
    found = {}
    for card in cards:
        licensed, staffed = capacity.licensed.get(card.program_id), capacity.staffed.get(card.unit_id)
        facts = replace(
            _without(card, gone),
            licensed_left=None if licensed is None else licensed - in_program[card.program_id],
            staffed_left=None if staffed is None else staffed - in_unit[card.unit_id],
        )
        mates = [_mate(mate, person) for mate in rooms[card.room_id] if mate.pk != card.pk]
        found[card.pk] = compatibility(facts, person, mates)
    return found


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
