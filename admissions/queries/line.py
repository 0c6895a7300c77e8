"""One line of the placement list: its facts, its clocks, what happened to it and what may be done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q

from admissions.queries.lines import Line, held_for, line_of
from admissions.rules.pipeline import acts_from, may_reopen
from audit.models import Event
from programs.models import PlacementRequest

EVENTS = 50
MOVED = ("admissions.admit", "admissions.take_back")


@dataclass(frozen=True)
class Happened:
    """One line of the history; ``reasons`` are what was written to it."""

    at: datetime
    by: str
    what: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class LinePage:
    """``version`` is the number of the newest change, which a form sends back with what was seen."""

    line: Line
    history: tuple[Happened, ...]
    acts: tuple[str, ...]
    version: int


def line_page(request: PlacementRequest, at: datetime, tz: ZoneInfo) -> LinePage:
    """Everything about one line. Four queries."""
    acts = acts_from(request.state)
    if request.settled_at is not None and not may_reopen(request.settled_at, at):
        acts = ()
    return LinePage(
        line=line_of(request, at, tz, held_for([request.client_id], at, tz).get(request.client_id, "")),
        history=tuple(_history(request)),
        acts=acts,
        version=version_of(request.pk),
    )


def version_of(request_id: int) -> int:
    """The number of the newest change of a line, 0 where none was recorded. One query."""
    newest = PlacementRequest.history.filter(id=request_id).order_by("-history_id").values_list("history_id", flat=True)
    return newest.first() or 0


def last_event(request_id: int) -> Event | None:
    """What was done last to a line, by the trail. One query."""
    return Event.objects.filter(_of(request_id)).order_by("-id").first()


def _of(request_id: int) -> Q:
    return Q(subject_kind=PlacementRequest._meta.label, subject_id=request_id)


def _history(request: PlacementRequest) -> Iterable[Happened]:
    """Newest first: what was done on this list, and the admission of the person since they asked. Two queries."""
    moved = Q(verb__in=MOVED, client_id=request.client_id, at__gte=request.asked_at)
    if request.settled_at is not None:
        moved &= Q(at__lte=request.settled_at)
    events = Event.objects.filter(_of(request.pk) | moved).order_by("-at", "-id").prefetch_related("overrides")
    for event in events[:EVENTS]:
        reasons = [str(event.detail["why"])] if event.detail.get("why") else []
        reasons += [one.reason for one in event.overrides.all()]
        yield Happened(event.at, event.by_name, event.summary, tuple(reasons))
