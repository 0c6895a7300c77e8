"""Occupancy over a range of dates as a picture: paths and marks in a box one unit wide a date and one unit high a bed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from beds.rules.census.count import Day
from beds.rules.census.words import percent

STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)
LINES = 5  # at most so many lines across
APART = 12.0  # per cent between two words under the picture


@dataclass(frozen=True)
class Mark:
    """A line and its word: ``at`` in per cent from the left, or from the top."""

    at: str
    word: str


@dataclass(frozen=True)
class Hover:
    """One date to point at: ``x`` its place in the box, ``words`` all its figures."""

    x: int
    words: str


@dataclass(frozen=True)
class Picture:
    """``width`` and ``height`` of the box; ``in_house``, ``on_leave`` (stacked on it) and ``capacity`` are paths in it.

    ``label`` says the picture in words; ``last`` is the last date's figures, at their height.
    """

    width: int
    height: int
    in_house: str
    on_leave: str
    capacity: str
    weekends: tuple[int, ...]
    ticks: tuple[Mark, ...]
    lines: tuple[Mark, ...]
    hovers: tuple[Hover, ...]
    last: Mark
    last_on: str
    label: str


def picture(days: Iterable[Day]) -> Picture | None:
    """The picture of these days, all units together (``totals``); None where there is no day or no bed."""
    every = sorted(days, key=lambda day: day.on)
    most = max((day.beds for day in every), default=0)
    if not most:
        return None
    step = next((step for step in STEPS if most / step <= LINES), STEPS[-1])
    height = -(-most // step) * step
    stacked = [day.census for day in every]
    inside = [day.in_house for day in every]
    newest = every[-1]
    return Picture(
        width=len(every),
        height=height,
        in_house=_area(inside, [0] * len(every), height),
        on_leave=_area(stacked, inside, height),
        capacity=_steps([day.in_service for day in every], height),
        weekends=tuple(number for number, day in enumerate(every) if day.on.weekday() >= 5),
        ticks=_ticks([day.on for day in every]),
        lines=tuple(Mark(_per_cent(height - value, height), str(value)) for value in range(step, height + 1, step)),
        hovers=tuple(Hover(number, _words(day)) for number, day in enumerate(every)),
        last=Mark(_per_cent(height - newest.census, height), f"{newest.census} of {newest.in_service}"),
        last_on=f"{newest.on:%-d %b}",
        label=_label(every, stacked),
    )


def _area(tops: Sequence[int], floors: Sequence[int], height: int) -> str:
    """A closed area between two stepped edges."""
    upper = _steps(tops, height)
    lower = " ".join(
        f"H{number + 1} V{height - floor}" for number, floor in reversed(list(enumerate(floors)))
    )  # fmt: skip
    return f"{upper} {lower} H0 Z"


def _steps(values: Sequence[int], height: int) -> str:
    """A line from the left edge to the right, one step a date."""
    path = [f"M0 {height - values[0]}"]
    for number, (before, value) in enumerate(pairwise(values), start=1):
        if value != before:
            path.append(f"H{number} V{height - value}")
    return " ".join([*path, f"H{len(values)}"])


def _ticks(on: Sequence[date]) -> tuple[Mark, ...]:
    """The first of each month, as far as the words have room; the first date where the next month is far."""
    found: list[Mark] = []
    firsts = [number for number, day in enumerate(on) if day.day == 1]
    last_at = -APART
    for number in sorted({0, *firsts}):
        at = 100 * number / len(on)
        following = next((100 * first / len(on) for first in firsts if first > number), 100.0)
        crowded = number == 0 and on[0].day != 1 and following - at < APART
        if at - last_at >= APART and at <= 100 - APART / 2 and not crowded:
            day = on[number]
            year = f" {day:%Y}" if day.day == 1 and (day.month == 1 or len(on) > 400) else ""
            found.append(Mark(f"{at:.2f}%", f"{day:%b}{year}" if day.day == 1 else f"{day:%-d %b}"))
            last_at = at
    return tuple(found)


def _words(day: Day) -> str:
    return (
        f"{day.on:%a %-d %b %Y}: {day.in_house} in the building, {day.on_leave} on leave, "
        f"{day.in_service} in service, {percent(day.occupancy)}"
    )


def _label(every: Sequence[Day], stacked: Sequence[int]) -> str:
    first, newest = every[0], every[-1]
    return (
        f"Beds taken at midnight, {first.on:%-d %b %Y} to {newest.on:%-d %b %Y}: between {min(stacked)} and {max(stacked)}, "
        f"at the end {newest.census} of {newest.in_service} in service."
    )


def _per_cent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f}%"
