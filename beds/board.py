"""The bed board, live: who may watch it, and how its pieces are drawn.

A key is ``<site slug>``, ``<site slug>.<request>`` while a person is chosen (every bed then says how it fits), or
``<site slug>.wall`` for a wall screen with initials only.
"""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import timezone

from beds.queries.cards import cards
from beds.queries.fit import licensed_places
from beds.queries.page import BoardPage, Placed, board_page, placed_for, recent, waiting_list
from beds.topics import board_topic
from live.boards import Board, NoSuchBoard, Snapshot
from live.queries import current_seq
from programs.models import Site
from staff.access import may
from staff.models import Person
from staff.rules.capabilities import Capability

NAME = "beds.board"


@dataclass(frozen=True)
class Look:
    """Which board: a site, the chosen line of the placement list, or the wall screen."""

    slug: str
    chosen: int | None = None
    wall: bool = False

    @property
    def key(self) -> str:
        """The key in an address."""
        tail = ".wall" if self.wall else f".{self.chosen}" if self.chosen else ""
        return self.slug + tail


def look_of(key: str) -> Look:
    """Read a key. Raises NoSuchBoard."""
    slug, _, tail = key.partition(".")
    if tail == "wall":
        return Look(slug, wall=True)
    if tail and not tail.isdigit():
        raise NoSuchBoard(key)
    return Look(slug, int(tail) if tail else None)


def _site(key: str) -> Site:
    return Site.objects.get(slug=look_of(key).slug)


def topic(key: str) -> str:
    """One topic a site, whoever is chosen."""
    return board_topic(_site(key))


def may_watch(person: Person, key: str) -> bool:
    """Who sees beds at the site; with a person chosen, who assigns them."""
    site, now = _site(key), timezone.now()
    wanted = Capability.ASSIGN_BEDS if look_of(key).chosen else Capability.SEE_BEDS
    return may(person, wanted, site.pk, now)


def audience(person: Person, key: str) -> Look:
    """What is seen hangs on the key alone."""
    return look_of(key)


def context(look: Look, page: BoardPage) -> dict[str, object]:
    """What the board's templates take."""
    shown = {"site": page.site, "look": look, "wall": look.wall, "chosen": page.chosen, "recent": page.recent}
    return {"board": page} | shown


def snapshot(look: Look, key: str) -> Snapshot:
    """The whole board, its number read first."""
    site = _site(key)
    seq = current_seq(board_topic(site))
    with timezone.override(site.tz):
        values = context(look, board_page(site, timezone.now(), look.chosen))
        regions = ["counts", "units"] if look.wall else ["counts", "placement", "units", "activity"]
        return Snapshot(
            seq, tuple((f"{name}-{site.pk}", render_to_string(f"beds/{name}.html", values)) for name in regions)
        )


def fragment(look: Look, key: str, name: str, pk: str) -> str | None:
    """One bed, the head of a unit, or one of the three small regions."""
    site, now = _site(key), timezone.now()
    with timezone.override(site.tz):
        values: dict[str, object] = {"site": site, "look": look, "wall": look.wall}
        if name == "bed":
            return _bed(look, site, int(pk), values)
        if name == "activity":
            return render_to_string("beds/activity.html", values | {"recent": recent(site, now)})
        if name in {"counts", "placement"}:
            return render_to_string(f"beds/{name}.html", context(look, board_page(site, now, look.chosen)))
        if name == "unit":
            unit = next((unit for unit in board_page(site, now).units if unit.pk == int(pk)), None)
            return render_to_string("beds/unit_head.html", values | {"unit": unit}) if unit else None
        return None


def _bed(look: Look, site: Site, pk: int, values: dict[str, object]) -> str | None:
    now = timezone.now()
    if look.chosen is None:
        found = [Placed(card, "", "") for card in cards(site, now, [pk])]
    else:
        chosen = next((line for line in waiting_list(site, now, look.chosen) if line.chosen), None)
        found = [one for one in placed_for(chosen, site, now, licensed_places(site)) if one.card.pk == pk]
    return render_to_string("beds/bed.html", values | {"one": found[0]}) if found else None


BOARD = Board(NAME, topic, may_watch, audience, snapshot, fragment)
