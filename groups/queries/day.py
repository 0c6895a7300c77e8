"""A site's groups of one day, and which sessions a change of placement touches."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from groups.findings import clock
from groups.models import Attendance, Part, Session
from groups.rules.minutes import NOT_THERE, AttendanceStatus
from programs.models import Placement, Site
from staff.models import Person

S = AttendanceStatus


@dataclass(frozen=True)
class DayLine:
    """One session of the day. ``state``: done, now or next; ``to_sign`` counts written parts that nobody signed."""

    pk: int
    name: str
    topic: str
    room: str
    starts: str
    ends: str
    state: str
    mine: bool
    facilitators: tuple[str, ...]
    here: int
    marked: int
    expected: int
    to_sign: int


@dataclass(frozen=True)
class Day:
    """A day's sessions in order, mine and everybody else's."""

    on: date
    mine: tuple[DayLine, ...]
    others: tuple[DayLine, ...]


def day_list(site: Site, person: Person, on: date, at: datetime) -> Day:
    """The groups of a local day at a site. Six queries, however many groups."""
    since = datetime.combine(on, time.min, tzinfo=site.tz)
    until = datetime.combine(on + timedelta(days=1), time.min, tzinfo=site.tz)
    sessions = list(
        Session.objects.filter(site=site, started_at__gte=since, started_at__lt=until)
        .select_related("series")
        .prefetch_related("facilitators", "series__programs")
        .order_by("started_at", "series__name")
    )
    expected = _expected(sessions, since, until)
    marks: defaultdict[int, list[str]] = defaultdict(list)
    for session_id, status in (
        Attendance.objects.filter(session__in=sessions)
        .order_by("session_id", "client_id", "-version")
        .distinct("session_id", "client_id")
        .values_list("session_id", "status")
    ):
        marks[session_id].append(status)
    open_parts: defaultdict[int, int] = defaultdict(int)
    for session_id in (
        Part.objects.filter(session__in=sessions, signed_at=None).exclude(text="").values_list("session_id", flat=True)
    ):
        open_parts[session_id] += 1
    lines = []
    for session in sessions:
        people = sorted(session.facilitators.all(), key=lambda who: who.name)
        state = "done" if session.ended_at <= at else "now" if session.started_at <= at else "next"
        lines.append(
            DayLine(
                pk=session.pk, name=session.series.name, topic=session.topic, room=session.room,
                starts=clock(session.started_at, site.tz), ends=clock(session.ended_at, site.tz), state=state,
                mine=any(who.pk == person.pk for who in people), facilitators=tuple(who.name for who in people),
                here=sum(S(status) not in NOT_THERE for status in marks[session.pk]), marked=len(marks[session.pk]),
                expected=expected[session.pk], to_sign=open_parts[session.pk],
            )
        )  # fmt: skip
    mine = tuple(line for line in lines if line.mine)
    return Day(on, mine, tuple(line for line in lines if not line.mine))


def _expected(sessions: Collection[Session], since: datetime, until: datetime) -> dict[int, int]:
    """How many clients are placed in each session's programs when it starts. One query."""
    programs = {session.pk: {program.pk for program in session.series.programs.all()} for session in sessions}
    placed = [
        (placement.program_id, placement.episode.client_id, placement)
        for placement in Placement.objects.filter(program__in=set().union(*programs.values()), started_at__lt=until)
        .exclude(ended_at__lte=since)
        .select_related("episode")
    ]
    return {
        session.pk: len(
            {
                client_id
                for program_id, client_id, placement in placed
                if program_id in programs[session.pk]
                and placement.started_at <= session.started_at
                and (placement.ended_at is None or placement.ended_at > session.started_at)
            }
        )
        for session in sessions
    }


def sessions_touched(program_ids: Collection[int], at: datetime) -> list[int]:
    """Sessions of these programs that have not ended and start within a day: whose open pages a move of someone changes."""
    return list(
        Session.objects.filter(
            series__programs__in=program_ids, ended_at__gt=at, started_at__lt=at + timedelta(days=1)
        )
        .order_by("pk")
        .distinct()
        .values_list("pk", flat=True)
    )  # fmt: skip
