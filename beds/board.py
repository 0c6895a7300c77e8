"""The bed board, live: who may watch it, and how its pieces are drawn.

A key is ``<site slug>``; ``<site slug>.<request>`` while a person of the placement list is chosen, ``<site slug>.m<stay>``
while someone moves, ``<site slug>.e<episode>`` while someone in care gets a bed (every bed then says how it fits);
``<site slug>.wall`` for a wall screen with initials only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.template.loader import render_to_string
from django.utils import timezone

from beds.queries.cards import Card, cards
from beds.queries.choice import Placed
from beds.queries.page import BoardPage, board_page, recent
from beds.topics import board_topic
from live.boards import Board, NoSuchBoard, Snapshot, once
from live.queries import current_seq
from programs.models import Site
from staff.access import may
from staff.models import Person
from staff.rules.capabilities import Capability

NAME = "beds.board"


@dataclass(frozen=True)
class Look:
    """Which board: a site, who is being placed (a line of the placement list, or the stay of who moves), or the wall screen.

    ``names``: whether the viewer sees names; else initials. ``still``: it is of the past, so nothing is live and nothing
    acts. Neither is part of the key.
    """

    slug: str
    chosen: int | None = None
    moving: int | None = None
    housing: int | None = None
    wall: bool = False
    names: bool = True
    still: bool = False

    @property
    def acts(self) -> bool:
        """Whether a card leads to its sheet: not on a wall, and not in the past."""
        return not self.wall and not self.still

    @property
    def shows_names(self) -> bool:
        """A wall screen never does."""
        return self.names and not self.wall

    @property
    def key(self) -> str:
        """The key in an address."""
        if self.wall:
            return f"{self.slug}.wall"
        named = (("", self.chosen), ("m", self.moving), ("e", self.housing))
        return self.slug + next((f".{letter}{pk}" for letter, pk in named if pk), "")

    @property
    def query(self) -> str:
        """The end of a bed's address that carries on who is being placed."""
        named = (("choose", self.chosen), ("move", self.moving), ("house", self.housing))
        return next((f"?{name}={pk}" for name, pk in named if pk), "")

    @property
    def places(self) -> bool:
        """Whether somebody is being placed."""
        return bool(self.chosen or self.moving or self.housing)


def look_of(key: str) -> Look:
    """Read a key. Raises NoSuchBoard."""
    slug, _, tail = key.partition(".")
    if tail == "wall":
        return Look(slug, wall=True)
    if not tail:
        return Look(slug)
    letter, number = (tail[0], tail[1:]) if tail[0] in "me" else ("", tail)
    if not (number.isascii() and number.isdigit()):
        raise NoSuchBoard(key)
    pk = int(number)
    if letter == "m":
        return Look(slug, moving=pk)
    return Look(slug, housing=pk) if letter == "e" else Look(slug, chosen=pk)


def _site(key: str) -> Site:
    return Site.objects.get(slug=look_of(key).slug)


def topic(key: str) -> str:
    """One topic a site, whoever is being placed."""
    return board_topic(_site(key))


def may_watch(person: Person, key: str) -> bool:
    """Who sees beds at the site; with a person being placed, who assigns them."""
    look, site, now = look_of(key), _site(key), timezone.now()
    wanted = Capability.ASSIGN_BEDS if look.places else Capability.SEE_BEDS
    return may(person, wanted, site.pk, now)


def audience(person: Person, key: str) -> Look:
    """What the key says; names for who opens charts, initials for everybody else."""
    look = look_of(key)
    return replace(look, names=may(person, Capability.OPEN_CHART, _site(key).pk, timezone.now()))


def context(look: Look, page: BoardPage) -> dict[str, object]:
    """What the board's templates take."""
    return {
        "board": page, "site": page.site, "look": look, "choice": page.choice, "recent": page.recent, "at": page.at,
    }  # fmt: skip


def page_of(look: Look, site: Site, at: datetime, reviewed: frozenset[int] | None = None) -> BoardPage:
    """The board at an instant, as much of it as this look may see; the next review of ``reviewed`` beds (None: all)."""
    return board_page(site, at, look.chosen, look.moving, look.housing, names=look.shows_names, reviewed=reviewed)


def _read(look: Look, site: Site, at: datetime, reviewed: frozenset[int] | None = None) -> tuple[int, BoardPage]:
    """The topic's number, and the board that was read after it: in a batch once for those who see names and those who see initials."""

    def read() -> tuple[int, BoardPage, bool]:
        seq = current_seq(board_topic(site))
        return seq, page_of(look, site, at, reviewed), look.shows_names

    seq, page, names = once((NAME, site.pk, look.chosen, look.moving, look.housing, reviewed), read)
    if names == look.shows_names:
        return seq, page
    return seq, replace(page, recent=recent(site, page.at, names=look.shows_names))


def snapshot(look: Look, key: str) -> Snapshot:
    """The whole board, its number read first."""
    site = _site(key)
    with timezone.override(site.tz):
        seq, page = _read(look, site, timezone.now())
        values = context(look, page)
        regions = ["counts", "units"] if look.wall else ["counts", "placement", "units", "activity"]
        return Snapshot(
            seq, tuple((f"{name}-{site.pk}", render_to_string(f"beds/{name}.html", values)) for name in regions)
        )


def fragments(look: Look, key: str, wanted: Sequence[tuple[str, str]]) -> list[str | None]:
    """Beds, heads of units and the three small regions, drawn from one read of the board."""
    site = _site(key)
    with timezone.override(site.tz):
        pieces = _Pieces(look, site, wanted)
        return [pieces.draw(name, pk) for name, pk in wanted]


class _Pieces:
    """One batch: the board is read once, and only where more than some beds or the activity is wanted."""

    def __init__(self, look: Look, site: Site, wanted: Sequence[tuple[str, str]]) -> None:
        self.look, self.site, self.now = look, site, timezone.now()
        self.beds_only = {name for name, _ in wanted} <= {"bed", "activity"} and not look.places
        self.pks = frozenset(int(pk) for name, pk in wanted if name == "bed")

    @cached_property
    def page(self) -> BoardPage:
        return _read(self.look, self.site, self.now, self.pks)[1]

    @cached_property
    def beds(self) -> dict[int, Placed]:
        if self.beds_only:
            found: list[Card] = cards(self.site, self.now, self.pks)
            return {card.pk: Placed(card) for card in found}
        return {one.card.pk: one for unit in self.page.units for room in unit.rooms for one in room.beds}

    def draw(self, name: str, pk: str) -> str | None:
        at = self.now if self.beds_only else self.page.at
        values: dict[str, object] = {"site": self.site, "look": self.look, "at": at}
        if name == "bed":
            one = self.beds.get(int(pk))
            return render_to_string("beds/bed.html", values | {"one": one}) if one else None
        if name == "unit":
            unit = next((unit for unit in self.page.units if unit.pk == int(pk)), None)
            return render_to_string("beds/unit_head.html", values | {"unit": unit}) if unit else None
        if name == "activity":
            names = self.look.shows_names
            events = recent(self.site, self.now, names=names) if self.beds_only else self.page.recent
            return render_to_string("beds/activity.html", values | {"recent": events})
        if name in {"counts", "placement"}:
            return render_to_string(f"beds/{name}.html", context(self.look, self.page))
        return None


def whole(look: Look) -> bool:
    """While someone moves, any change may make or unmake a swap anywhere."""
    return look.moving is not None


BOARD = Board(NAME, topic, may_watch, audience, snapshot, fragments, whole)
