"""Counting at midnights: who had a bed, and what the other beds were."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from beds.rules.census.facts import Away, Facts, Placed

P = TypeVar("P", Away, Placed)

EMPTY, HELD, CLOSED, IN_HOUSE, ON_LEAVE = range(5)


@dataclass(frozen=True)
class Line:
    """People of one unit, level and payer at a midnight; over several midnights the same in bed-days.

    ``level`` '' where they were in no level of treatment, ``payer`` '' where none was recorded.
    """

    unit: int
    level: str
    payer: str
    in_house: int
    on_leave: int

    @property
    def census(self) -> int:
        """In the building and on leave: both have a bed."""
        return self.in_house + self.on_leave


@dataclass(frozen=True)
class Day:
    """One unit at the midnight that ends a date. ``beds`` = ``census`` + ``empty`` + ``closed``; ``held`` is part of ``empty``."""

    on: date
    unit: int
    beds: int
    closed: int
    held: int
    in_house: int
    on_leave: int

    @property
    def census(self) -> int:
        """Beds that are someone's."""
        return self.in_house + self.on_leave

    @property
    def in_service(self) -> int:
        """Beds that are not out of service."""
        return self.beds - self.closed

    @property
    def empty(self) -> int:
        """Beds in service that nobody has."""
        return self.in_service - self.census

    @property
    def occupancy(self) -> float | None:
        """Beds that are someone's, of those in service, 0 to 1; None where none is in service."""
        return self.census / self.in_service if self.in_service else None


def lines(facts: Facts, marks: Sequence[datetime]) -> tuple[Line, ...]:
    """Who had a bed at these midnights (in order), by unit, level and payer; lines of nobody are left out."""
    away, placed = _by_episode(facts.leaves), _by_episode(facts.placements)
    tally: Counter[tuple[int, str, str, bool]] = Counter()
    for stay in facts.stays:
        here = _held(marks, stay.start, stay.end)
        level, gone = [""] * len(here), [False] * len(here)
        for placement in placed[stay.episode]:
            for index in _both(here, _held(marks, placement.start, placement.end)):
                level[index - here.start] = placement.level
        for leave in away[stay.episode]:
            for index in _both(here, _held(marks, leave.start, leave.end)):
                gone[index - here.start] = True
        for at_level, is_gone in zip(level, gone, strict=True):
            tally[facts.units[stay.bed], at_level, stay.payer, is_gone] += 1
    keys = sorted({key[:3] for key in tally})
    return tuple(Line(*key, in_house=tally[*key, False], on_leave=tally[*key, True]) for key in keys)


def days(facts: Facts, on: Sequence[date], marks: Sequence[datetime]) -> tuple[Day, ...]:
    """Each unit at each midnight, by date and then unit. ``marks`` are the midnights that end the dates ``on``."""
    beds: defaultdict[int, list[bytearray]] = defaultdict(list)
    for bed, row in nights(facts, marks).items():
        beds[facts.units[bed]].append(row)
    found = []
    for unit, rows in beds.items():
        for each, column in zip(on, zip(*rows, strict=True), strict=True):
            found.append(
                Day(
                    each, unit, len(rows), column.count(CLOSED), column.count(HELD), column.count(IN_HOUSE),
                    column.count(ON_LEAVE),
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda day: (day.on, day.unit)))


def totals(days: Iterable[Day]) -> tuple[Day, ...]:
    """All units together, by date; their ``unit`` is 0."""
    found: dict[date, Day] = {}
    for day in days:
        sum_ = found.get(day.on, Day(day.on, 0, 0, 0, 0, 0, 0))
        found[day.on] = Day(
            day.on, 0, sum_.beds + day.beds, sum_.closed + day.closed, sum_.held + day.held,
            sum_.in_house + day.in_house, sum_.on_leave + day.on_leave,
        )  # fmt: skip
    return tuple(found[on] for on in sorted(found))


def nights(facts: Facts, marks: Sequence[datetime]) -> dict[int, bytearray]:
    """What each bed was at each midnight. A stay covers a closure, a closure covers a hold, as on the board."""
    rows = {bed: bytearray(len(marks)) for bed in facts.units}
    away = _by_episode(facts.leaves)
    for hold in facts.holds:
        _paint(rows[hold.bed], _held(marks, hold.start, hold.end), HELD)
    for closure in facts.closures:
        _paint(rows[closure.bed], _held(marks, closure.start, closure.end), CLOSED)
    for stay in facts.stays:
        here = _held(marks, stay.start, stay.end)
        _paint(rows[stay.bed], here, IN_HOUSE)
        for leave in away[stay.episode]:
            _paint(rows[stay.bed], _both(here, _held(marks, leave.start, leave.end)), ON_LEAVE)
    return rows


def _held(marks: Sequence[datetime], start: datetime, end: datetime | None) -> range:
    """Which midnights a period holds, as their numbers."""
    first = bisect_left(marks, start)
    return range(first, max(first, len(marks) if end is None else bisect_left(marks, end)))


def _both(one: range, other: range) -> range:
    first = max(one.start, other.start)
    return range(first, max(first, min(one.stop, other.stop)))


def _paint(row: bytearray, where: range, state: int) -> None:
    row[where.start : where.stop] = bytes([state]) * len(where)


def _by_episode(periods: Iterable[P]) -> defaultdict[int, list[P]]:
    found: defaultdict[int, list[P]] = defaultdict(list)
    for period in periods:
        found[period.episode].append(period)
    return found
