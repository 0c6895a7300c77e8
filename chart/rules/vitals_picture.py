"""The picture of a vital sign over time: one line or two (pressure), the limits behind. No Django, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import NamedTuple

from chart.rules.ticks import ticks

WIDTH, HEIGHT = 380, 170
LEFT, RIGHT, TOP, BOTTOM = 40, 12, 12, 26
SHORTEST = timedelta(hours=6)
STEPS = tuple(Decimal(each) for each in ("0.5", "1", "2", "5", "10", "20", "50", "100", "200"))


class Dot(NamedTuple):
    """A value: where, what it says, and whether somebody should have looked ('late') or not ('')."""

    x: float
    y: float
    said: str
    tone: str


class Mark(NamedTuple):
    """A mark on an axis, and its words."""

    place: float
    words: str


@dataclass(frozen=True)
class Line:
    """One series: its dots and the points of its polyline, '' for fewer than two."""

    dots: tuple[Dot, ...]
    points: str


@dataclass(frozen=True)
class VitalPicture:
    """Everything an SVG draws; ``zone`` is (y, height) of the part between the limits, None where there are none."""

    width: int
    height: int
    left: int
    right: int
    top: int
    floor: int
    lines: tuple[Line, ...]
    zone: tuple[float, float] | None
    times: tuple[Mark, ...]
    values: tuple[Mark, ...]

    @property
    def span(self) -> int:
        """How wide the part between the axes is."""
        return self.right - self.left


def vital_picture(
    series: Sequence[Sequence[tuple[datetime, Decimal, bool]]],
    limits: tuple[Decimal | None, Decimal | None],
    *,
    since: datetime,
    until: datetime,
    tz: tzinfo,
) -> VitalPicture:
    """Draw series of (when, value, outside the limits), earliest first, at least one value in all."""
    values = [value for each in series for _, value, _ in each]
    begins = until - max(until - since, SHORTEST)
    room = max((max(values) - min(values)) / 5, Decimal(2))
    low, high = max(Decimal(0), min(values) - room), max(values) + room

    def across(at: datetime) -> float:
        return round(LEFT + (at - begins) / (until - begins) * (WIDTH - LEFT - RIGHT), 1)

    def down(value: Decimal) -> float:
        part = float((min(max(value, low), high) - low) / (high - low))
        return round(TOP + (1 - part) * (HEIGHT - TOP - BOTTOM), 1)

    days = until - begins > timedelta(days=4)
    lines = []
    for each in series:
        dots = []
        for at, value, outside in each:
            when = f"{at.astimezone(tz):%-d %b %H:%M}" if days else f"{at.astimezone(tz):%a %H:%M}"
            dots.append(Dot(across(at), down(value), f"{when} · {value.normalize():f}", "late" if outside else ""))
        lines.append(Line(tuple(dots), " ".join(f"{dot.x},{dot.y}" for dot in dots) if len(dots) > 1 else ""))
    zone = None
    if limits != (None, None):
        upper = down(high if limits[1] is None else limits[1])
        zone = (upper, round(down(low if limits[0] is None else limits[0]) - upper, 1))
    step = next((each for each in STEPS if (high - low) / each <= 5), STEPS[-1])
    marks = [step * count for count in range(int(low / step) + 1, int(high / step) + 1)]
    return VitalPicture(
        WIDTH, HEIGHT, LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM, tuple(lines), zone,
        tuple(Mark(across(at), words) for at, words in ticks(begins, until, tz) if across(at) < WIDTH - RIGHT - 14),
        tuple(Mark(down(each), f"{each.normalize():f}") for each in marks),
    )  # fmt: skip
