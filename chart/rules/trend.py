"""The picture of a score over time, as numbers for an SVG: bands behind, points and a line, marks below. No Django, no clock."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from chart.rules.change import Change, changes
from chart.rules.scales import Band, Measure
from chart.rules.ticks import ticks

WIDTH, HEIGHT = 600, 210
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 12, 44
SHORTEST = timedelta(hours=2)
LINE = 11.0  # numbers nearer than this would stand over each other
NEAR = 34.0  # level labels nearer than this would touch


class Stripe(NamedTuple):
    """A band as a rectangle: ``y`` from the top, its word, its tone."""

    y: float
    height: float
    label: str
    tone: str


class Point(NamedTuple):
    """A score: where, what it says, its tone, and the change it is (None: none that counts)."""

    x: float
    y: float
    total: int
    said: str
    tone: str
    change: Change | None


class Tick(NamedTuple):
    """A mark on an axis, and its words; ``label``: what there is room to write, '' where there is none."""

    place: float
    words: str
    label: str = ""


@dataclass(frozen=True)
class Picture:
    """Everything an SVG of ``width`` by ``height`` draws. ``line`` is a polyline's points, '' for fewer than two."""

    width: int
    height: int
    left: int
    right: int
    top: int
    floor: int
    stripes: tuple[Stripe, ...]
    points: tuple[Point, ...]
    line: str
    hours: tuple[Tick, ...]
    totals: tuple[Tick, ...]
    doses: tuple[Tick, ...]
    levels: tuple[Tick, ...]
    orders: tuple[Tick, ...]

    @property
    def tall(self) -> int:
        """How much of the height is drawn on: the rows of doses and orders only where there are any."""
        return self.height if self.doses or self.orders else self.floor + 26

    @property
    def span(self) -> int:
        """How wide the part between the axes is."""
        return self.right - self.left


def picture(
    readings: Sequence[tuple[datetime, int]],
    measure: Measure,
    *,
    until: datetime,
    tz: tzinfo,
    since: datetime | None = None,
    whole: bool = False,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    doses: Iterable[tuple[datetime, str]] = (),
    levels: Iterable[tuple[datetime, str]] = (),
    orders: Iterable[tuple[datetime, str]] = (),
) -> Picture:
    """Draw readings (earliest first, aware) from ``since`` (the first of them, where None) to ``until``.

    ``whole``: the height is the whole measure; else it reaches a little over the highest. Marks outside the stretch are left out.
    ``size`` is width and height.
    """
    width, height = size
    bands, bottom = measure.bands, measure.bottom
    highest = max((total for _, total in readings), default=bottom)
    ceiling = measure.top if whole else min(measure.top, max(bottom + 20, highest + max(3, highest // 6)))
    begins = since or min((at for at, _ in readings), default=until - SHORTEST)
    begins = until - max(until - begins, SHORTEST)

    def across(at: datetime) -> float:
        return round(LEFT + (at - begins) / (until - begins) * (width - LEFT - RIGHT), 1)

    def down(total: float) -> float:
        return round(TOP + (1 - (total - bottom) / (ceiling - bottom)) * (height - TOP - BOTTOM), 1)

    def within(marks: Iterable[tuple[datetime, str]]) -> tuple[Tick, ...]:
        return tuple(Tick(across(at), words) for at, words in marks if begins <= at <= until)

    moved = changes([total for _, total in readings], measure.change, higher=measure.higher)
    days = until - begins > timedelta(days=4)
    points = []
    for (at, total), change in zip(readings, moved, strict=True):
        when = f"{at.astimezone(tz):%-d %b %Y}" if days else f"{at.astimezone(tz):%a %H:%M}"
        by = "" if change is None else f", {'better' if change.better else 'worse'} by {abs(change.by)}"
        points.append(Point(across(at), down(total), total, f"{when} · {total}{by}", measure.band(total).tone, change))
    return Picture(
        width, height, LEFT, width - RIGHT, TOP, height - BOTTOM, _stripes(bands, ceiling, down), tuple(points),
        " ".join(f"{each.x},{each.y}" for each in points) if len(points) > 1 else "",
        tuple(Tick(across(at), words) for at, words in ticks(begins, until, tz) if across(at) < width - RIGHT - 14),
        _totals(bands, ceiling, down),
        within(doses), _labelled(within(levels), width), within(orders),
    )  # fmt: skip


def _stripes(bands: Sequence[Band], ceiling: int, down: Callable[[float], float]) -> tuple[Stripe, ...]:
    found: list[Stripe] = []
    for band in bands:
        if band.least > ceiling or (band.least == ceiling and found):
            continue
        upper = down(min(band.most + 1, ceiling))
        found.append(Stripe(upper, round(down(band.least) - upper, 1), band.label, band.tone))
    return tuple(found)


def _totals(bands: Sequence[Band], ceiling: int, down: Callable[[float], float]) -> tuple[Tick, ...]:
    """Where each band begins; one that would be written over the one before has no words."""
    found: list[Tick] = []
    for band in bands:
        if band.least <= ceiling:
            place = down(band.least)
            near = any(each.words and each.place - place < LINE for each in found)
            found.append(Tick(place, "" if near else str(band.least)))
    return tuple(found)


def _labelled(marks: Sequence[Tick], width: int) -> tuple[Tick, ...]:
    """Each mark with its words written beside it, where they do not touch those before."""
    found: list[Tick] = []
    free = 0.0
    for mark in marks:
        fits = mark.place >= free and mark.place < width - RIGHT - NEAR
        found.append(mark._replace(label=mark.words if fits else ""))
        free = mark.place + NEAR if fits else free
    return tuple(found)
