"""The report of a range of dates on paper: the sums, then every list."""

from documents import Column, Document, Figure, Figures, Heading, Kind, Table, Text
from documents.blocks import Block
from emar.queries.report import Report, Sheet
from programs.rules.dates import said, said_at
from staff.models import Person


def report_document(report: Report, *, by: Person) -> Document:
    """The document; ``report`` is what the screen shows."""
    tz, total = report.site.tz, report.total
    return Document(
        title="Medication report",
        organisation=report.site.organisation.name,
        site=report.site.name,
        as_of=f"As of {said_at(report.at, tz)}",
        printed_by=f"Printed by {by.signature}",
        landscape=True,
        blocks=(
            Heading(f"{said(report.first)} to {said(report.last)}"),
            Text(
                "Counted from orders and what was charted for them. A dose is missed when its window closed with nothing "
                "charted. Away is charted as absent, or on leave. The boxes after Due add up to it."
            ),
            Figures(
                (
                    Figure("Doses due", total.due), Figure("In time", total.in_time),
                    Figure("Early, late", f"{total.early}, {total.late}"), Figure("Missed", total.missed),
                    Figure("Refused", total.refused),
                )
            ),
            *(block for sheet in report.sheets for block in _table(report, sheet)),
        ),
    )  # fmt: skip


def _table(report: Report, sheet: Sheet) -> tuple[Block, ...]:
    first = sheet.rows[0] if sheet.rows else ("",) * len(sheet.heads)
    kinds = (Kind.STRONG, *(Kind.NUMBER if isinstance(cell, int) else Kind.TEXT for cell in first[1:]))
    columns = tuple(Column(head, kind) for head, kind in zip(sheet.heads, kinds, strict=True))
    total = tuple(str(cell) if not isinstance(cell, int) else cell for cell in sheet.total) if sheet.total else None
    rows = tuple(sheet.shown(report.site.tz))
    return Heading(sheet.title, 2), Table(columns, rows, total=total, empty=sheet.empty)
