"""The picture of a score over time, as numbers for an SVG: bands behind, points and a line, dose marks below. No Django, no clock."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from chart.rules.scales import Band

WIDTH, HEIGHT = 600, 210
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 12, 44
HOUR = timedelta(hours=1)
STEPS = (1, 2, 4, 6, 12, 24, 48, 96, 168)
MOST_TICKS = 8


class Stripe(NamedTuple):
    """A band as a rectangle: ``y`` from the top, its word, its tone."""

    y: float
    height: float
    label: str
    tone: str


class Point(NamedTuple):
    """A score: where, what it says, and its tone."""

    x: float
    y: float
    total: int
    said: str
    tone: str


class Tick(NamedTuple):
    """A mark on an axis, and its words."""

    place: float
    words: str


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

    @property
    def span(self) -> int:
        """How wide the part between the axes is."""
        return self.right - self.left


def picture(
    readings: Sequence[tuple[datetime, int]],
    bands: Sequence[Band],
    *,
    top: int,
    doses: Iterable[tuple[datetime, str]] = (),
    until: datetime,
    tz: tzinfo,
) -> Picture:
    """Draw readings (earliest first, aware) from the first of them to ``until``; the height reaches a little over the highest."""
    highest = max((total for _, total in readings), default=0)
    ceiling = min(top, max(20, highest + max(3, highest // 6)))
    since = min((at for at, _ in readings), default=until - HOUR)
    span = max(until - since, 2 * HOUR)
    since = until - span

    def across(at: datetime) -> float:
        return round(LEFT + (at - since) / span * (WIDTH - LEFT - RIGHT), 1)

    def down(total: float) -> float:
        return round(TOP + (1 - total / ceiling) * (HEIGHT - TOP - BOTTOM), 1)

    points = []
    for at, total in readings:
        band = next(each for each in bands if each.least <= total <= each.most)
        points.append(Point(across(at), down(total), total, f"{at.astimezone(tz):%a %H:%M} · {total}", band.tone))
    stripes = []
    for band in bands:
        if band.least > ceiling:
            continue
        upper = down(min(band.most + 1, ceiling))
        stripes.append(Stripe(upper, round(down(band.least) - upper, 1), band.label, band.tone))
    return Picture(
        WIDTH, HEIGHT, LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM, tuple(stripes), tuple(points),
        " ".join(f"{each.x},{each.y}" for each in points) if len(points) > 1 else "",
        tuple(_hours(since, until, across, tz)),
        tuple(Tick(down(band.least), str(band.least)) for band in bands if band.least <= ceiling),
        tuple(Tick(across(at), words) for at, words in doses if since <= at <= until),
    )  # fmt: skip


def _hours(since: datetime, until: datetime, across: Callable[[datetime], float], tz: tzinfo) -> list[Tick]:
    """Whole hours of the site's clock, at most eight of them, far enough from the edges to be read."""
    span = until - since
    step = next((each for each in STEPS if span / (each * HOUR) <= MOST_TICKS), STEPS[-1])
    found = []
    moment = since.replace(minute=0, second=0, microsecond=0) + HOUR
    while moment <= until:
        local = moment.astimezone(tz)
        if local.hour % min(step, 24) == 0 and across(moment) < WIDTH - RIGHT - 14:
            words = f"{local:%a}" if step >= 24 else f"{local:%H:%M}"
            found.append(Tick(across(moment), words))
        moment += HOUR
    return found[:: max(1, step // 24)] if step > 24 else found
