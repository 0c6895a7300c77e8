"""What stands in the form when it opens: an order as it is, or what the medication and the site begin with."""

from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

from django.utils import timezone

from emar.models import Medication, Order
from emar.order_forms.order import LIMIT
from emar.rules.administration.words import plain_number
from emar.rules.schedule import AsNeeded, EveryHours, FixedTimes, Once, Schedule, Taper, from_json
from programs.forms import WRITTEN


def filled_new(medication: Medication, units: tuple[str, ...]) -> dict[str, object]:
    """A new order of a medication: its unit, route, witness and time-critical mark; one piece or its strength is not guessed."""
    return {
        "key": uuid4(), "kind": "fixed", "days": "daily", "unit": units[0] if units else "", "most_unit": units[0] if units else "",
        "route": medication.route, "mode": "nurse", "witness": medication.witness, "time_critical": medication.time_critical,
    }  # fmt: skip


def filled_from(order: Order) -> dict[str, object]:
    """The form of a change: the order as it stands."""
    schedule = from_json(order.schedule)
    taper = isinstance(schedule, Taper)
    until = order.ended_at and timezone.localtime(order.ended_at).strftime(WRITTEN)
    found: dict[str, object] = {
        "key": uuid4(), "dose": "" if taper else plain_number(order.dose), "dose_max": _plain(order.dose_max), "unit": order.unit,
        "route": order.route, "indication": order.indication, "instructions": order.instructions, "most": _plain(order.most_in_24h),
        "most_unit": order.most_unit or order.unit, "reassess": order.reassess_minutes or "", "mode": order.mode,
        "witness": order.witness, "protocol": order.protocol_id or "", "start_kind": order.start_kind,
        "time_critical": order.time_critical, "until": until or "", "days": "daily",
    }  # fmt: skip
    return found | dict(_schedule(schedule)) | dict(_limits(order))


def _schedule(schedule: Schedule) -> Iterator[tuple[str, object]]:
    match schedule:
        case FixedTimes():
            yield from (("kind", "fixed"), ("times", [f"{each:%H:%M}" for each in schedule.times]))
            weekdays = schedule.weekdays
            yield "weekdays", [str(day) for day in sorted(weekdays or ())]
            every_day = "daily" if weekdays is None else "weekdays"
            yield "days", {1: every_day, 2: "other"}.get(schedule.every_n_days, "every")
            yield "every_n", schedule.every_n_days if schedule.every_n_days > 2 else ""
        case EveryHours():
            yield from (("kind", "hours"), ("hours", schedule.hours))
        case Once():
            yield "kind", "once"
        case Taper():
            yield "kind", "taper"
            for number, step in enumerate(schedule.steps):
                yield f"taper-{number}-amount", plain_number(step.amount)
                yield f"taper-{number}-days", step.days
                yield f"taper-{number}-times", ", ".join(f"{each:%H:%M}" for each in step.times)
        case AsNeeded():
            hours, minutes = divmod(int(schedule.min_gap.total_seconds()) // 60, 60)
            yield from (("kind", "prn"), ("gap_hours", hours or ""), ("gap_minutes", minutes or ""))
            yield "most_doses", schedule.max_in_24h


def _limits(order: Order) -> Iterator[tuple[str, object]]:
    for number, limit in enumerate(order.limits):
        strict = "yes" if limit.strict else "no"
        said = (limit.measure.value, plain_number(limit.value), limit.comparison.value, limit.fresh_minutes, strict)
        yield from ((f"limit-{number}-{name}", value) for name, value in zip(LIMIT, said, strict=True))


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else plain_number(amount)
