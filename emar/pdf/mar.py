"""The medication record of a month on paper: the grid, doses as needed, notes, codes, and who signed."""

from datetime import datetime, tzinfo

from documents import (
    Column,
    Document,
    Fact,
    Facts,
    Heading,
    Kind,
    Notice,
    Ruled,
    Section,
    Signatures,
    Table,
    Text,
)
from documents.blocks import Block
from emar.queries.mar import Box, Month, Ordered
from programs.rules.dates import said_at
from staff.models import Person


def mar_document(month: Month, *, by: Person, now: datetime) -> Document:
    """The document; ``month`` is what the screen shows, ``now`` when it is printed. Every page has the name in its head."""
    tz = month.site.tz
    return Document(
        title=f"{month.client.called}: medication record, {month.first:%B %Y}",
        organisation=month.site.organisation.name,
        site=month.site.name,
        as_of=f"As of {said_at(month.at, tz)}",
        printed_by=f"Printed {said_at(now, tz)} by {by.signature}",
        landscape=True,
        blocks=(
            *_who(month),
            *_grid(month),
            *_as_needed(month, tz),
            *_carried(month),
            *_notes(month, tz),
            *_legend(month),
        ),
    )


def _who(month: Month) -> tuple[Block, ...]:
    client = month.client
    allergies = month.allergies.line(month.site.tz)
    return (
        Facts(
            (
                Fact("Client", client.called), Fact("Born", f"{client.born_on:%-d %b %Y} ({month.age})"),
                Fact("Record", client.record_number), Fact("Where", month.where or "In no program"),
                Fact("Diagnosis", "Not recorded here"),
            ),
            columns=5,
        ),
        Notice("Allergies", allergies or "Not asked yet. Ask before the first dose.", strong=not month.allergies.none),
    )  # fmt: skip


def _grid(month: Month) -> tuple[Block, ...]:
    if not month.scheduled:
        return (Text("No scheduled medication was ordered for this month."),)
    return (
        Ruled(
            "Scheduled medication",
            tuple(f"{day.day}\n{day:%a}"[:-1] for day in month.days),
            tuple(_section(row) for row in month.scheduled),
            mark=None if month.today is None else month.today - 1,
        ),
    )


def _section(row: Ordered) -> Section:
    lines = tuple((_label(line.label, line.amount), tuple(_box(box) for box in line.boxes)) for line in row.lines)
    return Section(row.title, _said(row), lines)


def _said(row: Ordered) -> str:
    parts = (row.sig, ", ".join(row.flags), row.period, f"Ordered by {row.by}", row.state)
    return "\n".join(part for part in parts if part)


def _label(clock: str, amount: str) -> str:
    return f"{clock}\n{amount}" if amount else clock


def _box(box: Box) -> str | None:
    """What stands in the box: code above initials, as there is little room; None is grey."""
    return None if box.look == "closed" else box.text.replace(" ", "\n")


def _as_needed(month: Month, tz: tzinfo) -> tuple[Block, ...]:
    blocks: list[Block] = [Heading("As needed")] if month.as_needed else []
    columns = (
        Column("Given", Kind.STRONG), Column("Outcome"), Column("Amount"), Column("For"), Column("Before"), Column("Effect"),
        Column("Seen"), Column("Initials"),
    )  # fmt: skip
    for row in month.as_needed:
        rows = tuple(
            (f"{dose.at.astimezone(tz):%-d %b %H:%M}", dose.outcome, dose.amount, dose.why, dose.before, dose.effect,
             dose.seen, dose.initials)
            for dose in row.given
        )  # fmt: skip
        blocks += [Heading(row.title, 2), Text(_said(row).replace("\n", " · "), small=True)]
        blocks.append(Table(columns, rows, empty="None given."))
    return tuple(blocks)


def _carried(month: Month) -> tuple[Block, ...]:
    if not month.carried:
        return ()
    rows = tuple((row.title, _said(row)) for row in month.carried)
    return Heading("Not on the pass"), Table((Column("Medication", Kind.STRONG, 0.3), Column("Order")), rows)


def _notes(month: Month, tz: tzinfo) -> tuple[Block, ...]:
    rows = tuple(
        (f"{note.at.astimezone(tz):%-d %b %H:%M}", note.medication, note.said, note.why, note.initials)
        for note in month.notes
    )
    columns = (
        Column("Due", Kind.STRONG), Column("Medication"), Column("Charted"), Column("Why"), Column("Initials"),
    )  # fmt: skip
    return Heading("Notes"), Table(columns, rows, empty="Every charted dose was given as ordered and in time.")


def _legend(month: Month) -> tuple[Block, ...]:
    return (
        Heading("Codes"),
        Facts(tuple(Fact(letter, means) for letter, means in month.legend), columns=5),
        Heading("Who signed"),
        Table(
            (Column("Initials", Kind.STRONG, 0.12), Column("Name", share=0.4), Column("Credentials")),
            tuple((signer.initials, signer.name, signer.credentials) for signer in month.signers),
            empty="Nobody has signed in this month.",
        ),
        Signatures(("Reviewed by", "Date and time")),
    )
