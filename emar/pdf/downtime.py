"""The downtime packet on paper: per unit who is there, what they must not have, and every dose with room to sign."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from documents import Column, Document, Figure, Figures, Heading, Kind, NewPage, Notice, Signatures, Table, Text
from documents.blocks import Block, Row
from emar.queries.downtime import Packet
from emar.queries.pages import ClientCard, PassPage
from emar.queries.rows import DoseRow, Drug, PrnRow

CENSUS = (
    Column("Bed", Kind.STRONG, 0.08), Column("Client", Kind.STRONG, 0.26), Column("Born", share=0.12),
    Column("Allergies", share=0.34), Column("Where"),
)  # fmt: skip
DOSES = (
    Column("Due", Kind.STRONG, 0.11), Column("Medication", Kind.STRONG, 0.42), Column("Charted", share=0.19),
    Column("Code, time"), Column("Amount"), Column("Initials"),
)  # fmt: skip
CODES = (
    "Codes: G given · R refused, say why · H held, say why · N not available · A absent, on leave. Write the hour on the "
    "clock, sign with initials, and sign the page below. Two identifiers each time; a room or a bed is none."
)


def packet_document(packet: Packet, *, printed_by: str) -> Document:
    """The document; a unit begins on a new page. ``printed_by`` stands on every page."""
    tz = packet.site.tz
    return Document(
        title="Downtime packet",
        organisation=packet.site.organisation.name,
        site=packet.site.name,
        as_of=f"Good until {day_words(packet.until, tz)}; read {day_words(packet.at, tz)}",
        printed_by=printed_by,
        blocks=(
            Figures(
                (
                    Figure("Units", len(packet.units)), Figure("Clients", packet.clients),
                    Figure("On leave", packet.away), Figure("Doses not charted", packet.doses, "the next 24 hours"),
                )
            ),
            Text(CODES),
            *(block for page in packet.units for block in unit_blocks(page, tz)),
            *(() if packet.units else (Text("Nobody sleeps at this site."),)),
        ),
    )  # fmt: skip


def unit_blocks(page: PassPage, tz: tzinfo) -> Iterator[Block]:
    """Who is on a unit, and every dose of each with room to sign; the next unit begins on a new page."""
    yield Heading(f"{page.unit}: {len(page.clients)} {'client' if len(page.clients) == 1 else 'clients'}")
    yield Table(CENSUS, tuple(_line(card, tz) for card in page.clients))
    for card in page.clients:
        yield Heading(f"{card.place.short} · {card.name}, born {card.born_on:%-d %b %Y}", 2)
        known = card.allergies.line(tz)
        yield Notice("Allergies", known or "Not asked yet. Ask before the first dose.", strong=not card.allergies.none)
        rows = (*(_dose(row, tz) for row in card.doses), *(_prn(row, tz) for row in card.prns))
        yield Table(DOSES, rows, empty="Nothing is due.", roomy=True)
    yield Signatures(("Name and initials", "Name and initials"))
    yield NewPage()


def _line(card: ClientCard, tz: tzinfo) -> Row:
    where = ""
    if card.away is not None:
        until = f" until {day_words(card.away.until, tz)}" if card.away.until else ""
        where = f"{card.away.words}{until}"
    return (
        card.place.short.removeprefix("Rm "), card.name, f"{card.born_on:%-d %b %Y}",
        card.allergies.line(tz) or "not asked yet", where,
    )  # fmt: skip


def _dose(row: DoseRow, tz: tzinfo) -> Row:
    charted = row.drug.on_hold
    if row.mark is not None:
        charted = f"{row.mark.outcome.label} {row.mark.at.astimezone(tz):%H:%M}, {row.mark.by}"
    return (f"{row.due_at.astimezone(tz):%a %H:%M}", _drug(row.drug), charted, None, None, None)


def _prn(row: PrnRow, tz: tzinfo) -> Row:
    last = f"last {row.last.at.astimezone(tz):%a %H:%M}; " if row.last else ""
    if row.drug.on_hold:
        free = row.drug.on_hold
    elif row.open:
        free = "may be given"
    else:
        free = f"not before {row.next_at.astimezone(tz):%a %H:%M}" if row.next_at else "not in 24 h"
    so_far = f"\n{row.taken_amount} in 24 h so far" if row.taken_amount else ""
    return ("As needed", _drug(row.drug, row.indication), f"{last}{free}{so_far}", None, None, None)


def _drug(drug: Drug, about: str = "") -> str:
    words = (about, drug.sig, *drug.limits, drug.controlled, "high alert" if drug.high_alert else "", drug.witness)
    return f"{drug.title}\n{' · '.join(word for word in words if word)}"


def day_words(moment: datetime, tz: tzinfo) -> str:
    """'Sat 21 Nov, 08:10'."""
    return f"{moment.astimezone(tz):%a %-d %b, %H:%M}"
