"""What the levels room adds to the paper of a whole chart: ratings and decisions."""

from collections.abc import Iterator

from asam.queries.timeline import entries
from documents.blocks import Column, Kind, Table
from programs.papers import Section, Span, by_month

LINES = (Column("When", share=0.17), Column("What", Kind.STRONG, 0.3), Column("Why"), Column("By", share=0.17))


def sections(span: Span) -> Iterator[Section]:
    """Assessments and decisions, oldest first. One query a month."""
    lines = tuple((span.local(entry.at), entry.title, entry.line, entry.by) for entry in by_month(entries, span))
    yield Section(70, "Level of care", (Table(LINES, lines),) if lines else ())
