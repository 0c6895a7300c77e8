"""What a client was scored: the newest of each scale, and the timeline. Frozen, in a constant number of queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from chart.models import Score
from chart.rules.scales import Band, Measure, Scale
from chart.scales import scale
from programs.contributions import Entry
from programs.people import mine
from programs.together import Asking, asks


@dataclass(frozen=True)
class Reading:
    """One number of a score that stands (its total, or a part), as known at the moment asked about."""

    pk: int
    at: datetime
    total: int
    band: Band
    by: str
    note: str
    corrected: bool
    by_client: bool = False


def newest(client_id: int, codes: Iterable[str], at: datetime) -> Mapping[str, Reading]:
    """The last score of each of these scales that stands at a moment and has a total. One query."""
    rows = standing(at).filter(mine(client_id), scale__in=list(codes), total__isnull=False).select_related("by")
    found = {}
    for row in rows.order_by("scale", "-at", "-pk").distinct("scale"):
        known = scale(row.scale)
        if known is not None and known.whole is not None:
            found[row.scale] = reading(row, known.whole)
    return found


@asks
def scored(client_id: int, since: datetime, until: datetime, at: datetime) -> Asking[list[Entry]]:
    """The scores of ``since <= t < until`` on the client's timeline, as known at ``at``; a corrected one says so. One query."""
    written = Score.objects.filter(client=client_id, at__gte=since, at__lt=until, written_at__lte=at)
    entries = []
    (rows,) = yield (written.select_related("by", "corrected_by__by"),)
    for row in rows:
        found = scale(row.scale)
        newer = getattr(row, "corrected_by", None)
        title, tone = said(found, row), worst(found, row)
        if newer is not None and newer.written_at <= at:
            title, tone = f"{title}, corrected by {newer.by.signature}", "off"
        elif row.corrects_id is not None:
            title = f"{title}, a correction"
        lines = [row.note, "Filled in by the client" if row.filled_by == Score.FilledBy.CLIENT else ""]
        line = " · ".join(filter(None, lines))
        entries.append(Entry(row.at, "score", title, line, row.by.signature, "activity", tone))
    return entries


def standing(at: datetime) -> QuerySet[Score]:
    """The scores that stand at a moment: written by then, and not corrected by then."""
    return Score.objects.filter(Q(corrected_by=None) | Q(corrected_by__written_at__gt=at), written_at__lte=at)


def value(row: Score, measure: Measure) -> int | None:
    """What a score says on a measure; None where it says nothing that is on it (a file that changed since)."""
    found = row.total if not measure.code else row.parts.get(measure.code)
    return found if type(found) is int and measure.bottom <= found <= measure.top else None


def reading(row: Score, measure: Measure) -> Reading:
    """A score as a reading of one of its measures. ValueError where it says nothing on it."""
    found = value(row, measure)
    if found is None:
        raise ValueError(f"Score {row.pk} says nothing on {measure.name}.")
    mine = row.filled_by == Score.FilledBy.CLIENT
    return Reading(
        row.pk, row.at, found, measure.band(found), row.by.signature, row.note, row.corrects_id is not None, mine
    )


def said(found: Scale | None, row: Score) -> str:
    """A score in a few words: 'PHQ-9 14', 'BAM: Use 2, Risk 9, Protective 15', 'C-SSRS screener: Moderate'."""
    if found is None:
        return f"{row.scale} {row.total if row.total is not None else ''}".strip()
    if row.total is not None:
        band = found.band(row.total).label if found.ranks else row.total
        return f"{found.name}: {band}" if found.ranks else f"{found.name} {band}"
    return f"{found.name}: {', '.join(f'{each.name} {row.parts.get(each.code)}' for each in found.measures)}"


def worst(found: Scale | None, row: Score) -> str:
    """The most serious tone among a score's measures, '' for a scale that is gone."""
    order = ("free", "held", "caution", "late", "stop")
    measures = () if found is None else found.measures
    tones = [each.band(there).tone for each in measures if (there := value(row, each)) is not None]
    return max(tones, key=order.index, default="")
