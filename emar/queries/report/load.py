"""Reads the orders and marks of a site over a stretch of time; the cost grows with the stretch, not with the history."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from emar.models import TAKEN, Administration, Order
from emar.queries.known import (
    Due,
    Known,
    Span,
    by_due,
    doses,
    holds_of,
    leaves_of,
    marks_known,
    orders_known,
    policies,
)
from emar.queries.mar.load import Seen, chain, seen_of
from programs.contributions import slept
from programs.models import Placement, Program, Site

NO_UNIT = "No bed here"


@dataclass(frozen=True)
class Stays:
    """Where each episode slept over time; and in which spans it was in a program of the site."""

    units: Mapping[int, tuple[list[datetime], list[tuple[datetime | None, str]]]]
    placed: Mapping[int, list[Span]]

    def unit(self, episode_id: int, at: datetime) -> str:
        """The unit slept in at an instant."""
        starts, rows = self.units.get(episode_id, ([], []))
        place = bisect_right(starts, at) - 1
        if place < 0:
            return NO_UNIT
        ended, unit = rows[place]
        return unit if ended is None or at < ended else NO_UNIT

    def here(self, episode_id: int, at: datetime) -> bool:
        """Whether the episode was in a program of the site at an instant."""
        return any(start <= at and (end is None or at < end) for start, end in self.placed.get(episode_id, ()))


@dataclass(frozen=True)
class Facts:
    """Every scheduled dose of the stretch as it stood, and every dose as needed that was taken in it."""

    stays: Stays
    scheduled: Sequence[Due]
    as_needed: Sequence[Administration]  # with order
    seen: Mapping[int, Seen]

    def seen_after(self, row: Administration) -> Seen | None:
        """The reassessment of a dose, or of the entry it corrects."""
        return next((self.seen[pk] for pk in chain(row) if pk in self.seen), None)


def load(site: Site, since: datetime, until: datetime, at: datetime) -> Facts:
    """The doses of a site due, or given as needed, in ``since <= t < until`` as known at ``at``. Ten queries."""
    placed: dict[int, list[Span]] = defaultdict(list)
    during = Placement.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=since), started_at__lt=until, program__site=site, kind=Program.Kind.TREATMENT
    )
    for episode_id, started_at, ended_at in during.values_list("episode_id", "started_at", "ended_at"):
        placed[episode_id].append((started_at, ended_at))
    orders = {
        order.pk: order
        for order in orders_known(since, until, at).filter(episode__in=list(placed)).select_related("client")
    }
    due, given = Q(due_at__gte=since, due_at__lt=until), Q(due_at=None, given_at__gte=since, given_at__lt=until)
    marks = list(marks_known(at).filter(due | given, order__in=list(orders)).select_related("by", "corrects__by"))
    for mark in marks:
        mark.order = orders[mark.order_id]
    needed = {pk for pk, order in orders.items() if order.schedule.get("kind") == "as_needed"}
    taken = [mark for mark in marks if mark.due_at is None and mark.outcome in TAKEN and mark.order_id in needed]
    known = Known(
        holds_of(orders, since, at), leaves_of(placed, since, at), by_due(marks), policies(site.pk, max(at, since))
    )
    stays = Stays(_units(site, since, until), placed)
    return Facts(
        stays,
        list(_scheduled(orders.values(), known, stays, since, until, at, site)),
        [mark for mark in taken if stays.here(mark.order.episode_id, mark.given_at)],
        seen_of((pk for mark in taken for pk in chain(mark)), at),
    )


def _scheduled(
    orders: Iterable[Order], known: Known, stays: Stays, since: datetime, until: datetime,
    at: datetime, site: Site,
) -> Iterator[Due]:  # fmt: skip
    for order in orders:
        for dose in doses(order, known, since=since, until=until, at=at, tz=site.tz):
            if stays.here(order.episode_id, dose.due_at):
                yield dose


def _units(
    site: Site, since: datetime, until: datetime
) -> Mapping[int, tuple[list[datetime], list[tuple[datetime | None, str]]]]:
    found: dict[int, tuple[list[datetime], list[tuple[datetime | None, str]]]] = defaultdict(lambda: ([], []))
    for stay in sorted(slept(site.pk, since, until), key=lambda stay: stay.started_at):
        starts, rows = found[stay.episode_id]
        starts.append(stay.started_at)
        rows.append((stay.ended_at, stay.unit))
    return found
