"""What may be written about who asks for a place: each wrong value is a finding whose ``detail['field']`` names the field."""

from datetime import date, timedelta

from asam.rules.levels import LEVELS
from audit.rules.findings import Finding, stop
from programs.rules.person import check_birth, check_name

__all__ = ["check_birth", "check_level", "check_name", "check_ready", "check_schedule"]

READY_WITHIN = timedelta(days=730)
SCHEDULE_WITHIN = timedelta(days=365)


def check_level(level: str, *, required: bool = False) -> list[Finding]:
    """A level of care that there is, or '' where none is needed yet."""
    if not level:
        message = "Choose the level that was approved."
        return [stop("asking.level_missing", message, field="level_wanted")] if required else []
    if level not in LEVELS:
        return [stop("asking.level_unknown", "There is no such level. Choose one of the list.", field="level_wanted")]
    return []


def check_ready(ready_on: date | None, today: date) -> list[Finding]:
    """A ready date: within two years of today, before or after."""
    if ready_on is not None and abs(ready_on - today) > READY_WITHIN:
        return [stop("asking.ready_far", f"{_said(ready_on)} is far off. Look at the year.", field="ready_on")]
    return []


def check_schedule(on: date, today: date) -> list[Finding]:
    """A date to come on: today or later, within a year."""
    if on < today:
        message = f"{_said(on)} has passed. Choose today or a later date."
        return [stop("asking.schedule_past", message, field="on")]
    if on - today > SCHEDULE_WITHIN:
        message = f"{_said(on)} is more than a year off. Look at the year."
        return [stop("asking.schedule_far", message, field="on")]
    return []


def _said(on: date) -> str:
    return f"{on.day} {on:%B} {on.year}"
