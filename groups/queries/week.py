"""Clients' weeks in minutes: what counted so far, day by day and service by service, and what is still planned for them.

Minutes come from ``Presence``, in which no minute of a client stands twice, so they are just added up, in the database.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from django.db import connection

from groups.models import Session
from groups.queries.packs import PackBook
from groups.rules.minutes import Interval, WeekProgress, progress, union_minutes
from programs.models import Program

MINUTES = """
SELECT presence.client_id, days.number, session.service,
       SUM(EXTRACT(EPOCH FROM LEAST(presence.ended_at, days.ends) - GREATEST(presence.started_at, days.begins)))::bigint / 60
FROM groups_presence presence
JOIN groups_session session ON session.id = presence.session_id
JOIN unnest(%s::timestamptz[], %s::timestamptz[]) WITH ORDINALITY AS days (begins, ends, number)
  ON presence.started_at < days.ends AND presence.ended_at > days.begins
WHERE presence.client_id = ANY(%s) AND presence.started_at >= %s AND presence.started_at < %s
GROUP BY presence.client_id, days.number, session.service
"""
LONGEST = timedelta(hours=24)  # how long before a week a session that reaches into it may have begun


@dataclass(frozen=True)
class Week:
    """Seven local days from a Monday; ``bounds`` are the eight midnights."""

    monday: date
    tz: tzinfo
    bounds: tuple[datetime, ...]

    @property
    def since(self) -> datetime:
        """Monday 00:00."""
        return self.bounds[0]

    @property
    def until(self) -> datetime:
        """The next Monday 00:00 (exclusive)."""
        return self.bounds[-1]

    @property
    def last_day(self) -> date:
        """Its Sunday."""
        return self.monday + timedelta(days=6)


@dataclass(frozen=True)
class Counted:
    """A client's credited minutes of a week by local date and service code."""

    by: dict[tuple[date, str], int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by.values())

    @property
    def by_day(self) -> dict[date, int]:
        """By local date."""
        found: defaultdict[date, int] = defaultdict(int)
        for (day, _), minutes in self.by.items():
            found[day] += minutes
        return dict(found)

    @property
    def by_service(self) -> dict[str, int]:
        """By service code."""
        found: defaultdict[str, int] = defaultdict(int)
        for (_, code), minutes in self.by.items():
            found[code] += minutes
        return dict(found)


def week_of(moment: datetime, tz: tzinfo) -> Week:
    """The week of an instant on the site's wall clock."""
    today = moment.astimezone(tz).date()
    return week_from(today - timedelta(days=today.weekday()), tz)


def week_from(monday: date, tz: tzinfo) -> Week:
    """The week from a Monday."""
    midnights = (datetime.combine(monday + timedelta(days=day), time.min, tzinfo=tz) for day in range(8))
    return Week(monday, tz, tuple(midnights))


def counted(clients: Collection[int], week: Week) -> dict[int, Counted]:
    """Credited minutes of each client who has any in a week. One query."""
    found: dict[int, Counted] = {}
    if not clients:
        return found
    bounds = list(week.bounds)
    with connection.cursor() as cursor:
        cursor.execute(MINUTES, (bounds[:-1], bounds[1:], list(clients), week.since - LONGEST, week.until))
        for client_id, number, service, minutes in cursor.fetchall():
            day = week.monday + timedelta(days=number - 1)
            found.setdefault(client_id, Counted()).by[day, service] = int(minutes)
    return found


def summed(several: Iterable[Counted]) -> Counted:
    """The minutes of several records of one person as one."""
    found = Counted()
    for each in several:
        for key, minutes in each.by.items():
            found.by[key] = found.by.get(key, 0) + minutes
    return found


def minutes_ahead(programs: Collection[int], session: Session, at: datetime, until: datetime) -> dict[int, int]:
    """Minutes of groups that each program still meets for, without this session, from ``at`` to ``until``. One query."""
    rows = (
        Session.objects.filter(
            series__programs__in=programs, started_at__gte=at, started_at__lt=until, cancelled_at=None
        )
        .exclude(pk=session.pk)
        .exclude(series__by_choice=True)
        .values_list("series__programs", "started_at", "ended_at")
    )
    coming: defaultdict[int, list[Interval]] = defaultdict(list)
    for program_id, started_at, ended_at in rows:
        coming[program_id].append((started_at, ended_at))
    return {program_id: union_minutes(intervals) for program_id, intervals in coming.items()}


def stands(
    counted: Counted | None, program: Program | None, level: str, book: PackBook, on: date, payer: str = ""
) -> WeekProgress:
    """The week against what the packs of the site, the program and the payer ask for on a date."""
    counted = counted or Counted()
    if program is None:
        return progress(counted.total, None)
    rule = book.packs(on, [program.pk], [payer]).week(level, on, program.weekly_minutes)
    return progress(counted.total, rule, counted.by_day)


def days_with(sessions: Iterable[Interval], tz: tzinfo) -> set[date]:
    """The local dates on which sessions begin."""
    return {begins.astimezone(tz).date() for begins, _ in sessions}
