"""Scales over time with their pictures: of the last days for withdrawal, of years for the others. A constant number of queries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from chart.models import Score
from chart.queries.scores import Reading, reading, standing, value
from chart.rules.change import Change
from chart.rules.scales import Measure, Scale
from chart.rules.trend import Picture, picture
from chart.scales import scale, scales, withdrawal_scales
from programs.contributions import DoseMark, dose_marks, order_starts
from programs.models import Placement, Program
from programs.people import mine

REACH = timedelta(hours=72)
"""How far back a picture of withdrawal reaches."""

YEARS = timedelta(days=731)
"""How far back the others reach."""

ON_A_PAGE = 60  # readings of a withdrawal scale
MOST = 200  # readings of another
SMALL, WIDE = (380, 176), (760, 240)  # of a picture


@dataclass(frozen=True)
class Marks:
    """What else happened in the stretch: changes of level, and starts of orders, earliest first."""

    levels: tuple[tuple[datetime, str], ...] = ()
    orders: tuple[DoseMark, ...] = ()


@dataclass(frozen=True)
class Trend:
    """One measure of a scale of a client, newest reading first; ``drawn`` is its picture, ``long`` where it reaches over years."""

    client_id: int
    scale: Scale
    measure: Measure
    readings: tuple[Reading, ...]
    doses: tuple[DoseMark, ...]
    marks: Marks
    drawn: Picture
    long: bool

    @property
    def newest(self) -> Reading:
        """The last one."""
        return self.readings[0]

    @property
    def name(self) -> str:
        """'PHQ-9', 'BAM Use'."""
        return f"{self.scale.name} {self.measure.name}" if self.measure.code else self.scale.name

    @property
    def changed(self) -> Change | None:
        """The change that the newest reading is, None where it is none that counts."""
        return self.drawn.points[-1].change

    @property
    def rows(self) -> list[tuple[Reading, Change | None]]:
        """The readings with the change each is, for the table."""
        return list(zip(self.readings, (point.change for point in reversed(self.drawn.points)), strict=True))

    @property
    def said(self) -> str:
        """What a person who cannot see the picture is told."""
        first, last = self.readings[-1], self.readings[0]
        if len(self.readings) == 1:
            return f"{self.name} {last.total}, {last.band.label.lower()}"
        totals = [each.total for each in self.readings]
        tail = "" if self.long else f", {len(self.doses)} doses"
        return (
            f"{self.name} from {first.total} to {last.total} over {len(totals)} scores,"
            f" lowest {min(totals)}, highest {max(totals)}{tail}"
        )


def trend(client_id: int, code: str, at: datetime, tz: tzinfo) -> Trend | None:
    """One scale of a client, its first measure; None where the scale is unknown or was not scored in its stretch."""
    known = scale(code)
    if known is None:
        return None
    if known.kind == "withdrawal":
        return next(iter(trends(client_id, at, tz, [code])), None)
    return next(iter(series(client_id, at, tz, [code])), None)


def trends(client_id: int, at: datetime, tz: tzinfo, codes: Collection[str] | None = None) -> list[Trend]:
    """Every withdrawal scale that was scored in the last three days, in the order of the files. One query, and one a scale."""
    known = withdrawal_scales()
    wanted = [code for code in known if codes is None or code in codes]
    rows = _rows(client_id, at, at - REACH, wanted)
    found = []
    for code in wanted:
        mine = [row for row in rows if row.scale == code][:ON_A_PAGE]
        measure = known[code].measures[0]
        readings = tuple(reading(row, measure) for row in mine if value(row, measure) is not None)
        if readings:
            doses = tuple(dose_marks(client_id, code, readings[-1].at, at))
            drawn = picture(
                [(each.at, each.total) for each in reversed(readings)], measure,
                doses=[(each.at, each.words) for each in doses], until=at, tz=tz,
            )  # fmt: skip
            found.append(Trend(client_id, known[code], measure, readings, doses, Marks(), drawn, long=False))
    return found


def series(
    client_id: int, at: datetime, tz: tzinfo, codes: Collection[str] | None = None, *, wide: bool = False
) -> list[Trend]:
    """Every measure of every other scale that was scored in the last two years, all drawn over the same stretch, small ones to
    stand side by side unless ``wide``. Three queries."""
    known = {code: each for code, each in scales().items() if each.kind != "withdrawal"}
    wanted = [code for code in known if codes is None or code in codes]
    rows = _rows(client_id, at, at - YEARS, wanted)
    if not rows:
        return []
    since = min(row.at for row in rows)
    marks = _marks(client_id, since, at)
    found = []
    for code in wanted:
        mine = [row for row in rows if row.scale == code][:MOST]
        for measure in known[code].measures:
            readings = tuple(reading(row, measure) for row in mine if value(row, measure) is not None)
            if readings:
                found.append(
                    _long(client_id, known[code], measure, readings, marks, since, at, tz, WIDE if wide else SMALL)
                )
    return found


def _long(
    client_id: int, known: Scale, measure: Measure, readings: tuple[Reading, ...], marks: Marks, since: datetime,
    at: datetime, tz: tzinfo, size: tuple[int, int],
) -> Trend:  # fmt: skip
    drawn = picture(
        [(each.at, each.total) for each in reversed(readings)], measure, since=since, whole=True, size=size, levels=marks.levels,
        orders=[(each.at, each.words) for each in marks.orders], until=at, tz=tz,
    )  # fmt: skip
    return Trend(client_id, known, measure, readings, (), marks, drawn, long=True)


def _rows(client_id: int, at: datetime, since: datetime, codes: Sequence[str]) -> list[Score]:
    rows = standing(at).filter(mine(client_id), scale__in=codes, at__gt=since).select_related("by")
    return list(rows.order_by("-at", "-pk"))


def _marks(client_id: int, since: datetime, at: datetime) -> Marks:
    placed = Placement.objects.filter(
        mine(client_id, "episode__client"), kind=Program.Kind.TREATMENT, started_at__gte=since, started_at__lte=at
    ).order_by("started_at")
    levels = tuple((when, level) for when, level in placed.values_list("started_at", "level"))
    return Marks(levels, tuple(order_starts(client_id, since, at)))
