"""The discrepancy report: counts that did not agree, what was found out, what was sent, and room to sign."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from documents import Document, Fact, Facts, Figure, Figures, Heading, Notice, Signatures, Text
from documents.blocks import Block
from emar.queries.stock import VarianceRow
from emar.rules.stock import say_units
from programs.models import Site
from programs.rules.dates import said_at

SIGNED = ("Supervisor", "Second person", "Pharmacist", "Program director")


def differences_document(
    site: Site, rows: Sequence[VarianceRow], *, said: str, at: datetime, printed_by: str
) -> Document:
    """The document. ``said`` says which differences these are; instants stand on the site's clock."""
    tz = site.tz
    still = sum(row.ended_at is None for row in rows)
    return Document(
        title="Discrepancy report", organisation=site.organisation.name, site=site.name,
        as_of=f"As of {said_at(at, tz)}", printed_by=printed_by,
        blocks=(
            Heading(said),
            Figures((
                Figure("Differences", len(rows)), Figure("Not resolved", still),
                Figure("Theft or loss", sum(row.cause is not None and row.cause.is_loss for row in rows)),
            )),
            *(() if rows else (Text("Every count agreed."),)),
            *(block for row in rows for block in _one(row, tz)),
            *((Signatures(SIGNED),) if rows else ()),
        ),
    )  # fmt: skip


def _one(row: VarianceRow, tz: tzinfo) -> Iterator[Block]:
    yield Heading(f"{row.line}, {row.location}", 2)
    if row.ended_at is None:
        yield Notice("Open", "This line is locked until a supervisor resolves the difference.", strong=True)
    names = [name for _, name in row.counters]
    facts = [Fact("Found at", _when(row.opened_at, tz)), Fact("Counted by", " and ".join(names))]
    counts = ((row.first, row.first_expected, "First"), (row.counted, row.expected, "Second"))
    facts += [
        Fact(f"{word} count", f"{say_units(found, row.unit)}; the ledger said {say_units(expected, row.unit)}")
        for found, expected, word in counts
    ]
    if row.cause is not None and row.ended_at is not None and row.recounted is not None:
        facts += [
            Fact("Cause", row.cause.label), Fact("Counted again", say_units(row.recounted, row.unit)),
            Fact("Resolved", f"{_when(row.ended_at, tz)} by {row.by}"), Fact("Second person", row.second_name),
        ]  # fmt: skip
    for each in row.reports:
        sent = "not sent" if each.sent_at is None else f"sent {_when(each.sent_at, tz)}"
        facts.append(Fact(each.what.label, f"due {_when(each.due_at, tz)}; {sent}"))
    yield Facts(tuple(facts))
    if row.words:
        yield Text(row.words)


def _when(moment: datetime, tz: tzinfo) -> str:
    return f"{moment.astimezone(tz):%-d %b %Y, %H:%M}"
