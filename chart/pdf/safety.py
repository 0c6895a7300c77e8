"""A safety plan on paper, for the client to keep."""

from collections.abc import Iterator
from datetime import datetime

from chart.models import SafetySigning
from chart.queries.head import Head
from chart.queries.safety import Version
from chart.rules.safety import LIFELINE
from documents import Document, Drawn, Heading, Notice, Signatures, Text
from documents.blocks import HANDED, Block
from programs.rules.dates import said_at
from programs.rules.signature import HIGH, WIDE, lines_of
from staff.models import Person


def paper(head: Head, version: Version, *, by: Person, at: datetime) -> Document:
    """One version: every section in the client's words, where help is at any hour, and what the client said to it."""
    tz, plan = head.site.tz, version.plan
    return Document(
        title=f"{head.client.called}: safety plan",
        organisation=head.site.organisation.name,
        site=head.site.name,
        as_of=f"Version {plan.number}, {said_at(plan.at, tz)}",
        confidential=HANDED,
        printed_by=f"Printed {said_at(at, tz)} by {by.signature}",
        blocks=(
            Notice("At any hour", LIFELINE, strong=True),
            *(block for section, words in version.parts for block in (Heading(section.title, 2), Text(words))),
            *_answer(head, version),
        ),
    )  # fmt: skip


def _answer(head: Head, version: Version) -> Iterator[Block]:
    signing = version.signing
    if signing is None:
        yield Signatures((head.client.called, "Staff"))
        return
    when = said_at(signing.at, head.site.tz)
    if signing.how == SafetySigning.How.DRAWN:
        yield Drawn(lines_of(signing.strokes), WIDE, HIGH, f"{head.client.called}, {when}, with {signing.by.signature}")
        return
    words = f"{signing.get_how_display()}, {when}, with {signing.by.signature}."
    yield Notice("Client", f"{words} {signing.note}".strip())
