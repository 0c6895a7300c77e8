"""The controlled ledger of a stretch of days: place by place, line by line, every entry with its running balance and its names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby

from documents import Column, Document, Figure, Figures, Heading, Kind, Notice, Table, Text
from documents.blocks import Block, Row
from emar.queries.stock import EntryRow
from emar.rules.administration.words import plain_number
from emar.rules.stock.words import say_change, say_units
from programs.models import Site
from programs.rules.dates import said_at

ENTRIES = (
    Column("No.", Kind.NUMBER, 0.05), Column("When", share=0.11), Column("What", Kind.STRONG, 0.36),
    Column("Change", Kind.NUMBER, 0.08), Column("Balance", Kind.NUMBER, 0.08), Column("By", share=0.14), Column("Second name"),
)  # fmt: skip


@dataclass(frozen=True)
class PlaceLedger:
    """A place and its entries by line and number; ``counting``: a count of it is open, so nothing of it is shown."""

    name: str
    entries: Sequence[EntryRow]
    counting: bool = False


def ledger_document(site: Site, places: Sequence[PlaceLedger], *, said: str, at: datetime, printed_by: str) -> Document:
    """The document. ``said`` is the stretch in words; an entry stands at its minute on the site's clock."""
    tz = site.tz
    entries = [entry for place in places for entry in place.entries]
    return Document(
        title="Controlled substance ledger", organisation=site.organisation.name, site=site.name,
        as_of=f"As of {said_at(at, tz)}", printed_by=printed_by, landscape=True,
        blocks=(
            Heading(said),
            Text(
                "Every change of every line: drawn = given + wasted + put back. Nothing is ever changed or taken out; a mistake is "
                "put right by a new entry that names the old one."
            ),
            Figures((
                Figure("Places", len(places)), Figure("Lines", len({entry.line_id for entry in entries})), Figure("Entries", len(entries)),
            )),
            *(block for place in places for block in _place(place, tz)),
        ),
    )  # fmt: skip


def _place(place: PlaceLedger, tz: tzinfo) -> Iterator[Block]:
    yield Heading(place.name)
    if place.counting:
        yield Notice(
            "Count", "This place is being counted. Its ledger is printed when both people have counted.", strong=True
        )
        return
    if not place.entries:
        yield Text("Nothing changed here.")
    for _, rows in groupby(place.entries, key=lambda entry: entry.line_id):
        listed = list(rows)
        first, last = listed[0], listed[-1]
        yield Heading(first.line, 2)
        before, after = say_units(first.balance - first.change, first.unit), say_units(last.balance, last.unit)
        yield Text(f"Before: {before}. After: {after}.")
        yield Table(ENTRIES, tuple(_entry(entry, tz) for entry in listed))


def _entry(entry: EntryRow, tz: tzinfo) -> Row:
    return (
        entry.number, f"{entry.at.astimezone(tz):%-d %b %y\n%H:%M}", "\n".join(part for part in (entry.kind.label, _about(entry)) if part),
        say_change(entry.change), plain_number(entry.balance), entry.by, ", ".join(entry.witnesses),
    )  # fmt: skip


def _about(entry: EntryRow) -> str:
    parts = [entry.client.called if entry.client is not None else ""]
    if entry.drawn is not None and (entry.wasted or entry.returned):
        amounts = (
            ("drawn", entry.drawn),
            ("given", entry.given),
            ("wasted", entry.wasted),
            ("put back", entry.returned),
        )
        parts.append(", ".join(f"{word} {plain_number(amount)}" for word, amount in amounts if amount))
    parts.append(f"other place: {entry.other}" if entry.other else "")
    parts.append(f"of no. {entry.reverses}" if entry.reverses else "")
    parts.append(f"put back by no. {entry.reversed_by}" if entry.reversed_by else "")
    parts.append(f"signed by the client as {entry.signed_as}" if entry.signed_as else "")
    return "; ".join(part for part in (*parts, entry.why) if part)
