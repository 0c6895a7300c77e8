"""The ratings of an episode as small pictures of one scale: a stepped line a subdimension, its codes written on it.

What was not rated is a gap, never the foot of the picture. x is per cent, y is in pixels from the top.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from asam.rules.drawing import ROWS, Rating, Row, Span
from asam.rules.levels import compare

STEP = 14  # from one height to the next
HEAD, FOOT = 38, 44  # above the highest row: levels of the episode, a code; below the lowest: a code, marks, dates
LEAST = 5  # the heights that are always there, up to 3.7
APART = 10.0  # per cent between two codes, two levels


class Point(NamedTuple):
    """A rating: where, its shape, all that is to be said, and the code beside it ('' where there is no room), above or below."""

    x: float
    y: int
    shape: str
    level: str
    said: str
    code: str
    below: bool


class Stroke(NamedTuple):
    """A line from point to point. ``how``: held (it counts until the next), last (until now), same, lower, higher, none, or
    different: between levels of which neither is above the other."""

    x1: float
    y1: int
    x2: float
    y2: int
    how: str


class Mark(NamedTuple):
    """Something at an instant, with the words that there is room to write ('' for none)."""

    x: float
    said: str
    label: str = ""


@dataclass(frozen=True)
class Line:
    """What is to be drawn of one thing to rate: a rating an assessment, the earliest first."""

    dimension: int
    label: str
    ratings: tuple[Rating, ...]


@dataclass(frozen=True)
class Multiple:
    """One small picture. ``now`` is its newest rating in words, ``support`` what was attached to its dimension."""

    title: str
    now: str
    points: tuple[Point, ...]
    strokes: tuple[Stroke, ...]
    support: tuple[Mark, ...]
    said: str


@dataclass(frozen=True)
class Sheet:
    """All of them on one scale: its rows with their heights from the top, and the marks that each picture has."""

    height: int
    floor: int
    marks_at: int
    rows: tuple[tuple[int, Row], ...]
    levels: tuple[Mark, ...]
    decisions: tuple[Mark, ...]
    multiples: tuple[Multiple, ...]

    @property
    def foot(self) -> int:
        """Where the words of the dates stand."""
        return self.height - 3


def sheet(
    lines: Sequence[Line],
    span: Span,
    *,
    levels: Iterable[tuple[datetime, str]] = (),
    decisions: Iterable[tuple[datetime, str]] = (),
    support: Iterable[tuple[int, datetime, str]] = (),
) -> Sheet:
    """Draw the lines over one span. ``levels`` (instant, level) are the episode's, ``support`` (dimension, instant, words)."""
    highest = max((each.height for line in lines for each in line.ratings), default=0)
    top = max(LEAST, highest)
    floor = HEAD + top * STEP
    given = [(dimension, Mark(span.across(at), words)) for dimension, at, words in support]
    return Sheet(
        floor + FOOT, floor, floor + 20,
        tuple((floor - row.height * STEP, row) for row in reversed(ROWS) if row.height <= top),
        _labelled(Mark(span.across(at), level) for at, level in levels),
        tuple(Mark(span.across(at), words) for at, words in decisions),
        tuple(_multiple(line, span, floor, tuple(mark for number, mark in given if number == line.dimension)) for line in lines),
    )  # fmt: skip


def _multiple(line: Line, span: Span, floor: int, support: tuple[Mark, ...]) -> Multiple:
    def down(each: Rating) -> int:
        return floor - each.height * STEP

    rated = [each for each in line.ratings if each.shape != "unrated"]
    newest = line.ratings[-1] if line.ratings else None
    title = f"{line.dimension} {line.label}"
    now = newest.words if newest and newest.shape != "unrated" else "not rated"
    parts = [f"{span.said(each.at)} {each.words}" for each in line.ratings]
    return Multiple(
        title, now, _points(line.ratings, span, down), tuple(_strokes(line.ratings, span, down)), support,
        f"{title}, {len(rated)} of {len(line.ratings)} times rated: {'; '.join(parts) or 'never'}",
    )  # fmt: skip


def _points(ratings: Sequence[Rating], span: Span, down: Callable[[Rating], int]) -> tuple[Point, ...]:
    """The codes that have room: the newest first, then every change, so that a crowd keeps its end."""
    rated = [(each, before) for before, each in pairwise((None, *ratings)) if each and each.shape != "unrated"]
    written: list[float] = []
    found = []
    for each, before in reversed(rated):
        x = span.across(each.at)
        changed = before is None or before.codes != each.codes or not written
        fits = changed and all(abs(x - other) >= APART for other in written)
        written += [x] if fits else []
        falls = before is not None and before.shape != "unrated" and before.height > each.height
        found.append(Point(x, down(each), each.shape, each.level, f"{span.said(each.at)} · {each.words}",
                           each.codes if fits else "", falls))  # fmt: skip
    return tuple(reversed(found))


def _strokes(ratings: Sequence[Rating], span: Span, down: Callable[[Rating], int]) -> Iterable[Stroke]:
    for each, after in pairwise(ratings):
        if each.shape == "unrated":
            continue
        x1, x2, y = span.across(each.at), span.across(after.at), down(each)
        yield Stroke(x1, y, x2, y, "held")
        if after.shape != "unrated" and after.codes != each.codes:
            yield Stroke(x2, y, x2, down(after), step(each, after))
    if ratings and ratings[-1].shape != "unrated":
        last = ratings[-1]
        yield Stroke(span.across(last.at), down(last), 100.0, down(last), "last")


def step(before: Rating, after: Rating) -> str:
    """How a rating's level stands to the one before: as ``compare`` says, 'none' where one of them asks for no level."""
    return compare(after.level, before.level) if before.level and after.level else "none"


def _labelled(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    found: list[Mark] = []
    free = 0.0
    for mark in marks:
        fits = mark.x >= free
        found.append(mark._replace(label=mark.said if fits else ""))
        free = mark.x + APART if fits else free
    return tuple(found)
