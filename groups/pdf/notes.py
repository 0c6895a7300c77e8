"""The note of a session as one chart has it. No other member is on it."""

from collections.abc import Iterator

from documents import Document, Fact, Facts, Heading, Notice, Text
from documents.blocks import Block
from groups.findings import DASH, clock
from groups.queries.documents import ChartNote, Section


def note_document(note: ChartNote, *, printed_by: str) -> Document:
    """The document: who and when, how they attended, the shared parts, their own part, the names under each."""
    session, tz = note.session, note.session.site.tz
    return Document(
        title=f"{session.name}, {session.started_at.astimezone(tz):%-d %b %Y}",
        organisation=session.site.organisation.name,
        site=session.site.name,
        as_of=f"{note.client.called}, {note.client.record_number}",
        printed_by=printed_by,
        blocks=(
            Facts(
                (
                    Fact("Client", note.client.called), Fact("Born", f"{note.client.born_on:%-d %b %Y}"),
                    Fact("Record", note.client.record_number), Fact("Service", note.service),
                    Fact("When", f"{clock(session.started_at, tz)}{DASH}{clock(session.ended_at, tz)}"),
                    Fact("Where", "By video" if session.by_video else session.room or "Not recorded"),
                    Fact("Attended", note.attended), Fact("Minutes credited", note.minutes),
                    Fact("Led by", ", ".join(note.leaders) or "Not recorded"), Fact("Topic", session.topic or "Not recorded"),
                ),
                columns=2,
            ),
            *(
                ()
                if note.complete
                else (Notice("Not complete", "A required signature is still missing. Unsigned parts are not printed."),)
            ),
            *(block for section in note.sections for block in _section(section)),
            *(() if note.sections else (Text("Nothing of this note is signed yet."),)),
        ),
    )  # fmt: skip


def _section(section: Section) -> Iterator[Block]:
    yield Heading(section.title, 2)
    for words in section.objectives:
        yield Text(f"Objective: {words}", small=True)
    yield Text(section.text)
    yield Text(f"Signed by {section.signed.by}. {section.signed.cosigned}".strip(), small=True)
    for added in section.additions:
        yield Notice("Addendum", f"{added.text}\nWhy: {added.why}. {added.by}.")
