"""What becomes of the sessions that are written out when a group meets otherwise? Pure: facts in, one word a session out.

Written out ahead is not yet done: a session follows its pattern until it has begun, someone was marked or wrote in it, or it was
moved or cancelled by itself.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True)
class Slot:
    """When and where a meeting is: instants, a room, and whether it is by video."""

    started_at: datetime
    ended_at: datetime
    room: str
    by_video: bool
    service: str = ""


@dataclass(frozen=True)
class WrittenOut:
    """A session of a date as it stands: ``follows`` while nobody moved or cancelled it by itself, ``touched`` once someone was
    marked or wrote in it."""

    on: date
    slot: Slot
    follows: bool
    touched: bool
    cancelled: bool


class Fate(StrEnum):
    """What a change does to the session of one date."""

    ADDED = "added"
    CHANGED = "changed"
    AGAIN = "meets again"
    CANCELLED = "cancelled"
    SAME = "as it is"
    ATTENDED = "took place"
    BY_HAND = "changed by itself"


def fate(written: WrittenOut | None, wanted: Slot | None, at: datetime) -> Fate:
    """What becomes of one date: ``written`` the session that stands there, ``wanted`` what the pattern asks for."""
    if written is None:
        return Fate.ADDED if wanted is not None and wanted.started_at > at else Fate.SAME
    if written.touched or written.slot.started_at <= at:
        return Fate.ATTENDED
    if not written.follows:
        return Fate.BY_HAND
    if wanted is None:
        return Fate.SAME if written.cancelled else Fate.CANCELLED
    if written.cancelled:
        return Fate.AGAIN
    return Fate.SAME if wanted == written.slot else Fate.CHANGED


def fates(written: Collection[WrittenOut], wanted: Mapping[date, Slot], at: datetime) -> dict[date, Fate]:
    """The same for every date that has a session or is asked for, in their order."""
    stands = {each.on: each for each in written}
    return {on: fate(stands.get(on), wanted.get(on), at) for on in sorted({*stands, *wanted})}


def curriculum(titles: Sequence[str], last: str, count: int) -> list[str]:
    """The topics of the next sessions, in turn after the last one's (from the first where it is none of them); '' without any."""
    start = titles.index(last) + 1 if last in titles else 0
    return [titles[(start + number) % len(titles)] if titles else "" for number in range(count)]
