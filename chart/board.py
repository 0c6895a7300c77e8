"""The rounds of a unit, live. A key is ``<site>.<unit>``.

What comes due by the clock stands on each row as ``data-live-until``.
"""

from collections.abc import Sequence
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import timezone

from chart.queries.rounds.board import RoundsBoard, rounds_board
from chart.queries.rounds.day import DAY_PROGRAM
from chart.rules.rounds.states import SEEN_IN_ROOM, State
from live.boards import Board, NoSuchBoard, Snapshot
from live.queries import current_seq
from programs.models import Site
from programs.topics import rounds_topic
from staff.access import may
from staff.models import Person
from staff.rules.capabilities import Capability

NAME = "chart.rounds"
ONE_TAP = (State.AWAKE, State.ASLEEP, State.GROUP, State.ELSEWHERE)
"""The looks that one tap writes down; the others ask something, or are rare."""


class Viewer(NamedTuple):
    """What decides what is seen: whether they may write down a look."""

    looks: bool


def ids_of(key: str) -> tuple[int, int]:
    """Site and unit. Raises ValueError for a key that names nothing."""
    site, unit = key.split(".")
    return int(site), int(unit)


def topic(key: str) -> str:
    """The rounds of the unit."""
    return rounds_topic(ids_of(key)[1])


def may_watch(person: Person, key: str) -> bool:
    """Whoever may see the rounds of the site."""
    return may(person, Capability.SEE_ROUNDS, ids_of(key)[0], timezone.now())


def audience(person: Person, key: str) -> Viewer:
    """Whether the person does rounds there."""
    return Viewer(may(person, Capability.DO_ROUNDS, ids_of(key)[0], timezone.now()))


def board_of(key: str) -> RoundsBoard:
    """The board now. Raises NoSuchBoard."""
    site_id, unit_id = ids_of(key)
    found = rounds_board(Site.objects.get(pk=site_id), unit_id, timezone.now())
    if found is None:
        raise NoSuchBoard(key)
    return found


def snapshot(viewer: Viewer, key: str) -> Snapshot:
    """Head and rows."""
    seq = current_seq(topic(key))
    return Snapshot(seq, regions(board_of(key), viewer))


def regions(board: RoundsBoard, viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """Each region's element id and HTML."""
    return (
        (f"rounds-head-{board.ward.pk}", draw("head", board, viewer)),
        ("rounds-rows", draw("rows", board, viewer)),
    )


def fragments(viewer: Viewer, key: str, wanted: Sequence[tuple[str, str]]) -> list[str | None]:
    """Rows (``round-<client>``) and the head, from one read of the unit."""
    board = board_of(key)
    rows = {str(row.client_id): row for row in board.rows}

    def piece(name: str, pk: str) -> str | None:
        if name == "rounds-head":
            return draw("head", board, viewer)
        return draw("row", board, viewer, row=rows[pk]) if name == "round" and pk in rows else None

    return [piece(name, pk) for name, pk in wanted]


def draw(piece: str, board: RoundsBoard, viewer: Viewer, **extra: object) -> str:
    """One template of the board, on the clock of its site, without a request."""
    states = [each for each in State if each not in SEEN_IN_ROOM or board.ward != DAY_PROGRAM]
    context = {
        "board": board, "may_look": viewer.looks, "one_tap": [each for each in ONE_TAP if each in states],
        "others": [each for each in states if each not in ONE_TAP], "in_room": SEEN_IN_ROOM,
    }  # fmt: skip
    with timezone.override(board.site.tz):
        return render_to_string(f"chart/unit/rounds_{piece}.html", context | extra)


BOARD = Board(NAME, topic, may_watch, audience, snapshot, fragments)
