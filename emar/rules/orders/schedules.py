"""The schedule of an order as entered: every slip has its own sentence, and an as-needed order states all its limits."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from audit.rules.findings import Finding, note, override, stop
from emar.rules.administration import say_amount, say_clock
from emar.rules.orders.facts import MedicationFacts, Setting, Sig
from emar.rules.schedule import AsNeeded, EveryHours, FixedTimes, Once, Schedule, Taper, due_times, from_json, say_gap
from emar.rules.schedule.due import first_instant

DAY = timedelta(days=1)
YEAR = timedelta(days=366)


def read_schedule(data: Mapping[str, object]) -> tuple[Schedule | None, list[Finding]]:
    """The schedule, or what is wrong with it. An as-needed one without gap or maximum is asked for them."""
    if data.get("kind") == "as_needed":
        missing = [
            stop(code, sentence)
            for name, code, sentence in (
                ("min_gap_minutes", "order.prn_gap", "Say how far apart as-needed doses are at least."),
                ("max_in_24h", "order.prn_maximum", "Say how many as-needed doses there may be in 24 hours."),
            )
            if data.get(name) in (None, "", 0)
        ]
        if missing:
            return None, missing
    try:
        return from_json(data), []
    except (ValueError, ArithmeticError, TypeError) as error:
        return None, [stop("order.schedule", str(error))]


def period_findings(sig: Sig, setting: Setting) -> list[Finding]:
    """What stands against start and stop. A time without a zone is said alone: nothing can be reckoned with it."""
    for moment in (sig.started_at, sig.until):
        if moment is not None and moment.utcoffset() is None:
            return [stop("order.no_zone", "The time came without a time zone. Send it with one, such as 08:00-05:00.")]
    start, found = sig.started_at or setting.at, []
    told = say_clock(start, setting.tz, setting.at)
    if start < setting.at - DAY:
        words = f"{told} is more than a day ago. Start the order now, and chart what was given before as a late entry."
        found.append(stop("order.start_past", words))
    elif start > setting.at + YEAR:
        found.append(stop("order.start_far", f"{told} is more than a year from now. Check the date."))
    if sig.until is not None and sig.until <= start:
        ends = say_clock(sig.until, setting.tz, setting.at)
        found.append(stop("order.stop_first", f"The stop at {ends} is not after the start at {told}. Check both."))
    elif sig.until is not None and sig.until <= setting.at:
        found.append(stop("order.stop_past", "This order would have ended by now. Set a later stop, or leave it out."))
    return found


def schedule_findings(
    schedule: Schedule, sig: Sig, medication: MedicationFacts, setting: Setting, *, due_from: datetime, anchor: datetime
) -> Iterator[Finding]:
    """What stands against the schedule itself. ``anchor`` is what it counts from, ``due_from`` the first instant it is due."""
    match schedule:
        case AsNeeded():
            yield from _as_needed(schedule, sig, medication, setting, due_from)
            return
        case Taper():
            yield from _taper(schedule, sig, setting, due_from=due_from, anchor=anchor)
        case FixedTimes() | EveryHours() | Once():
            if sig.taper_total is not None:
                yield stop("order.taper_total", "Only a taper adds up to a total. Leave the total out.")
    if sig.reassess_minutes is not None:
        yield stop("order.reassess", "Only a dose as needed is reassessed. Leave the minutes out.")
    until = sig.until or due_from + 2 * YEAR
    if not due_times(schedule, start=anchor, stop=sig.until, since=due_from, until=until, tz=setting.tz):
        yield stop("order.never_due", "Nothing is ever due between this start and this stop. Check both and the times.")


def _as_needed(
    schedule: AsNeeded, sig: Sig, medication: MedicationFacts, setting: Setting, start: datetime
) -> Iterator[Finding]:
    if not sig.indication.strip():
        yield stop("order.prn_indication", "Say what the as-needed medication is for.")
    if schedule.max_in_24h > max(1, -(-DAY // schedule.min_gap)):
        words = (
            f"{schedule.max_in_24h} doses every {say_gap(schedule.min_gap)} do not fit in 24 hours: the gap decides."
        )
        yield note("order.prn_never_reached", words)
    minutes = sig.reassess_minutes
    if minutes is not None and not 15 <= minutes <= 960:
        yield stop("order.reassess", "Look at a dose as needed again after 15 to 960 minutes.")
    longest = setting.policy.psychotropic_prn
    if medication.psychotropic and (sig.until is None or sig.until > start + longest):
        yield override(
            "order.prn_psychotropic",
            f"{medication.name} as needed ends after {longest.days} days. Set a stop within them, or say why it goes on.",
        )


def _taper(taper: Taper, sig: Sig, setting: Setting, *, due_from: datetime, anchor: datetime) -> Iterator[Finding]:
    total = say_amount(taper.total, sig.unit)
    asked = sig.taper_total
    if asked is not None and not _is(asked, taper.total):
        told = say_amount(asked, sig.unit) if asked.is_finite() else "that"
        yield stop("order.taper_sum", f"The steps add up to {total}, not {told}. Check the steps and the total.")
    first = taper.steps[0].amount
    if sig.dose is not None and not _is(sig.dose, first):
        yield stop(
            "order.taper_dose", f"The first step is {say_amount(first, sig.unit)}. Leave the dose out of a taper."
        )
    if sig.dose_max is not None:
        yield stop("order.range", "A taper has one amount at each step. Leave the range out.")
    last = anchor.astimezone(setting.tz).date() + timedelta(days=taper.days - 1)
    end = first_instant(last, taper.steps[-1].times[-1], setting.tz)
    if sig.until is not None and sig.until <= end:
        words = f"The last step is due until {say_clock(end, setting.tz, setting.at)}, and the order stops before. Move the stop."
        yield stop("order.taper_cut", words)
    day = anchor.astimezone(setting.tz).date()
    if due_from == anchor:
        gone = [time for time in taper.steps[0].times if first_instant(day, time, setting.tz) < due_from]
        if gone:
            less = say_amount(taper.steps[0].amount * Decimal(len(gone)), sig.unit)
            words = f"{len(gone)} of the first day's times are before the start: {less} of {total} would not be given."
            yield override("order.taper_first_day", f"{words} Start it earlier or tomorrow, or say why.")


def _is(asked: Decimal, amount: Decimal) -> bool:
    """Equal; what is no number (a signalling NaN cannot even be compared) is not."""
    return asked.is_finite() and asked == amount
