"""The step-down summary on paper, the packet that goes along: only what was recorded."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from admissions.queries.transition_done import Done, LastDose
from asam.rules.transition_kinds import Kind
from chart.queries.plans import ObjectiveLine
from documents import Column, Document, Fact, Facts, Heading, Notice, Signatures, Table, Text
from documents import Kind as Set
from documents.blocks import Block
from programs.rules.dates import said, said_at

LINES = (Column("What", Set.STRONG, 0.34), Column("What became of it"), Column("Why", share=0.22))
DOSES = (Column("Medication", Set.STRONG), Column("Amount"), Column("Last given"), Column("By"))
NOTE = (
    "Decision support: a licensed clinician decided. Nothing here promises that a payer agrees. Not released: "
    "it leaves the program by Release in the client's Papers, where the consents are asked (42 CFR Part 2)."
)


def packet(done: Done, doses: Sequence[LastDose], goals: Sequence[ObjectiveLine], *, at: datetime, by: str) -> Document:
    """The document of one transition."""
    row = done.row
    client, site = row.left.episode.client, row.program.site
    decision = row.decision
    facts = [
        Fact("Client", client.called), Fact("Born", said(client.born_on)), Fact("Record", client.record_number),
        Fact("Stepped", said_at(row.at, site.tz)), Fact("From", f"{row.left.program.name}, {row.left.level}"),
        Fact("To", f"{row.program.name}, {row.entered.level}"),
        Fact("Carried out by", row.by.signature if row.by else str(row.moved.get("by", ""))),
        Fact("Orders reconciled by", row.reconciled_by.signature if row.reconciled_by else "no orders ran"),
    ]  # fmt: skip
    if decision is not None:
        facts += [Fact("Recommended", decision.recommended), Fact("Selected", decision.selected)]
    return Document(
        title="Step-down summary" if row.reverses_id is None else "Step taken back",
        organisation=site.organisation.name, site=site.name, as_of=f"{client.called}, {client.record_number}",
        printed_by=f"{by}, {said_at(at, site.tz)}",
        blocks=(
            Facts(tuple(facts), columns=2), *_state(done), *_handoff(done), Heading("What moved", 2), *_lines(done),
            Heading("Doses last given", 2),
            Table(DOSES, tuple((each.medication, each.amount, each.when, each.by) for each in doses), empty="No dose was given here."),
            Heading("What is worked on", 2), *_goals(goals), Signatures(("Client", "Handed on by", "Received by")),
            Text(NOTE, small=True),
        ),
    )  # fmt: skip


def _state(done: Done) -> Iterator[Block]:
    decision = done.row.decision
    if done.row.why:
        yield Notice("Why", done.row.why)
    if done.taken_back is not None:
        yield Notice("Taken back", f"This step was taken back: {done.taken_back.why}", strong=True)
    if decision is not None and decision.safety_strategy:
        yield Notice("Safety", decision.safety_strategy)


def _handoff(done: Done) -> Iterator[Block]:
    handoff = done.handoff
    if handoff is None:
        return
    tz = done.row.program.site.tz
    yield Heading("Warm hand-off", 2)
    yield Facts(
        (
            Fact("Receiving program", handoff.receiving), Fact("Accepted", said(handoff.accepted_on)),
            Fact("First appointment", said_at(handoff.first_visit_at, tz)), Fact("If it is missed, calls", handoff.caller),
            Fact("Bridge supply", handoff.bridge), Fact("Next dose", handoff.next_dose),
            Fact("Overdose-reversal kit", handoff.get_kit_display()), Fact("Back to more care on", handoff.triggers),
        ),
        columns=2,
    )  # fmt: skip


def _lines(done: Done) -> Iterator[Block]:
    rows = tuple((line.what, f"{Kind(line.kind).label}: {line.words}", line.reason or None) for line in done.lines)
    yield Table(
        LINES, rows, empty=str(done.row.moved.get("words") or "Only the placement was recorded line by line then.")
    )


def _goals(goals: Sequence[ObjectiveLine]) -> Iterator[Block]:
    if not goals:
        yield Text("No signed plan has open objectives.")
    for goal in goals:
        until = f", by {said(goal.by_date)}" if goal.by_date else ""
        yield Text(f"{goal.number} {goal.words}{until}")
