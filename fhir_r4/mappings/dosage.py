"""Dosage: how an order's schedule reads in FHIR. The words always say it; Timing says what Timing can."""

from datetime import datetime, timedelta
from typing import Any

from emar.models import Order
from emar.rules.schedule import AsNeeded, EveryHours, FixedTimes, Once, Schedule, Taper, describe, from_json
from fhir_r4.rules.elements import Resource, concept, number, period, quantity

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)


def dosages(row: Order) -> list[Resource]:
    """One Dosage; a taper has one for each step, in order."""
    schedule = from_json(row.schedule)
    if not isinstance(schedule, Taper):
        return [_dosage(row, schedule)]
    return [
        {
            "sequence": place,
            "text": f"{number(step.amount)} {row.unit} {describe(FixedTimes(step.times))} for {step.days} days",
            "timing": {
                "repeat": {
                    "boundsDuration": quantity(step.days, "days", "d"),
                    **_at(FixedTimes(step.times)),
                }
            },
            "route": concept(row.route),
            "doseAndRate": [{"doseQuantity": quantity(step.amount, row.unit)}],
        }
        for place, step in enumerate(schedule.steps, 1)
    ]


def _dosage(row: Order, schedule: Schedule) -> Resource:
    amount = f"{number(row.dose)}" + (f" to {number(row.dose_max)}" if row.dose_max is not None else "")
    range_ = {"low": quantity(row.dose, row.unit), "high": quantity(row.dose_max, row.unit)}
    rate: Resource = (
        {"doseRange": range_} if row.dose_max is not None else {"doseQuantity": quantity(row.dose, row.unit)}
    )
    made: dict[str, Any] = {
        "text": f"{amount} {row.unit} {row.route}, {describe(schedule)}",
        "patientInstruction": row.instructions,
        "timing": timing(schedule, row.started_at, row.ended_at),
        "route": concept(row.route),
        "doseAndRate": [rate],
    }
    if isinstance(schedule, AsNeeded):
        made |= _as_needed(row.indication)
        most = {"value": schedule.max_in_24h, "unit": "doses"}
        day = {"value": 24, "unit": "h", "system": "http://unitsofmeasure.org", "code": "h"}
        made["maxDosePerPeriod"] = {"numerator": most, "denominator": day}
    return made


def _as_needed(indication: str) -> Resource:
    return {"asNeededCodeableConcept": concept(indication)} if indication.strip() else {"asNeededBoolean": True}


def timing(schedule: Schedule, start: datetime, end: datetime | None) -> Resource:
    """A Timing; the wall-clock times are the site's."""
    bounds = {"boundsPeriod": period(start, end)} if end is None or end > start else {}
    match schedule:
        case FixedTimes():
            return {"repeat": bounds | _at(schedule)}
        case EveryHours():
            return {"repeat": {**bounds, "frequency": 1, "period": schedule.hours, "periodUnit": "h"}}
        case Once():
            return {"event": [period(start, None)["start"]]}
        case AsNeeded():
            minutes = schedule.min_gap // MINUTE
            return {"repeat": {**bounds, "frequency": 1, "period": minutes, "periodUnit": "min"}}
        case _:
            return {"repeat": bounds}


def _at(schedule: FixedTimes) -> Resource:
    """frequency counts the times of a day; with weekdays the period is a week."""
    times = [f"{each:%H:%M:%S}" for each in schedule.times]
    if schedule.weekdays and schedule.every_n_days == 1:
        return {"dayOfWeek": [DAYS[day] for day in sorted(schedule.weekdays)], "timeOfDay": times}
    return {"frequency": len(times), "period": schedule.every_n_days, "periodUnit": "d", "timeOfDay": times}
