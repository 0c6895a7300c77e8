"""The turnaround page: how long beds took to be clean again. Beds and units, nobody's name."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from beds.models import BedStay, CleaningJob
from beds.queries.census.load import places
from beds.rules.census import Asked, Cleaned, Parts, Turnaround, midnight_after, parts, slowest, turnarounds
from programs.models import Site

SLOWEST = 20
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Slow:
    """One turnaround and the bed's name."""

    bed: str
    one: Turnaround


@dataclass(frozen=True)
class TurnaroundPage:
    """``units`` in walking order, those without a turnaround left out; ``slowest`` are at most twenty."""

    site: Site
    asked: Asked
    all: Parts
    units: tuple[tuple[str, Parts], ...]
    slowest: tuple[Slow, ...]


def turnaround_page(site: Site, asked: Asked) -> TurnaroundPage:
    """Beds that were left within the range, whenever they were clean again. Three queries."""
    beds = places(site)
    after, to = midnight_after(asked.first - DAY, site.tz), midnight_after(asked.last, site.tz)
    found = left_between(site, after, to)
    names = {place.unit: place.unit_name for place in beds.values()}
    by_unit: dict[int, list[Turnaround]] = {unit: [] for unit in names}
    for one in found:
        by_unit[beds[one.bed].unit].append(one)
    return TurnaroundPage(
        site=site,
        asked=asked,
        all=parts(found),
        units=tuple((names[unit], parts(many)) for unit, many in by_unit.items() if many),
        slowest=tuple(Slow(beds[one.bed].bed_name, one) for one in slowest(found, SLOWEST)),
    )


def left_between(site: Site, after: datetime, to: datetime) -> tuple[Turnaround, ...]:
    """The turnarounds of the site's beds that were left after one instant and up to another. Two queries."""
    ended = BedStay.objects.filter(bed__room__unit__site=site, ended_at__gt=after, ended_at__lte=to)
    jobs: defaultdict[int | None, list[Cleaned]] = defaultdict(list)
    for stay, asked, accepted, end, back in CleaningJob.objects.filter(after__in=ended.values("pk")).values_list(
        "after_id", "started_at", "accepted_at", "ended_at", "handed_back"
    ):
        jobs[stay].append(Cleaned(asked, accepted, end, back))
    left = ended.values_list("pk", "bed_id", "ended_at")
    return turnarounds((bed, at, jobs[pk]) for pk, bed, at in left if at is not None)
