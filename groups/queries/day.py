"""A site's groups of one day, and which sessions a change of placement touches."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import JSONObject

from groups.findings import OPENS, clock
from groups.models import Attendance, Facilitator, Part, Session
from groups.queries.expected import Served, expected
from groups.rules.minutes import NOT_THERE, AttendanceStatus
from programs.models import Site
from staff.models import Person

S = AttendanceStatus


@dataclass(frozen=True)
class DayLine:
    """One session of the day. ``state``: done, now, next or cancelled (``why``); ``to_sign`` counts written, unsigned parts;
    ``opens``: attendance may be marked; ``moved``: why it is at another time."""

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
    why: str = ""
    opens: bool = False
    complete: bool = False
    moved: str = ""


@dataclass(frozen=True)
class Day:
    """A day's sessions in order, mine and everybody else's."""

    on: date
    mine: tuple[DayLine, ...]
    others: tuple[DayLine, ...]


def day_list(site: Site, person: Person, on: date, at: datetime) -> Day:
    """The sessions of a local day at a site. Five queries at most, however many."""
    since = datetime.combine(on, time.min, tzinfo=site.tz)
    until = datetime.combine(on + timedelta(days=1), time.min, tzinfo=site.tz)
    sessions = sessions_between(site, since, until)
    return lines_of(sessions, site, person, on, at)


def sessions_between(site: Site, since: datetime, until: datetime) -> list[Session]:
    """The sessions that start in a stretch, in order, each with ``leads`` (id and name), the newest ``marks`` and how many parts
    are written and not signed (``open_parts``). One query."""
    leads = Facilitator.objects.filter(session=OuterRef("pk"), removed_at=None).order_by("person__name", "person_id")
    marks = Attendance.objects.filter(session=OuterRef("pk")).order_by("client_id", "-version").distinct("client_id")
    written = Part.objects.filter(session=OuterRef("pk"), signed_at=None).exclude(text="").order_by()
    return list(
        Session.objects.filter(site=site, started_at__gte=since, started_at__lt=until)
        .select_related("series", "client")
        .annotate(
            leads=ArraySubquery(leads.values(json=JSONObject(id="person_id", name="person__name"))),
            marks=ArraySubquery(marks.values("status")),
            open_parts=Subquery(
                written.values("session").annotate(many=Count("pk")).values("many"), output_field=IntegerField()
            ),
        )
        .order_by("started_at", "series__name", "pk")
    )


def lines_of(
    sessions: Sequence[Session], site: Site, person: Person, on: date, at: datetime, served: Sequence[Served] | None = None
) -> Day:  # fmt: skip
    """These sessions (of ``sessions_between``) as lines, in their order. Four queries at most, however many; one less with
    ``served_by`` these."""
    asked = expected(sessions, served)
    lines = []
    for session in sessions:
        stands: Any = session
        people, marks = stands.leads, stands.marks
        state = "done" if session.ended_at <= at else "now" if session.started_at <= at else "next"
        lines.append(
            DayLine(
                pk=session.pk, name=session.name, topic=session.topic, room="Video" if session.by_video else session.room,
                starts=clock(session.started_at, site.tz), ends=clock(session.ended_at, site.tz),
                state=state if session.cancelled_at is None else "cancelled",
                mine=any(who["id"] == person.pk for who in people), facilitators=tuple(who["name"] for who in people),
                here=sum(S(status) not in NOT_THERE for status in marks), marked=len(marks),
                expected=len(asked[session.pk]), to_sign=stands.open_parts or 0, why=session.cancelled_why,
                opens=session.started_at - OPENS <= at, complete=session.completed_at is not None, moved=session.moved_why,
            )
        )  # fmt: skip
    mine = tuple(line for line in lines if line.mine)
    return Day(on, mine, tuple(line for line in lines if not line.mine))


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
