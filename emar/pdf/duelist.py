"""The due list of one unit, or of a program's day clients, on paper: as the downtime packet has it, of one pass after another."""

from datetime import datetime

from documents import Document, Figure, Figures, Text
from emar.pdf.downtime import CODES, day_words, unit_blocks
from emar.queries import PassPage
from programs.models import Site


def duelist_document(page: PassPage, site: Site, *, until: datetime, printed_by: str) -> Document:
    """The document; ``page`` is what the screen shows, ``until`` how far ahead it reaches."""
    return Document(
        title=f"Due list, {page.unit}",
        organisation=site.organisation.name,
        site=site.name,
        as_of=f"Read {day_words(page.now, site.tz)}; due until {day_words(until, site.tz)}",
        printed_by=printed_by,
        blocks=(
            Figures(
                (
                    Figure("Clients", len(page.clients)), Figure("On leave", sum(each.away is not None for each in page.clients)),
                    Figure("To chart", page.open),
                )
            ),
            Text(CODES),
            *unit_blocks(page, site.tz),
        ),
    )  # fmt: skip
