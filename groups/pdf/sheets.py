"""The sign-in sheet of a session: who is expected, with room for hours and signatures."""

from collections.abc import Sequence

from documents import Column, Document, Fact, Facts, Kind, Signatures, Table, Text
from groups.findings import DASH, clock
from groups.models import Session
from groups.queries.roster import Row

COLUMNS = (
    Column("Here", Kind.TICK, 0.07), Column("Name", Kind.STRONG, 0.31), Column("Came", share=0.12), Column("Left", share=0.12),
    Column("Signature"),
)  # fmt: skip
SPARE = 4
"""Empty lines for guests."""


def sign_in_document(session: Session, rows: Sequence[Row], leaders: Sequence[str], *, printed_by: str) -> Document:
    """The sheet, times on the site's clock. It goes round the room, so it says no more of anyone than their name."""
    tz = session.site.tz
    day = f"{session.started_at.astimezone(tz):%A %-d %B %Y}"
    expected = [(None, row.name, row.came or None, row.left or None, None) for row in rows if not row.away]
    return Document(
        title=f"Sign-in: {session.name}",
        organisation=session.site.organisation.name,
        site=session.site.name,
        as_of=day,
        printed_by=printed_by,
        blocks=(
            Facts(
                (
                    Fact("When", f"{clock(session.started_at, tz)}{DASH}{clock(session.ended_at, tz)}"),
                    Fact("Where", "By video" if session.by_video else session.room or "No room is set"),
                    Fact("Topic", session.topic or "Not set"), Fact("Led by", ", ".join(leaders) or "Nobody is set"),
                ),
                columns=4,
            ),
            Table(COLUMNS, (*expected, *[(None, None, None, None, None)] * SPARE), roomy=True),
            Text("Write the hours from the clock on the wall. What was said in the room stays in the room.", small=True),
            Signatures(("Facilitator", "Facilitator")),
        ),
    )  # fmt: skip
