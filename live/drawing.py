"""Draws what pages are sent: once for all sockets that see the same, encoded once; sync, for one thread hop a batch."""

import json
import logging
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

from channels.db import database_sync_to_async
from django.utils import timezone

from live.boards import Board, sharing
from live.names import dom_id, split_key
from live.queries import current_seq

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class View:
    """What is seen: sockets with equal views get the same bytes."""

    board: Board
    key: str
    audience: Hashable

    @property
    def whole(self) -> bool:
        """True where it is always drawn as a whole."""
        return self.board.whole(self.audience)


@dataclass(frozen=True, slots=True)
class Order:
    """Draw these keys of a view at this number, or (no keys) the whole of it."""

    view: View
    seq: int = 0
    keys: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message to pages, ready to send; ``size`` in bytes."""

    text: str
    size: int
    seq: int


def encoded(message: dict[str, object], seq: int, at: datetime | None = None) -> Drawn:
    """The message with its number and the server's time (``at``, else now; ms since 1970), as compact JSON."""
    ms = int((at or timezone.now()).timestamp() * 1000)
    text = json.dumps({**message, "seq": seq, "at": ms}, ensure_ascii=False, separators=(",", ":"))
    return Drawn(text, len(text.encode(errors="replace")), seq)


def draw(orders: Sequence[Order], floor_of: str | None = None) -> tuple[int, list[Drawn | None]]:
    """Everything a batch needs; None for what could not be drawn (logged).

    With ``floor_of``, that topic's number is read first and returned: all drawn is at least that new. Else 0.
    """
    at = timezone.now()  # before any row is read: nothing in the messages is older
    floor = current_seq(floor_of) if floor_of is not None else 0
    with sharing():
        return floor, [_drawn(order, at) for order in orders]


draw_in_thread = database_sync_to_async(draw)


def _drawn(order: Order, at: datetime) -> Drawn | None:
    view = order.view
    try:
        if order.keys is None:
            snapshot = view.board.snapshot(view.audience, view.key)
            return encoded({"redraw": [[name, str(html)] for name, html in snapshot.regions]}, snapshot.seq, at)
        return encoded({"patch": _patch(view, sorted(order.keys))}, order.seq, at)
    except Exception:
        logger.exception("The board %s %s could not be drawn.", view.board.name, view.key)
        return None


def _patch(view: View, keys: Sequence[str]) -> list[list[str | None]]:
    pieces = view.board.fragments(view.audience, view.key, [split_key(key) for key in keys])
    return [[dom_id(key), None if html is None else str(html)] for key, html in zip(keys, pieces, strict=True)]
