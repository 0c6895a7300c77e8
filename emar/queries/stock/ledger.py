"""What happened to a line, entry by entry, and what happened at a site in a stretch of time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from emar.models import LedgerEntry, StockLine
from emar.queries.stock.places import LineRow, line_rows
from emar.rules.stock import Kind
from programs.models import Client, Site

PAGE = 100


@dataclass(frozen=True)
class EntryRow:
    """An entry as a page shows it. ``witnesses`` are the second and third names; ``client`` is whose dose it was.

    ``reverses`` is the number of the dose it puts back; ``reversed_by`` the number of what put it back; ``other`` the place at the
    other end of a move.
    """

    pk: int
    number: int
    line_id: int
    line: str
    unit: str
    kind: Kind
    at: datetime
    by: str
    witnesses: tuple[str, ...]
    change: Decimal
    balance: Decimal
    drawn: Decimal | None
    given: Decimal | None
    wasted: Decimal | None
    returned: Decimal | None
    why: str
    client: Client | None
    given_at: datetime | None
    reverses: int | None
    reversed_by: int | None
    other: str
    variance_id: int | None
    signed_as: str


@dataclass(frozen=True)
class LedgerPage:
    """A line and a page of its entries, the newest first. ``older``: ask again with ``before`` this number; None: no more."""

    line: LineRow
    location: str
    entries: tuple[EntryRow, ...]
    older: int | None


def ledger_page(
    line_id: int, at: datetime, *, before: int | None = None, kinds: Collection[Kind] = ()
) -> LedgerPage | None:
    """A line with its newest entries, or those before a number, of these kinds (none named: of all); None for an unknown line.
    Five queries, however long."""
    row = StockLine.objects.select_related("location__site", "medication", "owner").filter(pk=line_id).first()
    if row is None:
        return None
    today = at.astimezone(row.location.site.tz).date()
    found = _entries().filter(line=row).order_by("-number")
    if before is not None:
        found = found.filter(number__lt=before)
    if kinds:
        found = found.filter(kind__in=[kind.value for kind in kinds])
    entries = list(found[: PAGE + 1])
    older = entries[PAGE - 1].number if len(entries) > PAGE else None
    return LedgerPage(line_rows([row], today)[0], row.location.name, tuple(map(_row, entries[:PAGE])), older)


def ledger_between(site: Site, since: datetime, until: datetime, *, location_id: int | None = None) -> list[EntryRow]:
    """Every entry of a site (or of one place) in a stretch, by line and number: the controlled ledger as a document. One query."""
    found = _entries().filter(line__location__site=site, at__gte=since, at__lt=until)
    if location_id is not None:
        found = found.filter(line__location=location_id)
    order = ("line__location__name", "line__medication__name", "line__medication__strength", "line_id", "number")
    return [_row(entry) for entry in found.order_by(*order)]


def _entries() -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.select_related(
        "line__medication", "line__owner", "by", "proof__person", "second_proof__person", "administration__order__client",
        "reverses", "reversed_by", "pair__line__location", "paired_by__line__location",
    )  # fmt: skip


def _row(entry: LedgerEntry) -> EntryRow:
    other = entry.pair or getattr(entry, "paired_by", None)
    back = getattr(entry, "reversed_by", None)
    dose = entry.administration
    return EntryRow(
        pk=entry.pk, number=entry.number, line_id=entry.line_id, line=str(entry.line), unit=entry.line.unit,
        kind=Kind(entry.kind), at=entry.at, by=entry.by.signature,
        witnesses=tuple(each.person.signature for each in (entry.proof, entry.second_proof) if each is not None),
        change=entry.change, balance=entry.balance, drawn=entry.drawn, given=entry.given, wasted=entry.wasted,
        returned=entry.returned, why=entry.why, client=entry.line.owner if dose is None else dose.order.client,
        given_at=None if dose is None else dose.given_at, reverses=None if entry.reverses is None else entry.reverses.number,
        reversed_by=None if back is None else back.number, other="" if other is None else other.line.location.name,
        variance_id=entry.variance_id, signed_as=entry.signed_as,
    )  # fmt: skip
