"""May this be ordered for this client? Everything that stands against it, worst first."""

from collections.abc import Iterator
from decimal import Decimal

from audit.rules.findings import Finding, note, override, stop, worst_first
from emar.rules.administration import say_amount
from emar.rules.contents import amount_of, convert, counted, same_unit
from emar.rules.orders.facts import ClientFacts, MedicationFacts, Setting, Sig
from emar.rules.orders.kinds import Mode, Witness
from emar.rules.orders.limits import limits_from_json
from emar.rules.orders.matching import SUPPLEMENTS, names_it
from emar.rules.orders.schedules import period_findings, read_schedule, schedule_findings
from emar.rules.orders.seam import Seam
from emar.rules.orders.shorthand import shorthand_findings
from emar.rules.schedule import AsNeeded, Schedule, Taper

PLACES = 3  # decimals the table keeps
LARGEST = Decimal(1_000_000)
MANY = 10  # counted units of one dose that are asked about. House limit.
LONGEST = {"indication": 120, "instructions": 200, "unit": 20, "route": 30, "most_unit": 20}
HALVES = ("tablet",)
"""Forms that may be broken in halves; every other form that is counted in pieces is given whole. Liquids have no pieces."""

PIECES = ("tablet", "capsule", "film", "patch", "puff", "spray", "lozenge", "suppository", "packet", "piece")


def order_findings(
    sig: Sig,
    medication: MedicationFacts,
    client: ClientFacts,
    setting: Setting,
    joined: Seam | None = None,
) -> list[Finding]:
    """Return everything that stands against an order, worst first; empty when nothing does. Never raises for what was entered.

    ``joined`` is where a version takes over from another one; a new order is due, and counts, from its start.
    """
    period = period_findings(sig, setting)
    if any(each.code == "order.no_zone" for each in period):
        return period
    found = [*_medication(medication), *period]
    schedule, wrong = read_schedule(sig.schedule)
    found += [*wrong, *_text(sig), *_limits(sig), *_kinds(sig, medication)]
    amounts = list(_amounts(sig, schedule, medication))
    found += amounts
    if schedule is not None and not period:
        start = sig.started_at or setting.at
        since, anchor = (start, start) if joined is None else (joined.due_from, joined.anchor)
        found += schedule_findings(schedule, sig, medication, setting, due_from=since, anchor=anchor)
    if not amounts and schedule is not None:
        found += _most(sig, schedule, medication)
    return list(worst_first([*found, *_client(medication, client)]))


def _medication(medication: MedicationFacts) -> Iterator[Finding]:
    if not medication.is_active:
        yield stop("order.not_on_formulary", f"{medication.name} is not on the formulary any more. Choose another.")
    if medication.look_alike:
        yield note("order.look_alike", f"{medication.name} looks or sounds like another medication. Read it twice.")


def _text(sig: Sig) -> Iterator[Finding]:
    for name, most in LONGEST.items():
        text, name = getattr(sig, name), name.replace("_", " ")
        if len(text) > most:
            yield stop("order.text", f"{most} characters fit in the {name}; these are {len(text)}. Make it shorter.")
        if "\x00" in text:
            yield stop("order.text", f"The {name} holds a character that cannot be kept. Type it again.")
        yield from shorthand_findings(text)


def _limits(sig: Sig) -> Iterator[Finding]:
    try:
        limits = limits_from_json(sig.hold_limits)
    except ValueError as error:
        yield stop("order.hold_limit", str(error))
        return
    if len({(limit.measure, limit.comparison) for limit in limits}) < len(limits):
        yield stop("order.hold_limit", "Two hold limits look at the same side of the same value. Keep one.")


def _kinds(sig: Sig, medication: MedicationFacts) -> Iterator[Finding]:
    """Who gives it, who watches, and by which route."""
    if sig.mode not in set(Mode):
        yield stop("order.mode", "Choose who gives this: a nurse, or the client while watched, or the client alone.")
    elif medication.controlled and not Mode(sig.mode).on_pass:
        words = f"{medication.name} is a controlled substance. Say why the client may have it unwatched."
        yield override("order.controlled_unwatched", words)
    asked = list(Witness)
    if sig.witness and sig.witness not in set(Witness):
        yield stop("order.witness", "Choose none, recommended or required for the witness.")
    elif sig.witness and asked.index(Witness(sig.witness)) < asked.index(medication.witness):
        words = f"The formulary has 'witness {medication.witness}' for {medication.name}. Say why less is enough."
        yield override("order.witness_less", words)
    if sig.route and sig.route.strip().casefold() != medication.route.casefold():
        words = f"{medication.name} ({medication.form}) is given {medication.route}, not {sig.route}. Choose the form that fits."
        yield override("order.route", f"{words} Or say why this is right.")


