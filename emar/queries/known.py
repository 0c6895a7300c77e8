"""What was known at an instant: orders as written by then, marks as recorded by then, and the state of every dose.

No act changes the past (docs/decisions/0008), so the same question asked later has the same answer. The MAR, the reports and the
tasks stand on this; none of them stores anything.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q, QuerySet

from emar.models import UNDONE, Administration, EmarPolicy, Order, OrderHold
from emar.queries.policy import as_policy
from emar.rules.orders.kinds import Mode
from emar.rules.policy import DEFAULT, SitePolicy
from emar.rules.schedule import AsNeeded, Schedule, Taper, due_times, from_json, taper_dose_at
from emar.rules.windows import DoseState, Timing, Window, dose_state, minutes_off, timing, window_for
from programs.models import Leave

Span = tuple[datetime, datetime | None]


class Stand(StrEnum):
    """How a scheduled dose stood at an instant."""

    AHEAD = "ahead"  # not due yet
    OPEN = "open"  # its window is open, nothing charted
    MARKED = "marked"
    MISSED = "missed"  # its window closed with nothing charted
    ON_HOLD = "on_hold"  # the order was on hold when it was due, and nothing was charted
    AWAY = "away"  # the client was on leave when it was due, and nothing was charted


@dataclass(frozen=True)
class Due:
    """A dose of the schedule as it stood. ``mark`` is the newest row known; ``closes`` says when it would be missed."""

    order: Order
    due_at: datetime
    amount: Decimal
    window: Window
    stand: Stand
    mark: Administration | None = None

    @property
    def minutes(self) -> int:
        """Charted minus due, in whole minutes; 0 where nothing is charted."""
        return 0 if self.mark is None else minutes_off(self.due_at, self.mark.given_at)

    @property
    def timing(self) -> Timing:
        """Early, on time or late by its window; on time where nothing is charted."""
        return Timing.ON_TIME if self.mark is None else timing(self.due_at, self.mark.given_at, self.window)


@dataclass(frozen=True)
class Policies:
    """A site's numbers over time."""

    starts: tuple[datetime, ...]
    rows: tuple[tuple[datetime | None, SitePolicy], ...]  # when each ended, and its numbers

    def at(self, moment: datetime) -> SitePolicy:
        """The numbers in force at an instant, the defaults where the site has none."""
        place = bisect_right(self.starts, moment) - 1
        if place < 0:
            return DEFAULT
        ended, found = self.rows[place]
        return DEFAULT if ended is not None and ended <= moment else found


@dataclass(frozen=True)
class Known:
    """The rows behind doses. ``leaves`` are the periods away by episode; marks are newest rows known, undone ones left out."""

    holds: Mapping[int, list[OrderHold]]
    leaves: Mapping[int, list[Span]]
    marks: Mapping[int, Mapping[datetime, Administration]]
    policies: Policies


def policies(site_id: int, until: datetime) -> Policies:
    """Every policy of a site begun by an instant. One query."""
    rows = list(EmarPolicy.objects.filter(site=site_id, started_at__lte=until).order_by("started_at"))
    return Policies(tuple(row.started_at for row in rows), tuple((row.ended_at, as_policy(row)) for row in rows))


def orders_known(since: datetime, until: datetime, at: datetime) -> QuerySet[Order]:
    """The orders written by ``at`` that run at some instant of ``since <= t < until``, as far as was known then."""
    written = Q(written_at__lte=at) | Q(written_at=None, started_at__lte=at)
    runs = Q(ended_at=None) | Q(ended_at__gt=since) | Q(stopped_at__gt=at)
    return Order.objects.filter(written, runs, started_at__lt=until).select_related("medication", "by")


def end_known(order: Order, at: datetime) -> datetime | None:
    """When the order ended or would end, as known at ``at``: a stop that came later was not known; None = open."""
    return order.until if order.stopped_at is not None and order.stopped_at > at else order.ended_at


def span_known(order: Order, at: datetime) -> Span:
    """The doses that were the order's, as known at ``at`` (see ``Order.span``)."""
    if order.stopped_at is not None and order.stopped_at > at:
        return order.due_from or order.started_at, order.until
    return order.span


