"""A schedule as a plain dictionary (for a JSON field) and back. Nothing is guessed: what is unknown is refused."""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from decimal import Decimal
from typing import assert_never

from emar.rules.schedule.kinds import MINUTE, AsNeeded, EveryHours, FixedTimes, Once, Schedule, Taper, TaperStep, whole

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_LARGEST = 10**6  # far above any number a schedule holds, far below what breaks date arithmetic
_KEYS = {
    "fixed_times": {"kind", "times", "weekdays", "every_n_days"},
    "every_hours": {"kind", "hours"},
    "once": {"kind"},
    "taper": {"kind", "steps"},
    "as_needed": {"kind", "min_gap_minutes", "max_in_24h"},
}


def to_json(schedule: Schedule) -> dict[str, object]:
    """Return the schedule as JSON-ready values: times as "08:00", amounts as strings, gaps in minutes."""
    match schedule:
        case FixedTimes():
            return {
                "kind": "fixed_times",
                "times": _clocks(schedule.times),
                "weekdays": None if schedule.weekdays is None else sorted(schedule.weekdays),
                "every_n_days": schedule.every_n_days,
            }
        case EveryHours():
            return {"kind": "every_hours", "hours": schedule.hours}
        case Once():
            return {"kind": "once"}
        case Taper():
            steps = [{"days": s.days, "times": _clocks(s.times), "amount": f"{s.amount:f}"} for s in schedule.steps]
            return {"kind": "taper", "steps": steps}
        case AsNeeded():
            return {
                "kind": "as_needed",
                "min_gap_minutes": schedule.min_gap // MINUTE,
                "max_in_24h": schedule.max_in_24h,
            }
        case _:
            assert_never(schedule)


def from_json(data: object) -> Schedule:
    """Return the schedule that ``to_json`` wrote; ValueError for anything else, with what is wrong."""
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if not isinstance(kind, str) or kind not in _KEYS:
        raise ValueError(f"A schedule's kind is one of: {', '.join(_KEYS)}.")
    fields = _fields(data, _KEYS[kind], f"A schedule of kind {kind}")
    match kind:
        case "fixed_times":
            weekdays = fields["weekdays"]
            return FixedTimes(
                times=_times(fields["times"]),
                weekdays=None if weekdays is None else frozenset(map(_number, _items(weekdays, "weekdays"))),
                every_n_days=_number(fields["every_n_days"]),
            )
        case "every_hours":
            return EveryHours(_number(fields["hours"]))
        case "taper":
            return Taper(tuple(_step(item) for item in _items(fields["steps"], "steps")))
        case "as_needed":
            gap = timedelta(minutes=_number(fields["min_gap_minutes"]))
            return AsNeeded(min_gap=gap, max_in_24h=_number(fields["max_in_24h"]))
        case _:
            return Once()


def _step(data: object) -> TaperStep:
    fields = _fields(data, {"days", "times", "amount"}, "A taper step")
    amount = fields["amount"]
    if not isinstance(amount, str) or _AMOUNT.fullmatch(amount) is None:
        raise ValueError(f"{amount!r} is not a stored dose amount such as '12.5'.")
    return TaperStep(days=_number(fields["days"]), times=_times(fields["times"]), amount=Decimal(amount))


def _fields(data: object, wanted: set[str], what: str) -> Mapping[str, object]:
    if not isinstance(data, Mapping) or set(data) != wanted:
        raise ValueError(f"{what} has exactly these fields: {', '.join(sorted(wanted))}.")
    return data


def _items(data: object, name: str) -> list[object]:
    if isinstance(data, list | tuple):
        return list(data)
    raise ValueError(f"'{name}' is a list.")


def _number(value: object) -> int:
    if not whole(value) or abs(value) > _LARGEST:
        raise ValueError(f"{value!r} is not a whole number.")
    return value


def _times(data: object) -> tuple[time, ...]:
    found = []
    for item in _items(data, "times"):
        match = _CLOCK.fullmatch(item) if isinstance(item, str) else None
        if match is None:
            raise ValueError(f"{item!r} is not a time of day such as '08:00'.")
        found.append(time(int(match[1]), int(match[2])))
    return tuple(found)


def _clocks(times: tuple[time, ...]) -> list[str]:
    return [f"{moment:%H:%M}" for moment in times]
