"""What the bed room has to tell the next shift, and its figures of a day."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Q

from beds.models import BedStay, Closure
from programs.contributions import DayFigure, Raised
from programs.models import Leave


def exceptions(site_id: int, since: datetime, until: datetime, at: datetime) -> Iterator[Raised]:
    """Who came into a bed, who left one, and beds that were closed, within ``since <= t < until``. Two queries."""
    begun = Q(started_at__gte=since, started_at__lt=until)
    ended = Q(ended_at__gte=since, ended_at__lt=until)
    stays = BedStay.objects.filter(begun | ended, bed__room__unit__site=site_id, started_at__lte=at)
    for stay in stays.select_related("bed__room__unit"):
        where = f"{stay.bed.room.unit.name} {stay.bed.room.name}-{stay.bed.label}"
        if since <= stay.started_at < until:
            yield Raised(stay.client_id, stay.started_at, "bed.came", f"Came to {where}", "", "accent")
        if stay.ended_at is not None and since <= stay.ended_at < until and stay.ended_at <= at:
            yield Raised(stay.client_id, stay.ended_at, "bed.left", f"Left {where}", "", "off")
    for row in Closure.objects.filter(begun, bed__room__unit__site=site_id).select_related("bed__room__unit"):
        where = f"{row.bed.room.unit.name} {row.bed.room.name}-{row.bed.label}"
        yield Raised(None, row.started_at, "bed.closed", f"{where} is closed", row.why, "off")


def day_figures(site_id: int, since: datetime, until: datetime, at: datetime) -> Iterable[DayFigure]:
    """The census at both ends of ``since <= t < until`` and what moved it: starts, plus in, less out, is the end. Two queries."""
    stays = list(
        BedStay.objects.filter(
            Q(ended_at=None) | Q(ended_at__gte=since), bed__room__unit__site=site_id, started_at__lt=until
        )
        .order_by("started_at")
        .values_list("client_id", "started_at", "ended_at", "episode_id")
    )

    def housed(moment: datetime) -> set[int]:
        return {who for who, start, end, _ in stays if start < moment and (end is None or end >= moment)}

    def moved() -> int:
        ends = {(who, end) for who, _, end, _ in stays if end is not None}
        return sum((who, start) in ends for who, start, _, _ in stays if since <= start < until)

    first, last = housed(since), housed(until)
    came = sum(since <= start < until for _, start, _, _ in stays) - moved()
    went = sum(end is not None and since <= end < until for _, _, end, _ in stays) - moved()
    away = Leave.objects.filter(Q(ended_at=None) | Q(ended_at__gt=until), started_at__lt=until)
    on_leave = away.filter(episode__in=[episode for who, _, _, episode in stays if who in last]).count()
    return [
        DayFigure("Census", "At the start", len(first)), DayFigure("Census", "Came", came), DayFigure("Census", "Left", went),
        DayFigure("Census", "Moved bed", moved()), DayFigure("Census", "At the end", len(last)),
        DayFigure("Census", "Of those on leave", on_leave),
    ]  # fmt: skip
