"""Which charts were opened by somebody whose clients they are not, and what of that is still to be looked at?"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from audit.models import Event
from chart.models import BreakGlass
from chart.rules.break_glass import Judged, Why

SEEN = "glass.page"
"""The verb of the trail for each page that was seen through broken glass (``config/glass.py``)."""


@dataclass(frozen=True)
class Broken:
    """One broken glass: ``until`` is when it ended or ends (UTC), ``pages`` how many pages were seen, ``papers`` how often printing was
    allowed, ``judged`` '' while nobody reviewed it."""

    row: BreakGlass
    why: str
    until: datetime
    open: bool
    pages: int
    papers: int
    late: bool
    judged: str


def to_review(site_id: int, at: datetime) -> list[Broken]:
    """What nobody has reviewed yet at a site, the earliest due first. Three queries."""
    return _read(_rows(site_id).filter(review=None).order_by("review_due_at", "pk"), at)


def reviewed(site_id: int, at: datetime, most: int = 20) -> list[Broken]:
    """What was reviewed last at a site. Three queries."""
    return _read(_rows(site_id).exclude(review=None).order_by("-review__at")[:most], at)


def pages_of(glass: BreakGlass) -> list[Event]:
    """The pages somebody saw through this glass, in their order. One query."""
    found = Event.objects.filter(subject_kind=BreakGlass._meta.label, subject_id=glass.pk, verb=SEEN)
    return list(found.order_by("pk"))


def _rows(site_id: int) -> QuerySet[BreakGlass]:
    return BreakGlass.objects.filter(site=site_id).select_related("person", "client", "review__by")


def _read(rows: QuerySet[BreakGlass], at: datetime) -> list[Broken]:
    found = list(rows.prefetch_related("papers"))
    seen: dict[int, int] = {}
    events = Event.objects.filter(
        subject_kind=BreakGlass._meta.label, subject_id__in=[row.pk for row in found], verb=SEEN
    )
    for pk in events.values_list("subject_id", flat=True):
        seen[pk or 0] = seen.get(pk or 0, 0) + 1
    return [_broken(row, seen.get(row.pk, 0), at) for row in found]


def _broken(row: BreakGlass, pages: int, at: datetime) -> Broken:
    until = row.ended_at or row.ends_at
    review = getattr(row, "review", None)
    return Broken(
        row=row, why=Why(row.why).label, until=until, open=until > at, pages=pages, papers=len(row.papers.all()),
        late=review is None and row.review_due_at < at, judged=Judged(review.judged).label if review else "",
    )  # fmt: skip
