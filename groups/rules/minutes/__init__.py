"""What does an attendance count for? Credited minutes, billing units, and the week against its level's minimum."""

from groups.rules.minutes.billing import ServiceRule, UnitKind, said_units, units
from groups.rules.minutes.clock import Interval, minute_of, minutes_by_day, union_minutes
from groups.rules.minutes.credit import (
    NOT_THERE,
    AttendanceFacts,
    AttendanceStatus,
    SessionFacts,
    attendance_findings,
    counted_interval,
    credited_interval,
    credited_minutes,
)
from groups.rules.minutes.week import WEEKLY, WeeklyRule, WeekProgress, progress, say_minutes, week_progress

__all__ = [
    "NOT_THERE",
    "WEEKLY",
    "AttendanceFacts",
    "AttendanceStatus",
    "Interval",
    "ServiceRule",
    "SessionFacts",
    "UnitKind",
    "WeekProgress",
    "WeeklyRule",
    "attendance_findings",
    "counted_interval",
    "credited_interval",
    "credited_minutes",
    "minute_of",
    "minutes_by_day",
    "progress",
    "said_units",
    "say_minutes",
    "union_minutes",
    "units",
    "week_progress",
]
