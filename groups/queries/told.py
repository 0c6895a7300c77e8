"""What the group room has to tell the next shift, and its figures of a day."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from groups.models import Attendance, Session
from groups.rules.minutes import NOT_THERE, AttendanceStatus
from programs.contributions import DayFigure, Raised


def exceptions(site_id: int, since: datetime, until: datetime, at: datetime) -> Iterator[Raised]:
    """Who was marked as not there in a session that began within ``since <= t < until``, by the newest mark. One query."""
    for mark in _newest(site_id, since, until, at):
        if mark.status != AttendanceStatus.ABSENT:
            continue
        name = mark.session.name
        yield Raised(
            mark.client_id, mark.session.started_at, "group.absent", f"Not in {name}", mark.get_status_display(), "late"
        )


def day_figures(site_id: int, since: datetime, until: datetime, at: datetime) -> Iterable[DayFigure]:
    """Sessions that began within ``since <= t < until``, and who came. Two queries."""
    marks = _newest(site_id, since, until, at)
    held = Session.objects.filter(site=site_id, started_at__gte=since, started_at__lt=until, cancelled_at=None).count()
    came = sum(AttendanceStatus(mark.status) not in NOT_THERE for mark in marks)
    return [
        DayFigure("Groups", "Sessions", held), DayFigure("Groups", "Marked as there", came),
        DayFigure("Groups", "Not there", len(marks) - came),
    ]  # fmt: skip


def _newest(site_id: int, since: datetime, until: datetime, at: datetime) -> list[Attendance]:
    rows = Attendance.objects.filter(
        session__site=site_id, session__started_at__gte=since, session__started_at__lt=until, session__cancelled_at=None,
        at__lte=at,
    )  # fmt: skip
    newest = rows.order_by("session_id", "client_id", "-version").distinct("session_id", "client_id")
    return list(newest.select_related("session__series"))
