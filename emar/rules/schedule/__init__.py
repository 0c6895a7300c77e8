"""When is a dose due? The kinds of schedule, their due times, how they are stored and how a nurse says them."""

from emar.rules.schedule.due import due_times, taper_dose_at
from emar.rules.schedule.kinds import AsNeeded, EveryHours, FixedTimes, Once, Schedule, Taper, TaperStep
from emar.rules.schedule.stored import from_json, to_json
from emar.rules.schedule.words import describe, say_gap

__all__ = [
    "AsNeeded",
    "EveryHours",
    "FixedTimes",
    "Once",
    "Schedule",
    "Taper",
    "TaperStep",
    "describe",
    "due_times",
    "from_json",
    "say_gap",
    "taper_dose_at",
    "to_json",
]