def marks_known(at: datetime) -> QuerySet[Administration]:
    """The newest row of each mark as known at ``at``: recorded by then, and not corrected by then. Undone rows are left out."""
    return Administration.objects.filter(
        Q(corrected_by=None) | Q(corrected_by__recorded_at__gt=at), recorded_at__lte=at
    ).exclude(outcome=UNDONE)


def holds_of(order_ids: Iterable[int], since: datetime, at: datetime) -> Mapping[int, list[OrderHold]]:
    """Holds begun by ``at`` that reach past ``since``, by order. One query."""
    found: dict[int, list[OrderHold]] = defaultdict(list)
    rows = OrderHold.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=since), order__in=list(order_ids), started_at__lte=at
    )
    for hold in rows.order_by("started_at"):
        found[hold.order_id].append(hold)
    return found


def leaves_of(episode_ids: Iterable[int], since: datetime, at: datetime) -> Mapping[int, list[Span]]:
    """Periods away, begun by ``at`` and reaching past ``since``, by episode. One query."""
    found: dict[int, list[Span]] = defaultdict(list)
    rows = Leave.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=since), episode__in=set(episode_ids), started_at__lte=at
    ).values_list("episode_id", "started_at", "ended_at")
    for episode_id, started_at, ended_at in rows:
        found[episode_id].append((started_at, ended_at))
    return found


def by_due(rows: Iterable[Administration]) -> Mapping[int, Mapping[datetime, Administration]]:
    """Marks of scheduled doses by order and due time."""
    found: dict[int, dict[datetime, Administration]] = defaultdict(dict)
    for row in rows:
        if row.due_at is not None:
            found[row.order_id][row.due_at] = row
    return found


def doses(order: Order, known: Known, *, since: datetime, until: datetime, at: datetime, tz: tzinfo) -> Iterator[Due]:
    """The scheduled doses of an order due in ``since <= due < until`` as they stood at ``at``, earliest first. No query.

    A mark whose time is no longer on the schedule stands with them. What a client carries or takes home is not on the pass, and
    as-needed orders are never due.
    """
    schedule = from_json(order.schedule)
    if isinstance(schedule, AsNeeded):
        return
    begins, ends = span_known(order, at)
    dues: Iterable[datetime] = ()
    if Mode(order.mode).on_pass:
        dues = due_times(schedule, start=order.anchor, stop=ends, since=max(since, begins), until=until, tz=tz)
    marks = known.marks.get(order.pk, {})
    for due in sorted({*dues, *(each for each in marks if since <= each < until)}):
        window = window_for(schedule, order.time_critical, known.policies.at(min(due, at)).windows)
        mark = marks.get(due)
        yield Due(
            order, due, amount_at(order, schedule, due, tz), window, _stand(order, known, due, at, window, mark), mark
        )


def amount_at(order: Order, schedule: Schedule, due_at: datetime, tz: tzinfo) -> Decimal:
    """What is ordered for that time: a taper's step, else the order's dose."""
    if isinstance(schedule, Taper):
        return taper_dose_at(schedule, due_at, order.anchor, tz) or order.dose
    return order.dose


def _stand(
    order: Order, known: Known, due: datetime, at: datetime, window: Window, mark: Administration | None
) -> Stand:
    if mark is not None:
        return Stand.MARKED
    state = dose_state(due, at, window, None)
    if state is DoseState.UPCOMING or due > at:
        return Stand.OPEN if state is not DoseState.UPCOMING else Stand.AHEAD
    if any(_holds(hold.started_at, hold.ended_at, due) for hold in known.holds.get(order.pk, ())):
        return Stand.ON_HOLD
    if any(_holds(*span, due) for span in known.leaves.get(order.episode_id, ())):
        return Stand.AWAY
    return Stand.MISSED if state is DoseState.MISSED else Stand.OPEN


def _holds(started_at: datetime, ended_at: datetime | None, moment: datetime) -> bool:
    return started_at <= moment and (ended_at is None or moment < ended_at)
