"""The neutral reply to a legal paper: the same words whoever is asked for, and no name of theirs on it."""

from datetime import datetime

from documents import Document, Fact, Facts, Heading, Text
from privacy.models import LegalRequest
from privacy.rules.legal import REPLY, LegalKind
from programs.rules.dates import said, said_at
from staff.models import Person


def reply_document(row: LegalRequest, by: Person, at: datetime) -> Document:
    """A letter to the sender. It names the paper by kind, court, docket and day, never the person it asks for."""
    named = ", ".join(each for each in (row.court, row.docket) if each) or "No court or docket is named in it"
    return Document(
        title="Reply to a request for records",
        organisation=row.site.organisation.name,
        site=row.site.name,
        as_of=f"Written {said_at(at, row.site.tz)}",
        printed_by=f"For the program: {by.signature}",
        confidential="This letter does not say that any person is or was a client of this program.",
        blocks=(
            Facts((
                Fact("To", row.sender), Fact("Your paper", f"{LegalKind(row.kind).label}, received {said(row.received_on)}"),
                Fact("Court and docket", named),
            )),
            Heading("Our reply"),
            *(Text(paragraph) for paragraph in REPLY),
            Text("For the program:\n\n\n________________________________"),
        ),
    )  # fmt: skip
