"""The whole board: counts, placement list, units with rooms and cards, and what happened just now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from audit.models import Event
from audit.rules.findings import Finding
from beds.models import Unit
from beds.queries.cards import Card, cards
from beds.queries.fit import fits
from beds.rules.compatibility import verdict
from beds.rules.states import Counts, counts
from programs.models import Client, PlacementRequest, Site

RECENT = 6  # lines of the activity list


@dataclass(frozen=True)
class Waiting:
    """One line of the placement list."""

    pk: int
    client: Client
    level: str
    state: str
    priority: int
    ready: str
    payer: str
    needs: tuple[str, ...]
    chosen: bool


@dataclass(frozen=True)
class Placed:
    """A card, with the fit of the chosen person: '' where nobody is chosen."""

    card: Card
    fit: str
    why: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class RoomView:
    """A room and its beds."""

    pk: int
    name: str
    note: str
    beds: tuple[Placed, ...]


@dataclass(frozen=True)
class UnitView:
    """A unit, its rooms in walking order, and its own count."""

    pk: int
    name: str
    level: str
    program: str
    sub: str
    rooms: tuple[RoomView, ...]


@dataclass(frozen=True)
class BoardPage:
    """A site's board at one instant."""

    site: Site
    at: datetime
    counts: Counts
    fitting: int | None
    units: tuple[UnitView, ...]
    waiting: tuple[Waiting, ...]
    chosen: Waiting | None
    recent: tuple[Event, ...]


def waiting_list(site: Site, at: datetime, chosen: int | None) -> tuple[Waiting, ...]:
    """Open requests: by federal priority (45 CFR 96.131), then the longest waiting. One query."""
    rows = (
        PlacementRequest.objects.filter(site=site, settled_at=None)
        .select_related("client")
        .order_by("priority", "asked_at")
    )
    today = at.astimezone(site.tz).date()

    def ready(request: PlacementRequest) -> str:
        if request.ready_on is None:
            return ""
        return "ready now" if request.ready_on <= today else f"ready {request.ready_on:%a %-d %b}"

    return tuple(
        Waiting(
            row.pk, row.client, row.level_wanted, row.get_state_display(), row.priority, ready(row), row.payer,
            _needs(row.client), row.pk == chosen,
        )
        for row in rows
    )  # fmt: skip


def _needs(client: Client) -> tuple[str, ...]:
    said = [client.pronouns] if client.pronouns else []
    if client.housing_preference != Client.Housing.ANY:
        said.append(client.get_housing_preference_display().lower())
    said += [
        words
        for needed, words in (
            (client.needs_lower_bunk, "lower bunk"),
            (client.needs_accessible, "accessible room"),
            (client.withdrawal_watch, "near nursing"),
        )
        if needed
    ]
    return tuple(said)


def placed_for(
    chosen: Waiting | None, site: Site, at: datetime, licensed: Mapping[int, int | None]
) -> list[Placed]:  # fmt: skip
    """Every card of the site, with the fit of the chosen person."""
    all_cards = cards(site, at)
    if chosen is None:
        return [Placed(card, "", "") for card in all_cards]
    found = fits(chosen.client, chosen.level, site, at, all_cards, licensed)
    return [Placed(card, *_judged(card, found[card.pk]), tuple(found[card.pk])) for card in all_cards]


def _judged(card: Card, findings: list[Finding]) -> tuple[str, str]:
    fit = verdict(findings)
    if fit == "fits":
        good = [
            words
            for true, words in ((card.facts.near_nursing, "near nursing"), (card.facts.lower_bunk, "lower bunk"))
            if true
        ]
        return fit, " · ".join(["Fits", *good[:1]])
    return fit, findings[0].message + (" · needs a reason" if fit == "override" else "")


def board_page(site: Site, at: datetime, chosen_pk: int | None = None) -> BoardPage:
    """The board, at most twelve queries."""
    waiting = waiting_list(site, at, chosen_pk)
    chosen = next((line for line in waiting if line.chosen), None)
    units = {unit.pk: unit for unit in Unit.objects.filter(site=site).select_related("program")}
    licensed = {unit.program_id: unit.program.licensed_capacity for unit in units.values()}
    all_placed = placed_for(chosen, site, at, licensed)
    return BoardPage(
        site=site,
        at=at,
        counts=counts(
            (one.card.state for one in all_placed), licensed=sum(places or 0 for places in licensed.values())
        ),
        fitting=sum(one.fit == "fits" for one in all_placed) if chosen else None,
        units=tuple(
            _unit(units[unit_id], list(group)) for unit_id, group in groupby(all_placed, lambda one: one.card.unit_id)
        ),
        waiting=waiting,
        chosen=chosen,
        recent=recent(site, at),
    )


def recent(site: Site, at: datetime) -> tuple[Event, ...]:
    """What happened to beds just now, newest first. One query."""
    about = Event.objects.filter(site_id=site.pk, at__lte=at, subject_kind__startswith="beds.")
    return tuple(about.order_by("-at", "-id")[:RECENT])


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
    sub = f"{unit.get_gender_policy_display()} · {len(beds)} beds · {taken} taken"
    return UnitView(unit.pk, unit.name, unit.program.level, unit.program.name, sub, tuple(rooms))
