"""Medications and orders, as rows."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from emar.models import Medication, Order
from emar.rules.schedule import AsNeeded, FixedTimes, Schedule, to_json
from programs.models import Episode
from staff.models import Person


def medication(name: str = "Thiamine", strength: str = "100 mg", **more: Any) -> Medication:
    """A line of the formulary: a tablet by mouth unless told otherwise."""
    values = {"ingredient": name.lower(), "form": "tablet", "route": "by mouth"} | more
    made, _ = Medication.objects.get_or_create(name=name, strength=strength, defaults=values)
    return made


def order(
    episode: Episode,
    drug: Medication,
    schedule: Schedule,
    *,
    by: Person,
    dose: str | None = None,
    unit: str | None = None,
    started_at: datetime | None = None,
    **more: Any,
) -> Order:
    """An order since the episode began; dose and unit are the medication's strength unless told otherwise."""
    number, _, measure = drug.strength.partition(" ")
    return Order.objects.create(
        episode=episode,
        client_id=episode.client_id,
        medication=drug,
        dose=Decimal(dose or number),
        unit=unit or measure,
        route=drug.route,
        schedule=to_json(schedule),
        started_at=started_at or episode.started_at,
        by=by,
        **more,
    )


def at_times(*clocks: str) -> FixedTimes:
    """``at_times("08:00", "20:00")``: every day at these times of the site's clock."""
    return FixedTimes(tuple(time.fromisoformat(clock) for clock in clocks))


def as_needed(hours: int = 6, most: int = 4) -> AsNeeded:
    """As needed, at least so many hours apart, at most so many in a day."""
    return AsNeeded(min_gap=timedelta(hours=hours), max_in_24h=most)
