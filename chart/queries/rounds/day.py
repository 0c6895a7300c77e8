"""Who is looked in on without a bed here: clients of a day program with an order for looks, while it runs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q, QuerySet

from chart.models import ObservationOrder
from programs.contributions import Place, Slept, Ward
from programs.models import Placement, Program, Site

DAY_PROGRAM = Ward(0, "Day program")
"""The group of a site's rounds for those who have no bed; 0 is the key of no unit."""

LIVES = ("3", "4")  # levels in which clients live: who has no bed there waits for one
Span = tuple[datetime, datetime | None]


def day_place(name: str) -> Place:
    """Where a client of a day program stands in the rounds: after nobody's door, by name."""
    return Place(DAY_PROGRAM.pk, DAY_PROGRAM.name, "", "", (0, 0, name))


def in_day_program(site_id: int, at: datetime) -> Mapping[int, str]:
    """Episode id to the name of the program, of those who come to the site for the day at an instant. One query."""
    rows = _placed(site_id).filter(started_at__lte=at).filter(Q(ended_at=None) | Q(ended_at__gt=at))
    return dict(rows.values_list("episode", "program__name"))


def orders_here(site: Site, since: datetime, until: datetime, at: datetime) -> list[ObservationOrder]:
    """The orders of a site that run within ``since <= t < until``, whoever they are for. One query."""
    running = Q(ended_at=None) | Q(ended_at__gt=since)
    rows = ObservationOrder.objects.filter(running, site=site, started_at__lt=until, started_at__lte=at)
    return list(rows.select_related("episode__client").order_by("started_at"))


def day_stays(site: Site, orders: Iterable[ObservationOrder], slept: Iterable[Slept]) -> list[Slept]:
    """While each order runs, the client is in a day program of the site, and has no bed. One query, none without an order."""
    asked = list(orders)
    if not asked:
        return []
    placed: defaultdict[int, list[Span]] = defaultdict(list)
    for row in _placed(site.pk).filter(episode__in={each.episode_id for each in asked}):
        placed[row.episode_id].append((row.started_at, row.ended_at))
    beds: defaultdict[int, list[Span]] = defaultdict(list)
    for stay in slept:
        beds[stay.episode_id].append((stay.started_at, stay.ended_at))
    return [
        Slept(order.episode_id, DAY_PROGRAM.name, start, end, DAY_PROGRAM.pk, "", "")
        for order in asked
        for span in placed[order.episode_id]
        for start, end in without(common((order.started_at, order.ended_at), span), beds[order.episode_id])
    ]


def common(one: Span, other: Span) -> list[Span]:
    """What two periods share, end exclusive (None: goes on)."""
    start = max(one[0], other[0])
    ends = [end for end in (one[1], other[1]) if end is not None]
    end = min(ends) if ends else None
    return [(start, end)] if end is None or start < end else []


def without(spans: Iterable[Span], gone: Iterable[Span]) -> list[Span]:
    """The periods less those in which somebody is gone."""
    here = list(spans)
    for left, back in gone:
        cut: list[Span] = []
        for start, end in here:
            if (end is not None and end <= left) or (back is not None and back <= start):
                cut.append((start, end))
                continue
            if start < left:
                cut.append((start, left))
            if back is not None and (end is None or back < end):
                cut.append((back, end))
        here = cut
    return here


def _placed(site_id: int) -> QuerySet[Placement]:
    rows = Placement.objects.filter(program__site=site_id, kind=Program.Kind.TREATMENT)
    return rows.exclude(Q(level__startswith=LIVES[0]) | Q(level__startswith=LIVES[1]))
