"""A batch: audiences that can share a reading share it, and nothing in the messages is newer than they say."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from live.boards import Board, Snapshot, once
from live.drawing import Order, View, draw

read: list[datetime] = []


def _rows() -> int:
    read.append(timezone.now())
    return len(read)


def _snapshot(audience: str, key: str) -> Snapshot:
    return Snapshot(once(("rows", key), _rows), (("list", audience),))


def _fragments(audience: str, key: str, wanted: Sequence[tuple[str, str]]) -> list[str | None]:
    return [f"{audience} {once(('rows', key), _rows)}" for _ in wanted]


BOARD = Board("shared", lambda key: "t", lambda person, key: True, lambda person, key: "", _snapshot, _fragments)
NAMES, INITIALS = View(BOARD, "1", "names"), View(BOARD, "1", "initials")


def _said(orders: Sequence[Order]) -> list[dict[str, object]]:
    read.clear()
    _, drawn = draw(orders)
    return [json.loads(each.text) for each in drawn if each is not None]


def test_two_audiences_are_drawn_from_one_reading() -> None:
    keys = frozenset({"line:1"})
    first, second = _said([Order(NAMES, 7, keys), Order(INITIALS, 7, keys)])
    assert (first["patch"], second["patch"]) == ([["line-1", "names 1"]], [["line-1", "initials 1"]])
    assert len(read) == 1


def test_another_key_is_another_reading_and_so_is_another_batch() -> None:
    other = View(BOARD, "2", "names")
    assert [said["seq"] for said in _said([Order(NAMES), Order(other), Order(INITIALS)])] == [1, 2, 1]
    _said([Order(NAMES)])
    assert len(read) == 1, "nothing is kept from one batch to the next"


def test_every_message_of_a_batch_is_dated_before_the_shared_reading() -> None:
    """Else a page would take what ran out in between for something it had been told."""
    for said in _said([Order(NAMES), Order(INITIALS)]):
        assert isinstance(said["at"], int)
        assert said["at"] <= read[0].timestamp() * 1000


def test_outside_of_a_batch_each_asks_for_itself() -> None:
    read.clear()
    assert (once("rows", _rows), once("rows", _rows)) == (1, 2)
