"""Who belongs in a session, who came, and how their week stands. Nobody keeps a roster: it follows the placements."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.db.models import Q

from groups.findings import DASH, clock
from groups.models import Attendance, Session
from groups.queries.week import minutes_ahead, minutes_in, progress, week_around
from groups.rules.minutes import (
    NOT_THERE,
    AttendanceFacts,
    AttendanceStatus,
    SessionFacts,
    WeekProgress,
    credited_minutes,
    say_minutes,
)
from programs.models import Client, Leave, Placement

S = AttendanceStatus


@dataclass(frozen=True)
class Row:
    """One line of the roster. ``status`` None = not marked; ``version`` is the mark seen (0 = none); ``short_by`` the minutes
    that will be missing at the end of the week even if every group still to come is attended."""

    session_id: int
    client_id: int
    name: str
    expected: bool
    status: AttendanceStatus | None
    version: int
    minutes: int
    came: str
    left: str
    away: str
    begun: bool
    week: WeekProgress
    short_by: int

    @property
    def shown(self) -> str:
        """The choice that stands: the mark's, or excused by a leave."""
        return self.status.value if self.status else (S.EXCUSED.value if self.away else "")

    @property
    def there(self) -> bool:
        """Whether they were marked as having been in the room or on video."""
        return self.status is not None and self.status not in NOT_THERE

    @property
    def settled(self) -> bool:
        """Whether nothing has to be marked any more."""
        return bool(self.shown)

    @property
    def fact(self) -> str:
        """The words beside the name."""
        minutes = f"{self.minutes} min"
        if self.came and self.left:
            return f"{self.came}{DASH}{self.left} · {minutes}"
        if self.came:
            return f"came {self.came} · {minutes}"
        if self.left:
            return f"left {self.left} · {minutes}"
        if self.there:
            return f"{minutes}, video" if self.status is S.VIDEO else minutes
        if self.status in NOT_THERE:
            return self.away or ("excused" if self.status is S.EXCUSED else "absent")
        return self.away or ("not here yet" if self.begun else "not marked")

    @property
    def tone(self) -> str:
        """One of the look's words, or ''."""
        if self.status is S.ABSENT or (not self.settled and self.begun):
            return "stop"
        return "late" if self.came or self.left else ""

    @property
    def late_word(self) -> str:
        """What stands on the third button: when they came or went, else 'Late'."""
        return self.came or (f"to {self.left}" if self.left else "Late")

    @property
    def week_words(self) -> str:
        """'6 h 40 of 9 h', and what will be missing."""
        return f"{self.week} · short by {say_minutes(self.short_by)}" if self.short_by else str(self.week)


def names(clients: Iterable[Client]) -> dict[int, str]:
    """'Amira S.', and the whole last name where two are called the same."""
    called = {client.pk: client for client in clients}
    short = {
        pk: f"{client.preferred_name or client.first_name} {client.last_name[0]}." for pk, client in called.items()
    }
    twice = {name for name, count in Counter(short.values()).items() if count > 1}
    return {pk: called[pk].called if name in twice else name for pk, name in short.items()}


def newest_marks(session: Session) -> dict[int, Attendance]:
    """The mark that counts for each client of a session. One query."""
    marks = session.attendance.select_related("client", "by").order_by("client_id", "-version").distinct("client_id")
    return {mark.client_id: mark for mark in marks}


def roster(session: Session, at: datetime) -> list[Row]:
    """Who was placed in the series' programs when the session starts, and whoever else was marked; by name. Six queries."""
    tz, starts = session.site.tz, session.started_at
    programs = set(session.series.programs.values_list("pk", flat=True))
    marks = newest_marks(session)
    placements: dict[int, Placement] = {}
    expected: set[int] = set()
    for placement in (
        Placement.objects.current(starts)
        .filter(Q(program__in=programs) | Q(episode__client__in=list(marks)))
        .select_related("episode__client", "program")
        .order_by("kind")  # residence before treatment: the level of treatment stays
    ):
        placements[placement.episode.client_id] = placement
        if placement.program_id in programs:
            expected.add(placement.episode.client_id)
    clients = {placement.episode.client for placement in placements.values()} | {mark.client for mark in marks.values()}
    leaves = {
        leave.episode.client_id: leave
        for leave in Leave.objects.current(starts).filter(episode__client__in=clients).select_related("episode")
    }
    since, until = week_around(starts, tz)
    done = minutes_in([client.pk for client in clients], since, until)
    ahead = minutes_ahead({placement.program_id for placement in placements.values()}, session, at, until)
    facts = _Facts(session, at, tz, expected, names(clients), marks, placements, leaves, done, ahead)
    return sorted((facts.row(client) for client in clients), key=lambda row: (row.name, row.client_id))


@dataclass(frozen=True)
class _Facts:
    """Everything a row is made of, by client (``ahead`` by program)."""

    session: Session
    at: datetime
    tz: tzinfo
    expected: set[int]
    names: dict[int, str]
    marks: dict[int, Attendance]
    placements: dict[int, Placement]
    leaves: dict[int, Leave]
    done: dict[int, int]
    ahead: dict[int, int]

    def row(self, client: Client) -> Row:
        """This client's line."""
        mark, placement, leave = self.marks.get(client.pk), self.placements.get(client.pk), self.leaves.get(client.pk)
        status = S(mark.status) if mark else None
        program, level = (placement.program, placement.level) if placement else (None, "")
        week = progress(self.done.get(client.pk, 0), program, level)
        coming = self.ahead.get(placement.program_id, 0) if placement else 0
        length = SessionFacts(self.session.started_at, self.session.ended_at)
        if status is None and leave is None and self.session.ended_at > self.at:
            coming += credited_minutes(AttendanceFacts(S.HERE), length)
        return Row(
            session_id=self.session.pk,
            client_id=client.pk,
            name=self.names[client.pk],
            expected=client.pk in self.expected,
            status=status,
            version=mark.version if mark else 0,
            minutes=credited_minutes(AttendanceFacts(status, mark.arrived_at, mark.left_at), length)
            if mark and status
            else 0,
            came=clock(mark.arrived_at, self.tz) if mark and mark.arrived_at else "",
            left=clock(mark.left_at, self.tz) if mark and mark.left_at else "",
            away=away_words(leave, self.tz) if leave else "",
            begun=self.session.started_at <= self.at,
            week=week,
            short_by=max(0, week.short_by - coming),
        )


def away_words(leave: Leave, tz: tzinfo) -> str:
    """'on pass until 21:00'."""
    return f"{Leave.Kind(leave.kind).label.lower()} until {clock(leave.expected_at, tz)}"
