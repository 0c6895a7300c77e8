"""Makes the medication record of a month out of loaded rows: the grid, the doses as needed, the notes, who signed."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from emar.models import Administration, Order
from emar.queries.known import Due, Stand, doses, span_known
from emar.queries.mar.load import Loaded, Seen, chain, load
from emar.queries.mar.rows import Box, Given, Line, Month, Note, Ordered
from emar.queries.mar.words import (
    LATE_ENTRY,
    Initials,
    corrected,
    entered,
    flags_of,
    ordered_by,
    period_of,
    reason_of,
    said_of,
    say_when,
    score,
    sig_of,
    state_of,
    title_of,
    versions,
    witnessed,
)
from emar.rules.administration import Outcome, say_amount
from emar.rules.codes import CORRECTED, OF_OUTCOME, OFF_TIME, Code, legend
from emar.rules.orders.kinds import Mode
from emar.rules.schedule import AsNeeded, Taper, from_json
from emar.rules.schedule.due import first_instant
from emar.rules.windows import Timing
from programs.models import Client, Site

DAY = timedelta(days=1)
_LOOKS = {
    Code.PARTIAL: "caution", Code.VOMITED: "caution", Code.REFUSED: "stop", Code.HELD: "held", Code.NOT_AVAILABLE: "caution",
    Code.ABSENT: "other",
}  # fmt: skip
_UNMARKED = {
    Stand.AHEAD: ("", "ahead", "not due yet"),
    Stand.OPEN: ("·", "open", "due, nothing charted yet"),
    Stand.MISSED: (Code.MISSED.value, "late", "missed: nothing charted when its time closed"),
    Stand.ON_HOLD: (Code.ON_HOLD.value, "held", "on hold, not due"),
    Stand.AWAY: (Code.AWAY.value, "other", "on leave, nothing charted"),
}
CLOSED = Box("", "closed", "not due")


def mar(client: Client, site: Site, first: date, at: datetime) -> Month:
    """The record of the month that begins on ``first``, as it stood at ``at`` (aware UTC). Twelve queries.

    The calendar and the clock are those of the client's site at ``at``; ``site`` where they were in no program by then.
    """
    loaded = load(client, site, *_edges(first, site.tz), at)
    tz = loaded.site.tz
    if loaded.site.time_zone != site.time_zone:  # the month on the client's own calendar
        loaded = load(client, loaded.site, *_edges(first, tz), at)
    return _Made(client, loaded, first, at).month()


def _edges(first: date, tz: tzinfo) -> tuple[datetime, datetime]:
    """The month from midnight to midnight, in UTC."""
    return first_instant(first, time(), tz), first_instant(next_month(first), time(), tz)


def next_month(first: date) -> date:
    """The first day of the next month."""
    return (first + 31 * DAY).replace(day=1)


class _Made:
    """One record in the making; initials are given out in the order in which people signed."""

    def __init__(self, client: Client, loaded: Loaded, first: date, at: datetime) -> None:
        self.client, self.loaded, self.first, self.at = client, loaded, first, at
        self.tz = loaded.site.tz
        self.since, self.until = _edges(first, self.tz)
        self.days = tuple(first + number * DAY for number in range((next_month(first) - first).days))
        self.initials, self.notes = Initials(), list[Note]()
        for row in loaded.marks:
            witnessed(row, self.initials)

    def month(self) -> Month:
        """The whole."""
        loaded, local = self.loaded, self.at.astimezone(self.tz)
        rank = versions(loaded.orders)
        rows = [
            (order, self._row(order)) for order in sorted(loaded.orders, key=lambda order: (rank[order.pk], order.pk))
        ]
        shown = [(order, row) for order, row in rows if row is not None]
        place = loaded.place
        return Month(
            self.client, loaded.site, self.first, self.at,
            local.day if local.date() in self.days else None, self.days,
            ", ".join(part for part in (loaded.program, f"{place.unit} {place.short}" if place else "") if part),
            self.client.age(local.date()), loaded.allergies,
            scheduled=tuple(row for order, row in shown if Mode(order.mode).on_pass and not _prn(order)),
            as_needed=tuple(row for order, row in shown if _prn(order)),
            carried=tuple(row for order, row in shown if not Mode(order.mode).on_pass and not _prn(order)),
            notes=tuple(sorted(self.notes, key=lambda note: (note.at, note.medication))),
            signers=self.initials.all(), legend=legend(),
        )  # fmt: skip

    def _row(self, order: Order) -> Ordered | None:
        """One order; None where nothing of it falls in the month."""
        begins, ends = span_known(order, self.at)
        lines, given = self._lines(order), self._given(order)
        if not _prn(order):  # doses beside the schedule: what a person said was given as well
            self.notes += [
                Note(each.at, order.medication.shown, f"Extra dose, {each.outcome.lower()} {each.amount}".strip(), each.why, each.initials)
                for each in given
            ]  # fmt: skip
        over = ends is not None and (ends <= begins or ends <= self.since)
        if over and not lines and not given:
            return None
        replaced = getattr(order, "replaced_by", None) is not None
        mode = Mode(order.mode)
        return Ordered(
            order.pk, title_of(order), sig_of(order),
            flags_of(order) + (() if mode is Mode.NURSE else (mode.label,)),
            ordered_by(order, self.loaded.verbal.get(order.pk), self.at),
            period_of(order, self.at, self.tz),
            state_of(order, self.at, self.tz, replaced=replaced) or self._hold(order),
            lines, given,
        )  # fmt: skip

    def _hold(self, order: Order) -> str:
        for hold in self.loaded.known.holds.get(order.pk, ()):
            if hold.ended_at is None or hold.ended_at > self.at:
                return f"On hold since {say_when(hold.started_at, self.tz)}: {hold.why}"
        return ""

    def _lines(self, order: Order) -> tuple[Line, ...]:
        """A line for each time of day, and for each amount of a taper."""
        by_line: dict[tuple[str, Decimal], dict[date, list[Box]]] = defaultdict(lambda: defaultdict(list))
        taper = isinstance(from_json(order.schedule), Taper)
        for dose in doses(order, self.loaded.known, since=self.since, until=self.until, at=self.at, tz=self.tz):
            local = dose.due_at.astimezone(self.tz)
            line = (f"{local:%H:%M}", dose.amount if taper else Decimal(0))
            by_line[line][local.date()].append(self._box(dose))
        return tuple(
            Line(
                clock,
                say_amount(amount, order.unit) if amount else "",
                tuple(_together(by_line[clock, amount].get(day, [])) for day in self.days),
            )
            for clock, amount in sorted(by_line, key=lambda line: (-line[1], line[0]))
        )

    def _box(self, dose: Due) -> Box:
        when = say_when(dose.due_at, self.tz)
        if dose.mark is None:
            text, look, words = _UNMARKED[dose.stand]
            return Box(text, look, f"{when}: {words}")
        row, code = dose.mark, OF_OUTCOME[dose.mark.outcome]
        off = dose.timing is not Timing.ON_TIME or LATE_ENTRY in row.reasons
        fixed = corrected(row)
        initials = witnessed(row, self.initials)
        said, why = said_of(dose, self.tz), reason_of(row)
        if code is not Code.GIVEN or off or fixed or why:
            self.notes.append(Note(dose.due_at, dose.order.medication.shown, said, why, initials))
        text = f"{code.value} {initials}".strip() + (OFF_TIME if off else "") + (CORRECTED if fixed else "")
        return Box(
            text, _LOOKS.get(code, "free"), f"{when}: {said}, by {row.by.signature}" + (f" ({why})" if why else "")
        )

    def _given(self, order: Order) -> tuple[Given, ...]:
        """The doses as needed, earliest first."""
        rows = (row for row in self.loaded.marks if row.order_id == order.pk and row.due_at is None)
        return tuple(self._dose(row) for row in sorted(rows, key=lambda row: (row.given_at, row.pk)))

    def _dose(self, row: Administration) -> Given:
        seen = next((self.loaded.seen[pk] for pk in chain(row) if pk in self.loaded.seen), None)
        why = " · ".join(dict.fromkeys(part for part in (row.prn_reason, row.tried_first and f"tried first: {row.tried_first}",
            row.note) if part))  # fmt: skip
        return Given(
            row.given_at,
            Outcome(row.outcome).label + entered(row, self.tz),
            "" if row.amount is None else say_amount(row.amount, row.unit),
            why,
            score(row.scale, row.score),
            *_effect(seen, row.scale, self.at, self.tz, self.initials),
            witnessed(row, self.initials) + (CORRECTED if corrected(row) else ""),
        )


def _effect(seen: Seen | None, scale: str, at: datetime, tz: tzinfo, initials: Initials) -> tuple[str, str]:
    """What came of a dose as needed, and when it was seen by whom; what is still owed where nobody looked."""
    if seen is None:
        return "", ""
    if seen.result is None:
        return ("Overdue" if seen.due_at <= at else "Open"), f"due {say_when(seen.due_at, tz)}"
    result = seen.result
    parts = (result.get_effect_display(), score(scale, result.score), result.words)
    return " · ".join(part for part in parts if part), f"{say_when(result.seen_at, tz)} {initials.of(result.by)}"


def _together(boxes: list[Box]) -> Box:
    """The boxes of one line and day as one: two where a clock shows a time twice."""
    if len(boxes) < 2:
        return boxes[0] if boxes else CLOSED
    worst = next((box for box in boxes if box.look not in ("free", "ahead")), boxes[0])
    return Box(" ".join(box.text for box in boxes), worst.look, "; ".join(box.words for box in boxes))


def _prn(order: Order) -> bool:
    return isinstance(from_json(order.schedule), AsNeeded)
