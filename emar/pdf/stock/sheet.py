"""A count sheet for paper: every line of a place, no balance, room for both numbers and both signatures."""

from datetime import datetime
from typing import NamedTuple

from documents import Column, Document, Figure, Figures, Kind, Signatures, Table, Text
from emar.models import StockLocation
from emar.rules.stock.words import say_unit
from programs.models import Site
from programs.rules.dates import said_at

LINES = (
    Column("", Kind.NUMBER, 0.05), Column("Medication", Kind.STRONG, 0.34), Column("Lot, expires", share=0.22),
    Column("In", share=0.1), Column("First count"), Column("Second count"),
)  # fmt: skip


class BlankLine(NamedTuple):
    """A line to count: what, whose ('' for the site's), its lot and date, what it is counted in."""

    medication: str
    owner: str
    lot: str
    unit: str


def sheet_document(
    site: Site, place: StockLocation, lines: list[BlankLine], *, at: datetime, printed_by: str
) -> Document:
    """The document; the balances stand nowhere on it."""
    return Document(
        title=f"Count sheet, {place.name}", organisation=site.organisation.name, site=site.name,
        as_of=f"Lines as of {said_at(at, site.tz)}", printed_by=printed_by,
        blocks=(
            Figures((Figure("Lines", len(lines)), Figure("Place", place.name))),
            Text(
                "Two people count, one after the other, each alone and each their own column. Fold the first column away before the "
                "second counts. Write 0 where it is empty. Enter both in Stepwell afterwards: it compares them with the ledger."
            ),
            Table(
                LINES,
                tuple(
                    (number, f"{line.medication}\n{line.owner}".strip(), line.lot, say_unit(line.unit), None, None)
                    for number, line in enumerate(lines, 1)
                ),
                empty="Nothing is kept here.", roomy=True,
            ),
            Signatures((
                "First: name, signature, date and hour", "Second: name, signature, date and hour", "Keys handed over by", "Keys taken by",
            )),
        ),
    )  # fmt: skip
