"""What became of the rounds of some dates: sums a client, and every look that was late or missed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from chart.models import ObservationCheck
from chart.queries.rounds.load import Watched, watched
from chart.rules.rounds.states import State, Untagged
from chart.rules.rounds.walked import Outcome, Slot
from programs.models import Site
from programs.rules.dates import Asked, Calendar
from programs.rules.routine import instant

MOST_DAYS = 31
USUAL = 1


@dataclass(frozen=True)
class Sums:
    """How many looks were due, and what became of them. ``longest`` is the longest delay in minutes; ``extra`` answered nothing due."""

    due: int
    on_time: int
    entered_later: int
    late: int
    missed: int
    longest: int
    tagged: int
    untagged: int
    extra: int

    @property
    def percent(self) -> int | None:
        """Of those due, how many were in time; None where none was due."""
        return None if not self.due else round(100 * self.on_time / self.due)


@dataclass(frozen=True)
class Line:
    """One client of a unit, by name and by record number."""

    unit: str
    place: str
    name: str
    record: str
    why: str
    sums: Sums


@dataclass(frozen=True)
class Trouble:
    """A look that was late, entered later or missed."""

    unit: str
    place: str
    name: str
    record: str
    due_at: datetime
    outcome: Outcome
    seen_at: datetime | None
    entered_at: datetime | None
    minutes: int
    by: str
    found: str
    proof: str


@dataclass(frozen=True)
class RoundsReport:
    """The rounds of a site from ``first`` to ``last`` (its dates, both included), as known at ``at``."""

    site: Site
    first: date
    last: date
    at: datetime
    lines: tuple[Line, ...]
    total: Sums
    trouble: tuple[Trouble, ...]


def asked_dates(start: str, end: str, today: date) -> Asked:
    """Which dates a form asks for: nothing typed means today."""
    calendar = Calendar(today, MOST_DAYS, "has not come yet", "recorded", f"a report covers at most {MOST_DAYS} days")
    return calendar.ask(start, end, USUAL)


def rounds_report(site: Site, first: date, last: date, at: datetime) -> RoundsReport:
    """The report. Nine queries, however long the range."""
    since = instant(first, time(0), site.tz)
    until = min(instant(last + timedelta(days=1), time(0), site.tz), at)
    return report_between(site, since, until, at, first, last)


def report_between(site: Site, since: datetime, until: datetime, at: datetime, first: date, last: date) -> RoundsReport:
    """The same for ``since <= t < until``: what was due in it, and every look that came here in it."""
    lines: list[tuple[tuple[str, str], Line]] = []
    trouble: list[Trouble] = []
    everything: list[Slot] = []
    extras: list[ObservationCheck] = []
    answering: list[ObservationCheck] = []
    for one in watched(site, since, until, at):
        slots = [slot for slot in one.slots if slot.outcome is not Outcome.OPEN and since <= slot.due_at < until]
        looks = [each for each in one.checks.values() if since <= each.entered_at < until]
        used = {slot.look.pk for slot in one.slots if slot.look is not None}
        more = [each for each in looks if each.pk not in used]
        if not slots and not looks:
            continue
        taken = [one.checks[slot.look.pk] for slot in slots if slot.look is not None]
        stay = one.stay_at(until)
        why = ", ".join(dict.fromkeys(slot.stretch.asked.words for slot in slots))
        line = Line(
            stay.unit, stay.short, one.client.short_name, one.client.record_number, why, sums(slots, taken, more)
        )
        lines.append(((stay.unit, stay.short), line))
        trouble += [_trouble(one, slot) for slot in slots if slot.outcome is not Outcome.ON_TIME]
        everything, extras, answering = everything + slots, extras + more, answering + taken
    lines.sort(key=lambda each: (each[0], each[1].name))
    trouble.sort(key=lambda each: (each.due_at, each.place))
    return RoundsReport(
        site, first, last, at, tuple(line for _, line in lines), sums(everything, answering, extras), tuple(trouble)
    )


def sums(slots: Sequence[Slot], taken: Iterable[ObservationCheck], extra: Sequence[ObservationCheck]) -> Sums:
    """What these slots come to."""
    by = Counter(slot.outcome for slot in slots)
    checks = [*taken, *extra]
    late = [slot.late_minutes for slot in slots if slot.outcome is Outcome.LATE]
    return Sums(
        len(slots), by[Outcome.ON_TIME], by[Outcome.ENTERED_LATER], by[Outcome.LATE], by[Outcome.MISSED],
        max(late, default=0), sum(bool(each.room_tag) for each in checks), sum(not each.room_tag for each in checks), len(extra),
    )  # fmt: skip


def proof_of(check: ObservationCheck) -> str:
    """'Tag of Alder 4', or why none was scanned."""
    if check.room_tag:
        return f"Tag of {check.room_tag}"
    return Untagged(check.untagged).label if check.untagged else "Seen outside the room"


def found_of(check: ObservationCheck) -> str:
    """How they were found, and where."""
    said = State(check.state).label
    return f"{said}: {check.where}" if check.where else said


def _trouble(one: Watched, slot: Slot) -> Trouble:
    check = None if slot.look is None else one.checks[slot.look.pk]
    stay = one.stay_at(slot.due_at)
    return Trouble(
        stay.unit, stay.short, one.client.short_name, one.client.record_number, slot.due_at, slot.outcome,
        None if check is None else check.at, None if check is None else check.entered_at,
        slot.late_minutes, "" if check is None else check.by.signature, "" if check is None else found_of(check),
        "" if check is None else proof_of(check),
    )  # fmt: skip
