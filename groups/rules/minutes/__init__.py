"""What does an attendance count for? Credited minutes, billing units, and the week against its level's minimum."""

from groups.rules.minutes.billing import ServiceRule, UnitKind, units
from groups.rules.minutes.clock import Interval, minutes_by_day, union_minutes
from groups.rules.minutes.credit import (
    NOT_THERE,
    AttendanceFacts,
    AttendanceStatus,
    SessionFacts,
    attendance_findings,
    credited_interval,
    credited_minutes,
)
from groups.rules.minutes.week import WEEKLY, WeeklyRule, WeekProgress, say_minutes, week_progress

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
    "credited_interval",
    "credited_minutes",
    "minutes_by_day",
    "say_minutes",
    "union_minutes",
    "units",
    "week_progress",
]
