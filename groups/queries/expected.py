"""Who is expected in a session? Rosters follow placements by themselves; nobody keeps one.

Expected are the clients placed in the series' programs when it starts (of a series by choice, only those chosen for it), and those
asked to come besides: guests and make-ups. In an individual session it is its client.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from groups.models import Guest, Member, Series, Session
from programs.models import Placement


@dataclass(frozen=True)
class Placed:
    """A client is in a program for a period (``ended_at`` exclusive, None = open)."""

    client_id: int
    program_id: int
    started_at: datetime
    ended_at: datetime | None

    def holds(self, at: datetime) -> bool:
        """True where the period holds this instant."""
        return self.started_at <= at and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True)
class Served:
    """A series serves a program."""

    series_id: int
    by_choice: bool
    program_id: int
    program: str
    level: str


def served_by(sessions: Sequence[Session]) -> tuple[Served, ...]:
    """The programs that the series of these sessions serve, by name. One query."""
    series_ids = {session.series_id for session in sessions if session.series_id is not None}
    rows = Series.programs.through.objects.filter(series_id__in=series_ids).order_by("program__name", "program_id")
    found = rows.values_list("series_id", "series__by_choice", "program_id", "program__name", "program__level")
    return tuple(Served(*row) for row in found)


def expected(sessions: Sequence[Session], served: Sequence[Served] | None = None) -> dict[int, set[int]]:
    """The clients expected in each session (by its id). Four queries, however many sessions (three with ``served_by`` these);
    the series need not be loaded."""
    programs: defaultdict[int, set[int]] = defaultdict(set)
    by_choice: set[int] = set()
    for row in served_by(sessions) if served is None else served:
        programs[row.series_id].add(row.program_id)
        if row.by_choice:
            by_choice.add(row.series_id)
    placed = _placed({pk for each in programs.values() for pk in each}, sessions)
    chosen = _chosen(by_choice)
    found: dict[int, set[int]] = {}
    for session in sessions:
        if session.series_id is None:
            found[session.pk] = {session.client_id} if session.client_id is not None else set()
            continue
        here = {
            each.client_id
            for program_id in programs[session.series_id]
            for each in placed[program_id]
            if each.holds(session.started_at)
        }
        if session.series_id in by_choice:
            here &= {each.client_id for each in chosen[session.series_id] if each.holds(session.started_at)}
        found[session.pk] = here
    for session_id, client_id in Guest.objects.filter(session__in=sessions, withdrawn_at=None).values_list(
        "session_id", "client_id"
    ):
        found[session_id].add(client_id)
    return found


def _placed(programs: set[int], sessions: Sequence[Session]) -> defaultdict[int, list[Placed]]:
    rows: defaultdict[int, list[Placed]] = defaultdict(list)
    if not sessions:
        return rows
    first, last = min(each.started_at for each in sessions), max(each.started_at for each in sessions)
    found = Placement.objects.filter(program__in=programs, started_at__lte=last).exclude(ended_at__lte=first)
    for row in found.values_list("episode__client_id", "program_id", "started_at", "ended_at"):
        rows[row[1]].append(Placed(*row))
    return rows


def _chosen(series: set[int]) -> defaultdict[int, list[Placed]]:
    rows: defaultdict[int, list[Placed]] = defaultdict(list)
    found = Member.objects.filter(series__in=series) if series else Member.objects.none()
    for row in found.values_list("client_id", "series_id", "started_at", "ended_at"):
        rows[row[1]].append(Placed(*row))
    return rows