def _amounts(sig: Sig, schedule: Schedule | None, medication: MedicationFacts) -> Iterator[Finding]:
    steps = [step.amount for step in schedule.steps] if isinstance(schedule, Taper) else []
    dose = sig.dose if not steps else steps[0]
    if dose is None or not _writable(dose) or not all(map(_writable, steps)):
        yield stop("order.dose", f"Enter the dose: a number of more than zero, with at most {PLACES} decimals.")
        return
    if sig.dose_max is not None and (not _writable(sig.dose_max) or sig.dose_max <= dose):
        yield stop("order.range", "The top of the range must be more than its bottom. Check both.")
        return
    unit = sig.unit.strip()
    if not unit or not _known_unit(unit, medication):
        known = " or ".join(dict.fromkeys(each for each in _units(medication) if each)) or "its own unit"
        but = f", not in {unit}" if unit else ""
        yield stop("order.unit", f"{medication.name} is ordered in {known}{but}. Choose the unit.")
        return
    for amount in dict.fromkeys([*steps, dose, *([sig.dose_max] if sig.dose_max else [])]):
        yield from _sane(amount, unit, medication)


def _sane(amount: Decimal, unit: str, medication: MedicationFacts) -> Iterator[Finding]:
    """Is it an amount that can be taken from the package: not a handful, and no third of a capsule?"""
    number = counted(medication.contents, medication.counted_in, amount, unit)
    piece = medication.counted_in
    if number is None or piece not in PIECES:
        return
    told, count = say_amount(amount, unit), say_amount(number.quantize(Decimal("0.001")), _plural(piece, number))
    if number > MANY:
        yield override("order.many", f"{told} is {count} of {medication.name}. Check the dose, or say why it is right.")
    parts = number * 2 if medication.form in HALVES else number
    if parts != parts.to_integral_value():
        words = f"{told} is {count} of {medication.name}, which cannot be given so. Choose another strength or amount"
        yield override("order.part", f"{words}, or say how.")


def _most(sig: Sig, schedule: Schedule, medication: MedicationFacts) -> Iterator[Finding]:
    """The maximum in 24 hours, in an amount of the main ingredient."""
    most, dose = sig.most_in_24h, sig.dose
    if most is None:
        return
    if not _writable(most) or not sig.most_unit.strip():
        yield stop("order.most", "Enter the most in 24 hours as a number of more than zero, with its unit.")
        return
    if dose is None or not isinstance(schedule, AsNeeded):
        return
    top = sig.dose_max or dose
    one = amount_of(
        medication.ingredients[0], medication.contents, medication.counted_in, top, sig.unit, sig.most_unit.strip()
    )
    if one is None:
        words = f"The most in 24 hours is in {sig.most_unit}, which cannot be counted from doses in {sig.unit}."
        yield stop("order.most", f"{words} Use one unit for both.")
    elif one > most:
        words = f"One dose is {say_amount(one, sig.most_unit)}, more than the most of {say_amount(most, sig.most_unit)} in 24 hours."
        yield stop("order.most", f"{words} Check both.")


def _client(medication: MedicationFacts, client: ClientFacts) -> Iterator[Finding]:
    called = (medication.name, *medication.names, *medication.ingredients, medication.drug_class)
    against = [each.said for each in client.allergies if names_it(each.substance, called)]
    if against:
        words = f"Allergy on the chart: {', '.join(against)}. Choose another medication, or say why this is safe."
        yield override("order.allergy", words, allergies=tuple(against))
    for other in client.orders:
        shared = [name for name in medication.ingredients if name in other.ingredients]
        if shared:
            words = f"{' and '.join(shared).capitalize()} is ordered already: {other.said}. Stop that first, or say why both."
            yield override("order.duplicate_ingredient", words)
        elif medication.drug_class and medication.drug_class == other.drug_class:
            words = f"Another {medication.drug_class} is ordered: {other.said}."
            if medication.drug_class in SUPPLEMENTS:
                yield note("order.duplicate_class", words)
            else:
                yield override("order.duplicate_class", f"{words} Stop that first, or say why both.")


def _units(medication: MedicationFacts) -> tuple[str, ...]:
    return (medication.strength_unit, *(each.unit for each in medication.contents[:1]), medication.counted_in)


def _known_unit(unit: str, medication: MedicationFacts) -> bool:
    known = [each for each in _units(medication) if each]
    return not known or any(same_unit(unit, each) or convert(Decimal(1), unit, each) is not None for each in known)


def _writable(amount: Decimal) -> bool:
    """Whether this is an amount that can be ordered and kept as it is: finite, more than zero, three decimals."""
    return amount.is_finite() and 0 < amount < LARGEST and amount == round(amount, PLACES)


def _plural(piece: str, number: Decimal) -> str:
    return piece if number == 1 else f"{piece}es" if piece.endswith("ch") else f"{piece}s"
