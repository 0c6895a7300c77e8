"""A handoff, and the report of a day, on paper."""

from collections.abc import Sequence
from datetime import tzinfo

from chart.queries.day import Day
from chart.queries.handoff import ClientRow, HandoffPage, ToldLine
from documents import Column, Document, Figure, Figures, Heading, Kind, Notice, Signatures, Table, Text
from documents.blocks import Block
from programs.rules.dates import said, said_at
from staff.models import Person


def handoff_document(page: HandoffPage, by: Person) -> Document:
    """In I-PASS order: illness, summary, actions, situation and contingency, and the receiver's synthesis."""
    tz, given = page.site.tz, page.given
    if given is None:
        head: tuple[Block, ...] = (Notice("Draft", "Nobody has given this handoff yet.", strong=True),)
    else:
        head = (Text(f"Given and signed by {given.by.name}, {said_at(given.given_at, tz)}."),)
    foot: tuple[Block, ...] = tuple(
        Text(f"{each.by.name}, {said_at(each.at, tz)}: {each.read_back}") for each in page.receipts
    ) or (
        Notice("Not taken over", "Nobody has taken this handoff over yet.", strong=True),
        Signatures(("Taken over by", "Time")),
    )
    return Document(
        title="Shift handoff",
        organisation=page.site.organisation.name,
        site=page.site.name,
        as_of=f"As of {said_at(page.at, tz)}",
        printed_by=f"Printed by {by.signature}",
        landscape=True,
        blocks=(
            Heading(f"{page.ward.name}, shift of {said_at(page.shift.since, tz)} to {page.shift.until.astimezone(tz):%H:%M}"),
            *head,
            *((Heading("Of the whole unit", 2), Text(page.unit_words)) if page.unit_words else ()),
            *((Text("\n".join(_lines(page.general, tz))),) if page.general else ()),
            Table(
                (Column("Client", Kind.STRONG, 0.13), Column("Illness", share=0.08), Column("Summary", share=0.17),
                 Column("Since the last handoff", share=0.28), Column("Actions", share=0.17),
                 Column("What may happen, and what then", share=0.17)),
                tuple(_row(row, tz) for row in page.rows),
                empty="Nobody was in a bed of this unit.",
            ),
            Heading("Synthesis by the receiver", 2),
            *foot,
        ),
    )  # fmt: skip


def _row(row: ClientRow, tz: tzinfo) -> tuple[str, ...]:
    todos = [f"{each.title}, by {each.due_at.astimezone(tz):%a %H:%M}" for each in row.todos]
    return (
        f"{row.name}\n{row.place}\n{row.record}", row.illness_label, "\n".join(part for part in (row.known, row.summary) if part),
        "\n".join(_lines(row.lines, tz)) or "Nothing out of the ordinary", "\n".join([*todos, *([row.actions] if row.actions else [])]),
        row.contingency,
    )  # fmt: skip


def _lines(lines: Sequence[ToldLine], tz: tzinfo) -> list[str]:
    return [f"{each.at.astimezone(tz):%H:%M} {each.title}{f' ({each.line})' if each.line else ''}" for each in lines]


def day_document(day: Day, by: Person) -> Document:
    """Figures, then what was out of the ordinary by unit, handoffs and staff, then the comment of who finished it."""
    tz, done = day.site.tz, day.finished
    figures: list[Block] = []
    for name, several in day.groups:
        rows = [several[at : at + 5] for at in range(0, len(several), 5)]
        figures += [Heading(name, 2), *(Figures(tuple(Figure(f.label, f.value, f.note) for f in row)) for row in rows)]
    told: tuple[Block, ...] = tuple(
        block
        for unit, rows in day.units
        for block in (
            Heading(f"Out of the ordinary: {unit}", 2),
            Table(
                (Column("Time"), Column("Bed"), Column("Client", Kind.STRONG), Column("What"), Column("More")),
                tuple((f"{row.at.astimezone(tz):%H:%M}", row.place, row.name, row.title, row.line) for row in rows),
            ),
        )
    )
    closing: tuple[Block, ...] = (
        (Notice("Not finished", "Nobody has finished this report yet.", strong=True),)
        if done is None
        else (
            Heading("Comment", 2),
            Text(done.comment),
            Text(f"Finished and signed by {done.by.name}, {said_at(done.at, tz)}."),
        )
    )
    return Document(
        title="24-hour report",
        organisation=day.site.organisation.name,
        site=day.site.name,
        as_of=f"As of {said_at(day.at if done is None else done.at, tz)}",
        printed_by=f"Printed by {by.signature}",
        blocks=(
            Heading(said(day.on)), *closing, *figures, *told,
            Heading("Handoffs", 2),
            Table(
                (Column("Unit", Kind.STRONG), Column("Shift ended"), Column("Given by"), Column("Taken over by")),
                tuple((each.unit, f"{each.until.astimezone(tz):%H:%M}", each.by, each.taken_by or "Nobody yet") for each in day.handoffs),
                empty="No handoff was given for a shift that ended on this day.",
            ),
            Heading("On duty", 2),
            Table(
                (Column("Who", Kind.STRONG), Column("From"), Column("To")),
                tuple(
                    (
                        each.name, f"{each.since.astimezone(tz):%a %H:%M}",
                        "" if each.until is None else f"{each.until.astimezone(tz):%a %H:%M}",
                    )
                    for each in day.duty
                ),
                empty="Nobody came on duty.",
            ),
        ),
    )  # fmt: skip
