"""Who was here when, in five years: a period for each stay of each bed and of each place in a group, newest last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from beds.models import Bed
from bench.organisation import Size
from bench.today import GROUP, Ground, Group

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
INSIDE, OUTSIDE = (28.0, 9.0), (180.0, 60.0)  # days of a stay: mean, deviation
FREE = (2.0, 12.0)  # days that a bed is free between two stays: four beds in five are taken
EACH = 3  # episodes of a client, one after the other
NEWEST = 3000  # turns are counted back from today: who is here today is the same after any history


@dataclass
class Period:
    """An episode: in ``bed`` or in ``group``. ``end`` None: still here. ``number`` is its episode's id, ``client`` the client's;
    ``stay`` the stay's (0 outside), ``order`` the first of its orders'."""

    slot: int
    turn: int
    ground: Ground
    start: datetime
    end: datetime | None
    bed: Bed | None = None
    group: Group | None = None
    number: int = 0
    client: int = 0
    stay: int = 0
    order: int = 0


@dataclass
class Lived:
    """All periods by their start, and how many rows of each kind they have."""

    periods: list[Period]
    clients: int = 0
    stays: int = 0
    orders: int = 0
    by_group: dict[int, list[Period]] = field(default_factory=dict)


def live(grounds: Sequence[Ground], size: Size, days: int, at: datetime) -> Lived:
    """Who was here in the ``days`` up to ``at``; whatever the days, the same people are here today."""
    lived = Lived(sorted(_all(grounds, size, days, at), key=lambda period: period.start))
    clients: dict[tuple[int, int], int] = {}
    for number, period in enumerate(lived.periods, 1):
        period.number = number
        period.client = clients.setdefault((period.slot, period.turn // EACH), len(clients) + 1)
        period.order = lived.orders + 1
        lived.orders += orders_of(period, size)
        if period.bed is not None:
            lived.stays += 1
            period.stay = lived.stays
        elif period.group is not None:
            lived.by_group.setdefault(period.group.series.pk, []).append(period)
    lived.clients = len(clients)
    return lived


def orders_of(period: Period, size: Size) -> int:
    """How many orders somebody has: those of the clock and one as needed in a bed, one outside."""
    return size.now + size.later + 1 if period.bed is not None else 1


def _all(grounds: Sequence[Ground], size: Size, days: int, at: datetime) -> Iterator[Period]:
    slot = 0
    for ground in grounds:
        for place, bed in enumerate(ground.beds):
            slot += 1
            taken = place % size.beds < size.taken
            for turn, (start, end) in enumerate(_backwards(Random(slot), at, days, INSIDE, taken=taken)):
                yield Period(slot, NEWEST - turn, ground, start, end, bed=bed)
        for place in range(size.outside):
            slot += 1
            for turn, (start, end) in enumerate(_backwards(Random(slot), at, days, OUTSIDE, taken=True)):
                group = ground.groups[place // GROUP]
                yield Period(slot, NEWEST - turn, ground, start, end, group=group)


def _backwards(
    dice: Random, at: datetime, days: int, stay: tuple[float, float], *, taken: bool
) -> Iterator[tuple[datetime, datetime | None]]:
    """Stays of a place, the newest first, none begun before the history."""
    since = at - days * DAY
    start = at
    if taken:
        start = _minute(at - min(dice.uniform(0.3, stay[0] * 1.6), days - 0.5) * DAY)
        yield start, None
    while True:
        end = _minute(start - dice.uniform(*FREE) * DAY)
        start = _minute(end - max(dice.gauss(*stay), 3.0) * DAY)
        if end - since < 2 * DAY:
            return
        yield max(start, since), end


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
