"""The turnaround of beds on paper: figures by unit, and the slowest. No names."""

from datetime import datetime
from zoneinfo import ZoneInfo

from beds.pdf.census import Printed, said_range
from beds.queries.census.turnaround import Slow, TurnaroundPage
from beds.rules.census import Parts, duration
from documents import Column, Document, Figure, Figures, Heading, Kind, Table, Text

NUMBER = Kind.NUMBER
HEADS = (
    "Median",
    "Nine of ten within",
    "Left to asked",
    "Asked to accepted",
    "Accepted to clean",
    "Cleaned",
    "Not yet",
)


def turnaround_document(page: TurnaroundPage, printed: Printed) -> Document:
    """The document; ``page`` is what the screen shows."""
    return Document(
        title="Turnaround of beds",
        organisation=printed.site.organisation.name,
        site=printed.site.name,
        as_of=printed.as_of,
        printed_by=printed.printed_by,
        blocks=(
            Text(
                f"Beds left {said_range(page.asked)}, from the end of the stay to a clean bed. Each column is a median of its "
                "own. Where cleaning was handed back, the time runs on until someone finished it."
            ),
            Figures(
                (
                    Figure("Median", duration(page.all.middle)),
                    Figure("Nine of ten within", duration(page.all.ninety)),
                    Figure("Longest", duration(page.all.longest)),
                    Figure("Beds cleaned", page.all.count),
                    Figure("Not clean yet", page.all.open),
                )
            ),
            Heading("By unit"),
            Table(
                (Column("Unit", Kind.STRONG), *(Column(head, NUMBER) for head in HEADS)),
                tuple(_row(name, parts) for name, parts in page.units),
                total=_row("All units", page.all) if page.units else None,
                empty="No bed was cleaned after someone left.",
            ),
            Heading("The slowest"),
            Table(
                (
                    Column("Bed", Kind.STRONG), Column("Left"), Column("Asked"), Column("Accepted"), Column("Clean"),
                    Column("Turnaround", NUMBER),
                ),
                tuple(_slow(slow, page.site.tz) for slow in page.slowest),
                empty="No bed was cleaned after someone left.",
            ),
        ),
    )  # fmt: skip


def _row(name: str, parts: Parts) -> tuple[str | int, ...]:
    lengths = (parts.middle, parts.ninety, parts.to_ask, parts.to_accept, parts.to_finish)
    return (name, *(duration(length) for length in lengths), parts.count, parts.open)


def _slow(slow: Slow, tz: ZoneInfo) -> tuple[str, ...]:
    def said(at: datetime | None, otherwise: str) -> str:
        return f"{at.astimezone(tz):%-d %b %H:%M}" if at else otherwise

    one = slow.one
    return (
        slow.bed, f"{one.left.astimezone(tz):%-d %b %Y %H:%M}",
        said(one.asked, ""), said(one.accepted, "not yet"), said(one.finished, "not yet"),
        duration(one.whole) if one.finished else "",
    )  # fmt: skip
