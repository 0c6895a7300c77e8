"""A paper of hundreds of pages: what is in memory grows by its packed pages, not by everything that stands on them."""

import tracemalloc
from collections.abc import Iterator

from documents import Column, Contents, Document, Heading, Kind, NewPage, Table, Text, render
from documents.blocks import Block

MOST = 40_000  # bytes of memory for each page more; it was 125,000 with the whole story in memory
WORDS = "Slept well, and the evening was long; rang a friend before it was too late. "
COLUMNS = (Column("When", share=0.17), Column("What", Kind.STRONG, 0.3), Column("More"), Column("By", share=0.17))


def parts(months: int) -> Iterator[Block]:
    yield Contents()
    for number in range(2):
        yield NewPage()
        yield Heading(f"Notes {number}")
        for at in range(months * 15):
            yield Heading(f"Note {at}", 2)
            yield Text(WORDS * 9)
        yield Heading(f"Doses {number}")
        yield Table(
            COLUMNS, tuple((f"18 Nov, 10:{at % 60:02}", "Given", WORDS, "RN Ames") for at in range(months * 30))
        )


def drawn(months: int) -> tuple[int, int]:
    """How many pages, and the peak of memory in bytes while they were made."""
    paper = Document(
        title="Chart", organisation="O", site="S", as_of="now", printed_by="me", blocks=tuple(parts(months))
    )
    tracemalloc.start()
    made = render(paper)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return made.count(b"/Type /Page\n"), peak


def test_each_page_more_costs_little_memory() -> None:
    render(Document(title="Fonts", organisation="O", site="S", as_of="now", printed_by="me", blocks=(Text("first"),)))
    (few, small), (many, large) = drawn(1), drawn(4)
    assert many > 3 * few > 9
    assert (large - small) / (many - few) < MOST
