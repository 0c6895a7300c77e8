"""What an order would say and do if it were written as it stands in the form: words, first doses, and what stands against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from django.db.models import Case, Q, QuerySet, Value, When

from audit.rules.findings import Finding
from emar.models import Medication, Order
from emar.queries.ordering import client_facts, medication_facts, say_steps, seam_of, setting_of
from emar.queries.policy import policy_of
from emar.rules.administration import say_amount
from emar.rules.contents import counted
from emar.rules.orders import limits_from_json
from emar.rules.orders.check import PIECES, order_findings
from emar.rules.orders.facts import MedicationFacts, Sig
from emar.rules.orders.schedules import read_schedule
from emar.rules.schedule import FixedTimes, Schedule, Taper, describe, due_times, taper_dose_at
from programs.models import Site
from staff.models import RoleAssignment
from staff.rules.capabilities import Capability, roles_with

SHOWN = 8
LOOK_AHEAD = (timedelta(days=4), timedelta(days=70), timedelta(days=800))
COMMON_UNITS = ("mg", "mcg", "g", "mL", "units")


@dataclass(frozen=True)
class FirstDose:
    """A dose that would be due; ``amount`` where it differs from dose to dose (a taper)."""

    due_at: datetime
    amount: str


@dataclass(frozen=True)
class Draft:
    """``sig`` and ``schedule`` in words ('' while there is none), ``doses`` the first ones due, ``more`` whether others follow.

    ``limits``: when a dose is held, in words.
    """

    sig: str
    schedule: str
    doses: tuple[FirstDose, ...]
    more: bool
    total: str
    findings: tuple[Finding, ...]
    limits: tuple[str, ...] = ()


def draft(
    site: Site, client_id: int, medication: Medication, sig: Sig, *, at: datetime, replaces: Order | None = None
) -> Draft:
    """What would come of ``sig``; of a change, from where it would take over. At most five queries."""
    setting = setting_of(site, at)
    client = client_facts(client_id, setting, but=None if replaces is None else replaces.pk)
    joined = None if replaces is None else seam_of(replaces, sig, setting)
    facts = medication_facts(medication)
    findings = order_findings(sig, facts, client, setting, joined)
    schedule, _ = read_schedule(sig.schedule)
    start = sig.started_at or at
    anchor, since = (joined.anchor, joined.due_from) if joined else (start, start)
    doses = () if schedule is None else _first(schedule, anchor, since, sig.until, setting.tz)
    total = say_amount(schedule.total, sig.unit) if isinstance(schedule, Taper) else ""
    shown = tuple(FirstDose(due, _amount(schedule, due, anchor, sig, setting.tz)) for due in doses[:SHOWN])
    words = "" if schedule is None else _schedule_words(schedule)
    return Draft(
        _sig_words(sig, schedule, facts), words, shown, len(doses) > SHOWN, total, tuple(findings), _limits(sig)
    )


def _limits(sig: Sig) -> tuple[str, ...]:
    """The hold limits in words; none while one of them is not readable."""
    try:
        return tuple(limit.said for limit in limits_from_json(sig.hold_limits))
    except ValueError:
        return ()


def _first(
    schedule: Schedule, anchor: datetime, since: datetime, stop: datetime | None, tz: tzinfo
) -> Sequence[datetime]:
    """The first doses and one more; looked for further ahead only while there are too few."""
    found: list[datetime] = []
    for ahead in LOOK_AHEAD:
        found = due_times(schedule, start=anchor, stop=stop, since=since, until=since + ahead, tz=tz)
        if len(found) > SHOWN:
            break
    return found[: SHOWN + 1]


def _amount(schedule: Schedule | None, due: datetime, anchor: datetime, sig: Sig, tz: tzinfo) -> str:
    amount = taper_dose_at(schedule, due, anchor, tz) if isinstance(schedule, Taper) else None
    return "" if amount is None else say_amount(amount, sig.unit)


def _schedule_words(schedule: Schedule) -> str:
    """The schedule with its times: 'twice a day: 08:00, 20:00'."""
    words = describe(schedule)
    if isinstance(schedule, FixedTimes) and len(schedule.times) > 1:
        return f"{words}: {', '.join(f'{each:%H:%M}' for each in schedule.times)}"
    return words


def _sig_words(sig: Sig, schedule: Schedule | None, medication: MedicationFacts) -> str:
    """'25 mg (1 capsule) by mouth'; '' while there is no dose."""
    route = sig.route or medication.route
    if isinstance(schedule, Taper):
        return f"{say_steps(schedule, sig.unit)}, {route}"
    if sig.dose is None or not sig.dose.is_finite():
        return ""
    top = "" if sig.dose_max is None else f" to {say_amount(sig.dose_max, sig.unit)}"
    pieces = _pieces(sig, medication)
    return f"{say_amount(sig.dose, sig.unit)}{top}{pieces} {route}"


def _pieces(sig: Sig, medication: MedicationFacts) -> str:
    """' (2 capsules)', where the dose is in another unit."""
    piece = medication.counted_in
    if piece not in PIECES or sig.unit.rstrip("s") == piece or sig.dose is None or sig.dose_max is not None:
        return ""
    number = counted(medication.contents, piece, sig.dose, sig.unit)
    if number is None:
        return ""
    many = piece if number <= 1 else f"{piece}es" if piece.endswith("ch") else f"{piece}s"
    return f" ({say_amount(number.quantize(Decimal('0.01')), many)})"


@dataclass(frozen=True)
class Choices:
    """What the form offers: units of the medication, routes of the formulary, hours and times a day of the site's passes."""

    units: tuple[str, ...]
    routes: tuple[str, ...]
    hours: tuple[str, ...]
    often: tuple[tuple[str, tuple[str, ...]], ...]


def choices_for(site: Site, medication: Medication, at: datetime) -> Choices:
    """What can be chosen for a medication at a site, the likeliest first. Two queries."""
    facts, hours = medication_facts(medication), policy_of(site.pk, at).pass_hours
    known = (facts.strength_unit, *(each.unit for each in facts.contents[:1]), facts.counted_in)
    units = tuple(dict.fromkeys(filter(None, known))) or COMMON_UNITS
    routes = Medication.objects.order_by("route").values_list("route", flat=True).distinct()
    return Choices(
        units,
        tuple(dict.fromkeys((medication.route, *routes))),
        tuple(sorted({each for times in hours.values() for each in times})),
        tuple((name, tuple(times)) for name, times in hours.items()),
    )


def medications(text: str) -> QuerySet[Medication]:
    """Medications that can be ordered with every word in a name, the generic name, a brand or the strength; names first. One query."""
    found = Medication.objects.filter(is_active=True)
    for word in text.split()[:6]:
        either = Q()
        for name in ("name", "generic", "brands", "ingredient", "strength", "form"):
            either |= Q(**{f"{name}__icontains": word})
        found = found.filter(either)
    begins = Case(When(name__istartswith=text.split()[0], then=0), default=1) if text.split() else Value(0)
    return found.order_by(begins, "name", "strength", "form")


def prescribers_at(site: Site, at: datetime) -> list[int]:
    """Who may order at a site now. One query."""
    held = RoleAssignment.objects.filter(site=site, role__in=[r.value for r in roles_with(Capability.WRITE_ORDERS)])
    now = held.filter(started_at__lte=at, person__is_active=True).exclude(ended_at__lte=at)
    return list(now.values_list("person", flat=True).distinct())
