"""A client's week in minutes: what counted so far, and what is still to come for their program."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, time, timedelta, tzinfo

from groups.models import Attendance, Session
from groups.rules.minutes import (
    WEEKLY,
    AttendanceFacts,
    AttendanceStatus,
    Interval,
    SessionFacts,
    WeeklyRule,
    WeekProgress,
    credited_interval,
    union_minutes,
    week_progress,
)
from programs.models import Program


def week_around(moment: datetime, tz: tzinfo) -> tuple[datetime, datetime]:
    """From Monday 00:00 of the moment's week to the next, on the site's wall clock."""
    today = moment.astimezone(tz).date()
    monday = today - timedelta(days=today.weekday())
    return (
        datetime.combine(monday, time.min, tzinfo=tz),
        datetime.combine(monday + timedelta(days=7), time.min, tzinfo=tz),
    )


def minutes_in(clients: Collection[int], since: datetime, until: datetime) -> dict[int, int]:
    """Credited minutes of each client in sessions that start in a period, each minute once. One query."""
    marks = (
        Attendance.objects.filter(client_id__in=clients, session__started_at__gte=since, session__started_at__lt=until)
        .order_by("client_id", "session_id", "-version")
        .distinct("client_id", "session_id")
        .values_list("client_id", "status", "arrived_at", "left_at", "session__started_at", "session__ended_at")
    )
    counted: defaultdict[int, list[Interval]] = defaultdict(list)
    for client_id, status, arrived_at, left_at, started_at, ended_at in marks:
        facts = AttendanceFacts(AttendanceStatus(status), arrived_at, left_at)
        interval = credited_interval(facts, SessionFacts(started_at, ended_at))
        if interval is not None:
            counted[client_id].append(interval)
    return {client_id: union_minutes(intervals) for client_id, intervals in counted.items()}


def minutes_ahead(programs: Collection[int], session: Session, at: datetime, until: datetime) -> dict[int, int]:
    """Minutes of groups that each program still meets for, without this session, from ``at`` to ``until``. One query."""
    rows = (
        Session.objects.filter(series__programs__in=programs, started_at__gte=at, started_at__lt=until)
        .exclude(pk=session.pk)
        .values_list("series__programs", "started_at", "ended_at")
    )
    coming: defaultdict[int, list[Interval]] = defaultdict(list)
    for program_id, started_at, ended_at in rows:
        coming[program_id].append((started_at, ended_at))
    return {program_id: union_minutes(intervals) for program_id, intervals in coming.items()}


def progress(minutes: int, program: Program | None, level: str) -> WeekProgress:
    """The week against the level's rule, or the program's own minimum where it has one."""
    if program is not None and program.weekly_minutes:
        usual = WEEKLY.get(level)
        return week_progress(minutes, level, {level: WeeklyRule(program.weekly_minutes, usual.most if usual else None)})
    return week_progress(minutes, level)
