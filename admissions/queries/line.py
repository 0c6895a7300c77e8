"""One line of the placement list: its facts, its clocks, what happened to it and what may be done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from admissions.queries.lines import Line, held_for, line_of
from admissions.rules.pipeline import acts_from, may_reopen
from audit.models import Event, Override
from programs.models import PlacementRequest

EVENTS = 50


@dataclass(frozen=True)
class Happened:
    """One line of the history; ``reasons`` are what was written to go past a finding."""

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
    return _events(request_id).first()


def _events(request_id: int) -> "models_of_events":
    return Event.objects.filter(subject_kind=PlacementRequest._meta.label, subject_id=request_id).order_by("-id")
