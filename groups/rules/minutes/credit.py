"""What does an attendance count for? Never less than nothing, never more than the session."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from audit.rules.findings import Finding, stop
from groups.rules.minutes.clock import Interval, minute_of, union_minutes


class AttendanceStatus(StrEnum):
    """How someone attended a session."""

    HERE = "here"
    LATE = "late"
    LEFT_EARLY = "left_early"
    VIDEO = "video"
    ABSENT = "absent"
    EXCUSED = "excused"

    @property
    def label(self) -> str:
        """The word on the button."""
        return self.value.replace("_", " ").capitalize()


NOT_THERE = frozenset({AttendanceStatus.ABSENT, AttendanceStatus.EXCUSED})


@dataclass(frozen=True)
class SessionFacts:
    """When a session ran: ``started_at`` to ``ended_at`` (exclusive), both with a zone."""

    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class AttendanceFacts:
    """How someone attended; ``arrived_at`` None = from the start, ``left_at`` None = to the end."""

    status: AttendanceStatus
    arrived_at: datetime | None = None
    left_at: datetime | None = None


def attendance_findings(attendance: AttendanceFacts, session: SessionFacts) -> list[Finding]:
    """Return what makes this attendance impossible to credit, each with what would make it right."""
    found = []
    arrived, left = attendance.arrived_at, attendance.left_at
    if attendance.status is AttendanceStatus.LATE and arrived is None:
        found.append(
            stop("attendance.arrival_needed", "Enter when they came: a late mark without a time counts nothing.")
        )
    if attendance.status is AttendanceStatus.LEFT_EARLY and left is None:
        found.append(stop("attendance.departure_needed", "Enter when they left: without a time nothing is counted."))
    if attendance.status in NOT_THERE and (arrived is not None or left is not None):
        found.append(stop("attendance.absent_with_times", "An absence has no times. Clear them, or mark them as here."))
    if arrived is not None and left is not None and minute_of(left) < minute_of(arrived):
        found.append(
            stop("attendance.left_before_arrival", "They left before they came. Correct one of the two times.")
        )
    if minute_of(session.ended_at) <= minute_of(session.started_at):
        found.append(
            stop("attendance.session_ends_first", "The session ends before it starts. Correct its times first.")
        )
    return found


def credited_interval(attendance: AttendanceFacts, session: SessionFacts) -> Interval | None:
    """Return the part of the session that counts, or None when nothing does; never outside the session."""
    if attendance.status in NOT_THERE or attendance_findings(attendance, session):
        return None
    begins = max(session.started_at, attendance.arrived_at or session.started_at, key=minute_of)
    ends = min(session.ended_at, attendance.left_at or session.ended_at, key=minute_of)
    return (begins, ends) if minute_of(begins) < minute_of(ends) else None


def counted_interval(attendance: AttendanceFacts, session: SessionFacts) -> Interval | None:
    """Return what counts in whole minutes of UTC, as it is stored: ``credited_interval`` cut to the minute."""
    interval = credited_interval(attendance, session)
    if interval is None:
        return None
    begins, ends = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minute_of(moment)) for moment in interval)
    return begins, ends


def credited_minutes(attendance: AttendanceFacts, session: SessionFacts) -> int:
    """Return the minutes that count, from 0 to the session's length; absent and excused count 0.

    A late mark without an arrival, or one who left early without a departure, counts 0 until the time is entered.
    Raises ValueError for an instant without a zone.
    """
    interval = credited_interval(attendance, session)
    return 0 if interval is None else union_minutes([interval])
