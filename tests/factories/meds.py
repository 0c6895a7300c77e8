"""Medications and orders, as rows."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from emar.models import Barcode, EmarPolicy, Medication, Order, VerbalOrder
from emar.rules.contents import Content, contents_to_json
from emar.rules.orders import Comparison, HoldLimit, Measure
from emar.rules.schedule import AsNeeded, FixedTimes, Schedule, to_json
from programs.models import Episode, Site
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


def contains(*parts: str) -> list[dict[str, str]]:
    """``contains("hydrocodone 5 mg", "acetaminophen 325 mg")``: what a medication has in each tablet, the main one first."""
    split = [part.rsplit(" ", 2) for part in parts]
    return contents_to_json(Content(name, Decimal(amount), unit) for name, amount, unit in split)


def barcode(drug: Medication, code: str, kind: str = Barcode.Kind.SITE) -> Barcode:
    """A label that names a medication."""
    return Barcode.objects.create(medication=drug, code=code, kind=kind)


def hold_if(measure: Measure, comparison: Comparison, value: str, **more: Any) -> HoldLimit:
    """``hold_if(Measure.SYSTOLIC, Comparison.BELOW, "90")``; for an order: ``hold_limits=limits_to_json([...])``."""
    return HoldLimit(measure, comparison, Decimal(value), **more)


def policy(site: Site, *, at: datetime, **numbers: Any) -> EmarPolicy:
    """A site's own numbers from ``at`` on."""
    values = {"source": "The medical director's list"} | numbers
    return EmarPolicy.objects.create(site=site, started_at=at, **values)


def verbal(ordered: Order, prescriber: Person, *, by: Person, at: datetime, hours: int = 24) -> VerbalOrder:
    """An order that a nurse wrote on a prescriber's word by telephone, to be co-signed within so many hours."""
    return VerbalOrder.objects.create(
        order=ordered, act=VerbalOrder.Act.WRITE, heard="telephone", prescriber=prescriber, by=by, at=at, read_back=True,
        cosign_due_at=at + timedelta(hours=hours),
    )  # fmt: skip
