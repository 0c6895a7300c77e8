"""Records that may be one person: the pairs of a site, and two side by side."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from chart.access import at_sites
from chart.models import Allergy
from chart.rules.merge import Record
from programs.models import Client, Episode, KeepApart, Merge, PlacementRequest, Site
from programs.rules.duplicates import Match, Someone, match, plain, slips

SHOWN = 50


@dataclass(frozen=True)
class Pair:
    """Two records that may be one person, the older number first."""

    match: Match
    one: Client
    other: Client


@dataclass(frozen=True)
class Side:
    """One of two records as a page compares them: what tells them apart, and what each brings."""

    client: Client
    record: Record
    episodes: tuple[str, ...]
    allergies: tuple[str, ...]


def someone(client: Client) -> Someone:
    """A client as the rule of duplicates takes them."""
    return Someone(client.first_name, client.last_name, client.born_on, client.preferred_name)


def pairs(site: Site) -> list[Pair]:
    """Records of a site that may be one person, the surest first, at most fifty. One query.

    Compared are those born on one date or one slip from it, and those of one last name: all others cannot match.
    """
    people = list(at_sites(frozenset({site.pk})).order_by("record_number", "pk"))
    found = [
        Pair(level, people[first], people[second])
        for first, second in sorted(_near(people))
        if (level := match(someone(people[first]), someone(people[second]))) is not None
    ]
    return sorted(found, key=lambda pair: -pair.match)[:SHOWN]


def merged(site: Site) -> list[Merge]:
    """The merges that hold whose record that stays is one of the site's, the newest first. One query."""
    here = at_sites(frozenset({site.pk})).order_by().values("pk")
    rows = Merge.objects.filter(ended_at=None, into__in=here).select_related("client", "into", "by")
    return list(rows.order_by("-started_at", "-pk"))


def _near(people: list[Client]) -> set[tuple[int, int]]:
    by_date, by_name = defaultdict(list), defaultdict(list)
    for place, client in enumerate(people):
        by_date[client.born_on].append(place)
        for name in {plain(client.last_name), plain(client.first_name)}:
            by_name[name].append(place)
    near: set[tuple[int, int]] = set()
    for born_on, places in by_date.items():
        around = [place for day in slips(born_on) if day in by_date for place in by_date[day]]
        near |= {(a, b) if a < b else (b, a) for a in places for b in [*places, *around] if a != b}
    for places in by_name.values():
        near |= {(a, b) for a in places for b in places if a < b}
    return near


def records(client_ids: Collection[int], at: datetime) -> dict[int, Record]:
    """What the rule of merging asks of these records, by id. Five queries."""
    clients = Client.objects.filter(pk__in=client_ids)
    part_of: dict[int, str] = {}
    holds: dict[int, list[str]] = defaultdict(list)
    for row in Merge.objects.filter(
        Q(client__in=client_ids) | Q(into__in=client_ids), ended_at=None
    ).select_related("client", "into"):  # fmt: skip
        part_of[row.client_id] = row.into.record_number
        holds[row.into_id].append(row.client.record_number)
    in_care = set(Episode.objects.filter(client__in=client_ids, ended_at=None).values_list("client_id", flat=True))
    asks = set(
        PlacementRequest.objects.filter(client__in=client_ids, settled_at=None).values_list("client_id", flat=True)
    )
    apart: dict[int, set[int]] = defaultdict(set)
    for rule in KeepApart.objects.current(at).filter(Q(first__in=client_ids) | Q(second__in=client_ids)):
        apart[rule.first_id].add(rule.second_id)
        apart[rule.second_id].add(rule.first_id)
    return {
        client.pk: Record(
            client.pk, client.record_number, someone(client), client.organisation_id, part_of.get(client.pk, ""),
            tuple(holds[client.pk]), client.pk in in_care, client.pk in asks, frozenset(apart[client.pk]),
        )
        for client in clients
    }  # fmt: skip


def sides(one: Client, other: Client, at: datetime) -> tuple[Side, Side]:
    """The two records beside each other. Seven queries."""
    both = [one.pk, other.pk]
    known = records(both, at)
    episodes: dict[int, list[str]] = defaultdict(list)
    for episode in Episode.objects.filter(client__in=both, started_at__lte=at).order_by("-started_at"):
        episodes[episode.client_id].append(_said(episode))
    allergies: dict[int, list[str]] = defaultdict(list)
    for row in Allergy.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), client__in=both).order_by("substance"):
        allergies[row.client_id].append(row.substance)
    first, second = (
        Side(each, known[each.pk], tuple(episodes[each.pk]), tuple(allergies[each.pk])) for each in (one, other)
    )
    return first, second


def _said(episode: Episode) -> str:
    """'3 Nov 2024 to 9 Jan 2025, completed treatment'."""
    began = f"{episode.started_at:%-d %b %Y}"
    if episode.ended_at is None:
        return f"{began} until now"
    how = f", {episode.get_ended_as_display().lower()}" if episode.ended_as else ""
    return f"{began} to {episode.ended_at:%-d %b %Y}{how}"
