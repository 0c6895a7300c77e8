"""A schedule as a nurse says it. No Latin and no shorthand: QD and QOD are on the do-not-use list (emar-safety 27)."""

from datetime import timedelta
from typing import assert_never

from emar.rules.schedule.kinds import MINUTE, AsNeeded, EveryHours, FixedTimes, Once, Schedule, Taper

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_OFTEN = {1: "daily", 2: "twice a day", 3: "three times a day", 4: "four times a day"}
_WORKDAYS, _WEEKEND, _ALL_WEEK = frozenset(range(5)), frozenset({5, 6}), frozenset(range(7))


def describe(schedule: Schedule) -> str:
    """Return the schedule in the words of the unit, such as "daily at 08:00" or "every 6 hours"."""
    match schedule:
        case FixedTimes():
            return _fixed(schedule)
        case EveryHours(hours=1):
            return "every hour"
        case EveryHours():
            return f"every {schedule.hours} hours"
        case Once():
            return "once"
        case Taper():
            steps = len(schedule.steps)
            return f"taper over {_count(schedule.days, 'day')}" + (f" in {steps} steps" if steps > 1 else "")
        case AsNeeded():
            return f"as needed, every {say_gap(schedule.min_gap)}, at most {schedule.max_in_24h} in 24 h"
        case _:
            assert_never(schedule)


def say_gap(gap: timedelta) -> str:
    """Return a stretch of time as "6 h", "1 h 30 min" or "45 min"; whole minutes, rounded down."""
    hours, minutes = divmod(gap // MINUTE, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def _fixed(schedule: FixedTimes) -> str:
    often = len(schedule.times)
    weekdays = None if schedule.weekdays == _ALL_WEEK else schedule.weekdays
    if often > 1:
        times = _OFTEN.get(often, f"{often} times a day")
        parts = [_every(schedule.every_n_days), f"{times} on {_days(weekdays)}" if weekdays else times]
        return ", ".join(part for part in parts if part)
    at = f"at {schedule.times[0]:%H:%M}"
    if schedule.every_n_days > 1:
        return f"{_every(schedule.every_n_days)} {at}" + (f", only on {_days(weekdays)}" if weekdays else "")
    return f"{_days(weekdays) if weekdays else 'daily'} {at}"


def _every(days: int) -> str:
    return {1: "", 2: "every other day"}.get(days, f"every {days} days")


def _days(weekdays: frozenset[int]) -> str:
    if weekdays == _WORKDAYS:
        return "weekdays"
    if weekdays == _WEEKEND:
        return "weekends"
    names = [DAY_NAMES[day] for day in sorted(weekdays)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
