"""A whole chart on paper: the face sheet, a list of contents, and the sections that the rooms contribute."""

from collections.abc import Sequence

from chart.pdf.face import face_blocks, stamp
from chart.queries.papers import Face
from documents import Contents, Document, Heading, NewPage, Text
from programs.papers import Section, Span
from programs.rules.dates import said_at


def whole_document(face: Face, span: Span, parts: Sequence[Section], *, printed_by: str) -> Document:
    """The paper, stamped on every page with whose it is, who printed it and when."""
    top = face.head
    period = f"{span.day(span.since)} to {span.day(min(span.until, span.at))}"
    return Document(
        title=f"{top.client.called}, {top.client.record_number}",
        organisation=top.site.organisation.name,
        site=top.site.name,
        as_of=f"As of {said_at(top.at, top.site.tz)}",
        printed_by=printed_by,
        confidential=stamp(face, printed_by),
        blocks=(
            Text(f"Chart of {period}."),
            Heading("Contents", 2),
            Contents(),
            Heading("Face sheet"),
            *face_blocks(face),
            *(block for part in parts for block in (NewPage(), Heading(part.title), *part.blocks)),
            *(() if parts else (Text("Nothing is recorded in these days."),)),
        ),
    )
