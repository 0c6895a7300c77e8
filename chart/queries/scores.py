"""What a client was scored: one scale over time with its picture, and the newest of each. Frozen, in a constant number of queries."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.db.models import Q, QuerySet

from chart.models import Score
from chart.rules.scales import Band, Scale
from chart.rules.trend import Picture, picture
from chart.scales import scale, scales
from programs.contributions import DoseMark, Entry, dose_marks

REACH = timedelta(hours=72)
"""How far back a picture reaches."""

ON_A_PAGE = 60  # readings


@dataclass(frozen=True)
class Reading:
    """One score that stands, as known at the moment asked about."""

    pk: int
    at: datetime
    total: int
    band: Band
    by: str
    note: str
    corrected: bool


@dataclass(frozen=True)
class Trend:
    """A scale of a client over the last days, newest reading first; ``drawn`` is its picture."""

    client_id: int
    scale: Scale
    readings: tuple[Reading, ...]
    doses: tuple[DoseMark, ...]
    drawn: Picture

    @property
    def newest(self) -> Reading:
        """The last one."""
        return self.readings[0]

    @property
    def said(self) -> str:
        """What a person who cannot see the picture is told."""
        first, last = self.readings[-1], self.readings[0]
        if len(self.readings) == 1:
            return f"{self.scale.name} {last.total}, {last.band.label.lower()}"
        totals = [each.total for each in self.readings]
        return (
            f"{self.scale.name} from {first.total} to {last.total} over {len(totals)} scores,"
            f" lowest {min(totals)}, highest {max(totals)}, {len(self.doses)} doses"
        )


def trend(client_id: int, code: str, at: datetime, tz: tzinfo) -> Trend | None:
    """One scale of a client; None where the scale is unknown or nothing was scored in the last three days. Two queries."""
    found = trends(client_id, at, tz, [code])
    return found[0] if found else None


def trends(client_id: int, at: datetime, tz: tzinfo, codes: Collection[str] | None = None) -> list[Trend]:
    """Every scale that was scored in the last three days, in the order of the files. One query, and one a scale found."""
    wanted = [code for code in (scales() if codes is None else codes) if scale(code) is not None]
    rows = _standing(client_id, at).filter(scale__in=wanted, at__gt=at - REACH)
    by_scale: dict[str, list[Reading]] = {}
    for row in rows.select_related("by").order_by("-at", "-pk"):
        by_scale.setdefault(row.scale, []).append(_reading(row))
    return [_trend(client_id, code, by_scale[code][:ON_A_PAGE], at, tz) for code in wanted if code in by_scale]


def newest(client_id: int, codes: Iterable[str], at: datetime) -> Mapping[str, Reading]:
    """The last score of each of these scales that stands at a moment. One query."""
    rows = _standing(client_id, at).filter(scale__in=list(codes)).select_related("by").order_by("scale", "-at", "-pk")
    return {row.scale: _reading(row) for row in rows.distinct("scale")}


def scored(client_id: int, at: datetime) -> Iterable[Entry]:
    """Scores on the client's timeline; a corrected one says so. One query."""
    rows = Score.objects.filter(client=client_id, written_at__lte=at).select_related("by", "corrected_by__by")
    for row in rows:
        found = scale(row.scale)
        name = row.scale if found is None else found.name
        newer = getattr(row, "corrected_by", None)
        title, tone = f"{name} {row.total}", "" if found is None else found.band(row.total).tone
        if newer is not None and newer.written_at <= at:
            title, tone = f"{title}, corrected by {newer.by.signature}", "off"
        elif row.corrects_id is not None:
            title = f"{title}, a correction"
        yield Entry(row.at, "score", title, row.note, row.by.signature, "activity", tone)


def _standing(client_id: int, at: datetime) -> QuerySet[Score]:
    return Score.objects.filter(
        Q(corrected_by=None) | Q(corrected_by__written_at__gt=at), client=client_id, written_at__lte=at
    )


def _reading(row: Score) -> Reading:
    found = scale(row.scale)
    assert found is not None
    band = found.band(row.total)
    return Reading(row.pk, row.at, row.total, band, row.by.signature, row.note, row.corrects_id is not None)


def _trend(client_id: int, code: str, readings: list[Reading], at: datetime, tz: tzinfo) -> Trend:
    found = scale(code)
    assert found is not None
    doses = tuple(dose_marks(client_id, code, readings[-1].at, at))
    drawn = picture(
        [(each.at, each.total) for each in reversed(readings)], found.bands, top=found.top,
        doses=[(each.at, each.words) for each in doses], until=at, tz=tz,
    )  # fmt: skip
    return Trend(client_id, found, tuple(readings), doses, drawn)
