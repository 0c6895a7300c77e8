"""Incidents of privacy with their clocks as they run at an instant."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from privacy.models import BreachAssessment, BreachClosing, BreachIncident, BreachNotice
from privacy.rules.breaches import Clock, Told, clocks


@dataclass(frozen=True)
class Incident:
    """An incident at an instant. ``clocks`` run as for a breach until an assessment says that it is none (45 CFR 164.402(2))."""

    row: BreachIncident
    assessment: BreachAssessment | None
    assessments: tuple[BreachAssessment, ...]
    notices: tuple[BreachNotice, ...]
    closing: BreachClosing | None
    clocks: tuple[Clock, ...]
    today: date

    @property
    def people(self) -> int:
        """How many are concerned, as last assessed."""
        return self.assessment.people if self.assessment is not None else self.row.people

    @property
    def next(self) -> Clock | None:
        """The clock that ends first of those that still run."""
        return next((each for each in self.clocks if each.sent is None), None) if self.closing is None else None

    @property
    def left(self) -> int | None:
        """Days until it ends; negative where it is late."""
        return self.next.left(self.today) if self.next is not None else None

    @property
    def late(self) -> int:
        """Days since the clock that ended first and still runs; 0 where none is late."""
        return max(0, -(self.left or 0))

    @property
    def rows(self) -> list[tuple[Clock, int, bool]]:
        """Each clock with the days left and whether it is late."""
        return [(each, each.left(self.today), each.late(self.today)) for each in self.clocks]


def incidents(site_ids: Collection[int], at: datetime) -> list[Incident]:
    """Those of these sites: the open ones with the nearest clock first, then the closed ones, the newest first. Five queries."""
    found = _incidents(BreachIncident.objects.filter(site__in=site_ids), at)
    far = date.max
    return sorted(found, key=lambda each: (each.closing is not None, each.next.due if each.next else far))


def incident(site_ids: Collection[int], at: datetime, pk: int) -> Incident | None:
    """One of them."""
    return next(iter(_incidents(BreachIncident.objects.filter(site__in=site_ids, pk=pk), at)), None)


def _incidents(rows: QuerySet[BreachIncident], at: datetime) -> list[Incident]:
    found = rows.select_related("site", "by", "call", "closing__by").prefetch_related(
        "assessments__by", "notices__by", "concerned__client"
    )  # fmt: skip
    return [_incident(row, at) for row in found.order_by("-discovered_at", "-pk")]


def _incident(row: BreachIncident, at: datetime) -> Incident:
    assessments = tuple(sorted(row.assessments.all(), key=lambda each: (each.at, each.pk)))
    notices = tuple(sorted(row.notices.all(), key=lambda each: each.sent_on))
    newest = assessments[-1] if assessments else None
    tz = row.site.tz
    running: tuple[Clock, ...] = ()
    if newest is None or newest.breach:
        people, most = (newest.people, newest.most_in_state) if newest is not None else (row.people, row.people)
        sent = {Told(each.whom): each.sent_on for each in notices}
        running = clocks(row.discovered_at.astimezone(tz).date(), people, most, sent)
    return Incident(
        row, newest, assessments, notices, getattr(row, "closing", None), running, at.astimezone(tz).date()
    )  # fmt: skip
