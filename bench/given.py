"""Five years of administrations as lines for COPY: every dose of every order on every day, in the order of the days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from bench.copying import Into, text
from bench.lived import Lived, Period
from bench.organisation import Size
from bench.today import DAY, Ground
from emar.models import Administration

REFUSED = 25  # one dose in so many is refused
NEEDED = 3  # days between two doses as needed
OFFSETS = (-12, -6, -2, 0, 1, 4, 9, 17)  # minutes from due to given
SETTLED = timedelta(minutes=30)  # what was due this long ago is charted
INTO = Into(
    Administration,
    "id", "order_id", "by_id", "due_at", "given_at", "recorded_at", "wall_clock", "minutes_off", "outcome", "amount",
    "unit", "reason", "prn_reason",
    identifiers=["wristband"], overrides=[], measures=[],
)  # fmt: skip


@dataclass(frozen=True)
class Clock:
    """A time of the day at which orders are due: of the site's clock, and which orders of a period they are (from, until)."""

    local: time
    inside: tuple[int, int]
    outside: bool


def clocks(at: datetime, size: Size) -> list[Clock]:
    """The pass that is now, and the one twelve hours from it; by the clock. ``at`` is on the sites' clock."""
    later = (at + timedelta(hours=12)).time()
    both = [Clock(at.time(), (0, size.now), True), Clock(later, (size.now, size.now + size.later), False)]
    return sorted(both, key=lambda clock: clock.local)


def doses(lived: Lived, grounds: list[Ground], size: Size, days: int, at: datetime) -> Iterator[str]:
    """A line for each; what is due at ``at`` (UTC) is not charted yet. All sites have one time zone."""
    zone = grounds[0].site.tz
    here, waiting, now = [], iter(lived.periods), at.astimezone(zone)
    coming, number, needed = next(waiting, None), 0, size.now + size.later
    for day in (now.date() - back * DAY for back in range(days, -1, -1)):
        ends = datetime.combine(day + DAY, time(), zone)
        while coming is not None and coming.start < ends:
            here.append((coming, _orders(coming, size)))
            coming = next(waiting, None)
        here = [each for each in here if each[0].end is None or each[0].end > ends - DAY]
        for clock in clocks(now, size):
            due = datetime.combine(day, clock.local, zone).astimezone(at.tzinfo)
            if due > at - SETTLED:
                continue
            given, refused = _endings(due, zone)
            first, last = clock.inside
            for period, orders in here:
                if due < period.start or (period.end is not None and due >= period.end):
                    continue
                for order, words in orders[first:last] if period.bed is not None else orders[: clock.outside]:
                    number += 1
                    turn = order + due.toordinal()
                    yield f"{number}\t{words}{refused[turn & 7] if turn % REFUSED == 0 else given[turn & 7]}"
        asked = datetime.combine(day, time(21, 30), zone).astimezone(at.tzinfo)
        ending = _needed(asked, zone)
        for period, orders in here:
            if (
                asked < at and period.bed is not None and (period.number + day.toordinal()) % NEEDED == 0
                and period.start <= asked and (period.end is None or asked < period.end)
            ):  # fmt: skip
                number += 1
                yield f"{number}\t{orders[needed][1]}{ending}"


def _orders(period: Period, size: Size) -> list[tuple[int, str]]:
    """(order, the line's beginning) for each order of a period."""
    by, count = period.ground.people["nurse"].pk, size.now + size.later + 1 if period.bed is not None else 1
    return [(period.order + place, f"{period.order + place}\t{by}\t") for place in range(count)]


def _endings(due: datetime, zone: tzinfo) -> tuple[list[str], list[str]]:
    """What the lines of one due time end with: given, and refused."""
    given, refused = [], []
    for off in OFFSETS:
        then = due + timedelta(minutes=off)
        wall = then.astimezone(zone).isoformat(timespec="minutes")
        start = [due, then, then, wall, off]
        given.append("\t".join(map(text, [*start, "given", Decimal(10), "mg", "", ""])) + INTO.tail)
        refused.append("\t".join(map(text, [*start, "refused", None, "", "nausea", ""])) + INTO.tail)
    return given, refused


def _needed(then: datetime, zone: tzinfo) -> str:
    wall = then.astimezone(zone).isoformat(timespec="minutes")
    return "\t".join(map(text, [None, then, then, wall, None, "given", Decimal(10), "mg", "", "Headache"])) + INTO.tail


def local_days(at: datetime, days: int, ground: Ground) -> list[date]:
    """The dates of the history on the sites' calendar, today the last."""
    today = at.astimezone(ground.site.tz).date()
    return [today - back * DAY for back in range(days, -1, -1)]
