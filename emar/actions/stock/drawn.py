"""What a dose is drawn from: judged with the dose, written in its transaction, put back when the dose is undone or corrected."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from audit.rules.findings import Finding, Refused, Severity, override, stop, worst_first
from emar.actions.asked import Asked, Draw
from emar.actions.gather import Gathered
from emar.actions.scene import Scene
from emar.actions.stock.held import Held, hold, tell_stock, today_at
from emar.actions.stock.signed import witness
from emar.models import TAKEN, Administration, LedgerEntry, Medication, Order, StockLine
from emar.rules.contents import amount_of
from emar.rules.stock import Drawn, Kind, Line, Use, draw_findings, locked
from programs.models import Site
from staff.models import Person

NONE = Decimal(0)


@dataclass(frozen=True)
class Before:
    """What a dose that is corrected or undone had drawn, as it stands in the ledger; empty where nothing was given of it."""

    row: Administration
    entries: tuple[LedgerEntry, ...] = ()

    @property
    def lines(self) -> set[int]:
        """The lines it was drawn from."""
        return {entry.line_id for entry in self.entries}


@dataclass(frozen=True)
class Shelf:
    """The lines that doses of a request name, under lock, and which ingredients the site keeps count of."""

    site: Site
    lines: dict[int, Held]
    kept: frozenset[str]
    required: bool


def shelf_of(
    scene: Scene, orders: Iterable[Order], doses: Iterable[Asked], before: Before | None = None
) -> Shelf | None:
    """Lock the lines that are named. None, and no query, where nothing is controlled and nothing was drawn; else at most five."""
    controlled = {order.medication.ingredient for order in orders if order.medication.dea_schedule}
    named = {draw.line_id for asked in doses for draw in asked.draws or ()}
    named |= before.lines if before else set()
    if not controlled and not named:
        return None
    kept = StockLine.objects.filter(
        Q(owner=None) | Q(owner=scene.client_id), location__site=scene.site, location__is_active=True,
        medication__ingredient__in=controlled,
    ).values_list("medication__ingredient", flat=True).distinct()  # fmt: skip
    return Shelf(scene.site, hold(named), frozenset(kept), scene.policy.counts_required)


def draws_stand(shelf: Shelf | None, gathered: Gathered, *, correcting: bool = False) -> list[Finding]:
    """What stands against what the dose was drawn from, worst first.

    ``correcting``: an expired lot that was given is the truth, and may be written down with a reason.
    """
    if shelf is None:
        return []
    asked, order = gathered.asked, gathered.order
    medication, taken, draws = order.medication, asked.outcome.value in TAKEN, asked.draws or ()
    use = Use(
        medication=medication.shown, client=order.client_id, today=today_at(shelf.site, asked.given_at or gathered.attempt.at),
        controlled=bool(medication.dea_schedule), taken=taken, amount=asked.amount if taken else None,
        unit=asked.unit or "",
        kept=medication.ingredient in shelf.kept, required=shelf.required,
    )  # fmt: skip
    pairs = [(_drawn(draw), _line(shelf, draw, medication, asked.unit or "")) for draw in draws]
    found = _others(shelf, draws, medication) or draw_findings(use, pairs)
    return list(worst_first(_happened(finding) if correcting else finding for finding in found))


def entries_of(shelf: Shelf | None, gathered: Gathered, *, by: Person) -> tuple[LedgerEntry, ...]:
    """The entries of a dose that may be charted, not saved yet: its wastes are signed here, and its lines go on from here."""
    if shelf is None:
        return ()
    at, draws = gathered.attempt.at, gathered.asked.draws or ()
    with transaction.atomic():  # where one signature is refused, no PIN of the dose was used
        for draw in draws:
            if draw.wasted:
                witness(draw.proof_id, Kind.DOSE, by=by, site=shelf.site, at=at)
    return tuple(
        shelf.lines[draw.line_id].post(
            Kind.DOSE, draw.returned - draw.drawn, by=by, at=at, drawn=draw.drawn, given=_drawn(draw).given,
            wasted=draw.wasted, returned=draw.returned, why=draw.why.strip(),
            proof_id=draw.proof_id if draw.wasted else None,
        )
        for draw in draws
    )  # fmt: skip


def write_entries(pairs: Iterable[tuple[Sequence[LedgerEntry], Administration]]) -> None:
    """Write the entries of doses, each beside its row: one statement, none where nothing was drawn."""
    rows = []
    for entries, administration in pairs:
        for entry in entries:
            if entry.kind == Kind.DOSE.value:
                entry.administration = administration
            rows.append(entry)
    if rows:
        LedgerEntry.objects.bulk_create(rows)


def tell_drawn(site_id: int, entries: Iterable[LedgerEntry]) -> None:
    """Tell the pages of stock which lines changed, if any."""
    if lines := {entry.line_id for entry in entries}:
        tell_stock(site_id, lines)


def drawn_before(row: Administration) -> Before:
    """What was given of a dose and stands in the ledger, under this row or one it corrects. One or two queries and more for
    a row that was corrected before."""
    chain, here = [row.pk], row.corrects_id
    while here is not None:
        chain.append(here)
        here = Administration.objects.values_list("corrects_id", flat=True).get(pk=here)
    entries = LedgerEntry.objects.filter(administration__in=chain, given__gt=0, reversed_by=None)
    return Before(row, tuple(entries.order_by("pk")))


def undraw(before: Before, lines: Mapping[int, Held], *, by: Person, at: datetime, why: str) -> tuple[LedgerEntry, ...]:
    """Entries, not saved yet, that put back what was given of a dose: it is undone, or corrected. ``lines`` are under lock.

    What was wasted stays wasted: two people saw it go. Raises Refused where a line of it is locked.
    """
    shut = [
        locked(line.name, line.since)
        for line in (lines[entry.line_id] for entry in before.entries)
        if line.variance is not None
    ]
    if shut:
        raise Refused(*shut)
    return tuple(
        lines[entry.line_id].post(Kind.PUT_BACK, entry.given or NONE, by=by, at=at, reverses=entry, why=why[:300])
        for entry in before.entries
    )


def redraw(
    shelf: Shelf | None, before: Before, asked: Asked, *, by: Person, at: datetime
) -> tuple[Shelf | None, tuple[LedgerEntry, ...]]:
    """For a correction: the shelf its draws are judged by (None: the ledger stays as it is), and what is put back first.

    A correction that changes how much was taken says what was drawn in truth. Raises Refused (stock.say_where, stock.locked).
    """
    if shelf is None or _keeps(before, asked):
        return None, ()
    if before.entries and asked.draws is None:
        words = "This dose was drawn from counted stock. Say what was drawn in truth: given, wasted before a witness, put back."
        raise Refused(stop("stock.say_where", words))
    return shelf, undraw(before, shelf.lines, by=by, at=at, why=f"Corrected: {asked.note.strip()}")


def _keeps(before: Before, asked: Asked) -> bool:
    """Whether a correction leaves the ledger alone: it says nothing of draws, and as much was taken, or none of it was counted."""
    if asked.draws is not None:
        return False
    was = before.row.outcome in TAKEN
    same = asked.outcome.value in TAKEN and (asked.amount, asked.unit) == (before.row.amount, before.row.unit)
    return was and (same or not before.entries)


def _line(shelf: Shelf, draw: Draw, ordered: Medication, unit: str) -> Line | None:
    held = shelf.lines.get(draw.line_id)
    if held is None:
        return None
    medication = held.row.medication
    worth = amount_of(
        ordered.ingredient,
        medication.ingredients,
        medication.counted_in or held.row.unit,
        Decimal(1),
        held.row.unit,
        unit,
    )
    return replace(held.as_line(shelf.site.pk), worth=worth)


def _others(shelf: Shelf, draws: Collection[Draw], ordered: Medication) -> list[Finding]:
    """Lines of another medication than the one ordered."""
    found = []
    for draw in draws:
        held = shelf.lines.get(draw.line_id)
        if held is not None and set(held.row.medication.ingredient_names) != set(ordered.ingredient_names):
            words = f"{held.name} is not what is ordered: {ordered.shown}. Put it back and draw from the right line."
            found.append(stop("stock.wrong_medication", words))
    return found


def _drawn(draw: Draw) -> Drawn:
    return Drawn(draw.drawn, draw.wasted, draw.returned, draw.lot, draw.why, witnessed=draw.proof_id is not None)


def _happened(finding: Finding) -> Finding:
    if finding.code == "stock.expired" and finding.severity is Severity.STOP:
        return override(finding.code, finding.message, **finding.detail)
    return finding
