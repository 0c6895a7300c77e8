"""Which scores of a series are a change that counts? Each is held against the last one that was marked (at first: the first)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """``by`` points since the score it was held against (signed); ``better`` in the scale's own direction."""

    by: int
    better: bool


def changes(values: Sequence[int], points: int, *, higher: bool) -> tuple[Change | None, ...]:
    """One answer for each value, earliest first: the change where it is ``points`` or more away, else None. 0 points: never."""
    found: list[Change | None] = []
    held: int | None = None
    for value in values:
        change = None
        if held is None:
            held = value
        elif points and abs(value - held) >= points:
            change = Change(value - held, (value > held) == higher)
            held = value
        found.append(change)
    return tuple(found)
