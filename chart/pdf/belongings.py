"""The receipt of what was taken in, for the client."""

from datetime import datetime

from chart.queries.belongings import Item, Taken
from chart.queries.head import Head
from documents import Column, Document, Fact, Facts, Kind, Notice, Signatures, Table
from documents.blocks import HANDED, Row
from programs.rules.dates import said_at
from staff.models import Person

COLUMNS = (
    Column("Thing", Kind.STRONG, 0.34), Column("Number", Kind.NUMBER), Column("Value", share=0.14),
    Column("Where kept", share=0.2), Column("What became of it", share=0.22),
)  # fmt: skip


def receipt(head: Head, taken: Taken, *, by: Person, at: datetime) -> Document:
    """One inventory on paper: what was found, by whom, where it is, and what has left since."""
    tz, inventory = head.site.tz, taken.inventory
    contraband = [item for item in taken.items if item.row.note and item.row.kind == "contraband"]
    return Document(
        title=f"{head.client.called}: receipt for belongings",
        organisation=head.site.organisation.name,
        site=head.site.name,
        as_of=f"Taken in {said_at(inventory.at, tz)}",
        confidential=HANDED,
        printed_by=f"Printed {said_at(at, tz)} by {by.signature}",
        blocks=(
            Facts((
                Fact("Client", head.client.called), Fact("Record", head.client.record_number),
                Fact("Taken in by", inventory.by.signature), Fact("Second person", inventory.witness.signature),
            ), columns=4),
            Table(COLUMNS, tuple(_row(item, head) for item in taken.items)),
            *(Notice("Not returned as it came", f"{item.row.description}: {item.row.note}") for item in contraband),
            *((Notice("Note", inventory.note),) if inventory.note else ()),
            Signatures((f"{head.client.called}", "Staff")),
        ),
    )  # fmt: skip


def _row(item: Item, head: Head) -> Row:
    row, end = item.row, item.end
    where = f"{row.kept}, bag {row.bag}" if row.bag else row.kept
    became = f"{end.get_how_display()}, {said_at(end.at, head.site.tz)}" if end else ""
    said = f"{row.description}\n{row.get_kind_display()}"
    return said + (f"\nCorrected: {row.why}" if row.why else ""), row.count, row.value, where, became
