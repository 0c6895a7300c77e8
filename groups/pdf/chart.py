"""What the groups room adds to the paper of a whole chart: every session with how the client took part. No other member is on it."""

from collections.abc import Iterator

from documents.blocks import Column, Kind, Table
from groups.queries.history import timeline
from programs.papers import Section, Span, by_month

LINES = (
    Column("When", share=0.17),
    Column("Session", Kind.STRONG, 0.2),
    Column("Attended and written"),
    Column("Marked by", share=0.15),
)


def sections(span: Span) -> Iterator[Section]:
    """The sessions, oldest first, with what was signed about the client. Three queries a month."""
    lines = tuple((span.local(entry.at), entry.title, entry.line, entry.by) for entry in by_month(timeline, span))
    yield Section(90, "Groups and sessions", (Table(LINES, lines),) if lines else ())
