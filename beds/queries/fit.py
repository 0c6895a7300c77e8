"""Which beds fit one person, and in words why not: the rule of ``beds/rules/compatibility`` over the cards of a site."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from audit.rules.findings import Finding
from beds.queries.cards import Card
from beds.rules.compatibility import ClientFacts, Housing, compatibility
from programs.models import Client, Program, Site


def client_facts(client: Client, level: str, site: Site, at: datetime) -> ClientFacts:
    """What the rule needs to know of the person."""
    return ClientFacts(
        client=client.pk,
        level=level or None,
        housing_preference=Housing(client.housing_preference),
        age=client.age(at.astimezone(site.tz).date()),
        needs_lower_bunk=client.needs_lower_bunk,
        needs_accessible=client.needs_accessible,
        withdrawal_watch=client.withdrawal_watch,
    )


def fits(
    client: Client, level: str, site: Site, at: datetime, cards: Iterable[Card], licensed: Mapping[int, int | None]
) -> dict[int, list[Finding]]:
    """Findings for each of these cards (all beds of the programs concerned); ``licensed`` maps a program to its places."""
    cards = list(cards)
    person = client_facts(client, level, site, at)
    rooms: defaultdict[int, list[Card]] = defaultdict(list)
    taken: defaultdict[int, int] = defaultdict(int)
    for card in cards:
        if card.roommate is not None:
            rooms[card.room_id].append(card)
            taken[card.program_id] += 1
    found = {}
    for card in cards:
        places = licensed.get(card.program_id)
        facts = replace(card.facts, licensed_left=None if places is None else places - taken[card.program_id])
        mates = [other.roommate for other in rooms[card.room_id] if other.pk != card.pk and other.roommate]
        found[card.pk] = compatibility(facts, person, mates)
    return found


def licensed_places(site: Site) -> dict[int, int | None]:
    """People each program of the site is licensed for; one query."""
    return dict(Program.objects.filter(site=site).values_list("pk", "licensed_capacity"))
