"""The determination on paper: what was rated and by which catalog, what came of it, who decided what, and what this is not."""

from collections.abc import Iterator
from datetime import datetime

from asam.pdf.pictures import through
from asam.queries.level import Decided, Record
from asam.queries.pictures import Drawn
from documents import Column, Document, Fact, Facts, Group, Heading, Kind, Notice, Signatures, Table, Text
from documents.blocks import Block
from programs.models import Placement

DISCLAIMER = (
    "Decision support: a licensed clinician decides. Nothing here promises that a payer agrees. ASAM and The ASAM Criteria are "
    "marks of their owner, who has neither reviewed nor endorsed Stepwell and is not affiliated with it. Codes are read by the "
    "catalog named above; what each code means stands in the organisation's own licensed copy."
)


def determination(
    record: Record, placement: Placement, *, at: datetime, printed_by: str, drawn: Drawn | None = None
) -> Document:
    """The document of one saved assessment, with the decision on it where there is one, and the ratings before it (``drawn``)."""
    found, client, site = record.assessment, placement.episode.client, placement.program.site

    def when(moment: datetime) -> str:
        return f"{moment.astimezone(site.tz):%-d %b %Y %H:%M %Z}"

    return Document(
        title="Level of care: determination",
        organisation=site.organisation.name,
        site=site.name,
        as_of=f"{client.called}, {client.record_number}",
        printed_by=f"{printed_by}, {when(at)}",
        blocks=(
            Facts(
                (
                    Fact("Client", client.called), Fact("Born", f"{client.born_on:%-d %b %Y}"),
                    Fact("Record", client.record_number), Fact("Kind", found.get_kind_display()),
                    Fact("Rated", f"{when(found.at)} by {found.by.signature}"),
                    Fact("Edition", f"Made for The ASAM Criteria, {record.edition} edition (adults)"),
                    Fact("Catalog", f"{found.catalog}, version {found.catalog_version}, {found.source.digest[:12]}"),
                    Fact("Attested", record.proposal.attested or "not attested"),
                ),
                columns=2,
            ),
            *(
                ()
                if record.proposal.attested
                else (
                    Notice(
                        "Not attested",
                        "Nobody of this organisation has said yet that they checked this version of the catalog against their "
                        "licensed copy.", strong=True,
                    ),
                )
            ),
            Heading("Recommendation", 2),
            Text(record.proposal.words),
            *(Text(f"{number}. {step}", small=True) for number, step in enumerate(record.proposal.steps, start=1)),
            *((Text("Beside the level: " + ", ".join(record.proposal.flags)),) if record.proposal.flags else ()),
            *((Text("Dimensions 1 to 3 settle the level; the rest was left for later."),) if record.proposal.settled else ()),
            Heading("Ratings", 2),
            Table(
                (Column("Rated", Kind.STRONG), Column("Code"), Column("Before"), Column("Why")),
                groups=(
                    Group(
                        "",
                        tuple(
                            (line.name, line.codes or "not yet rated", line.last or None, line.why or None)
                            for line in record.lines
                        ),
                    ),
                ),
                empty="Nothing is rated.",
            ),
            *_views(record),
            *_support(record),
            *through(drawn, site, found.at),
            *(_decision(record.decision, when) if record.decision else (Heading("Decision", 2), Text("Nobody has decided yet."))),
            Signatures(("Client", "Decided by", "Supervisor")),
            Text(DISCLAIMER, small=True),
        ),
    )  # fmt: skip


def _views(record: Record) -> Iterator[Block]:
    if record.views:
        yield Heading("What the person said", 2)
        for each in record.views:
            yield Text(f"{each.topic}: {each.words}")


def _support(record: Record) -> Iterator[Block]:
    if record.support:
        yield Heading("Attached from the chart", 2)
        for row in record.support:
            yield Text(f"Dimension {row.dimension}: {row.words} ({row.happened_at:%-d %b %Y})", small=True)


def _decision(decided: Decided, when: object) -> Iterator[Block]:
    assert callable(when)
    row = decided.row
    yield Heading("Decision", 2)
    facts = [
        Fact("Recommended", f"{row.recommended}{' + recovery residence' if row.recovery_residence else ''}"),
        Fact("Selected", row.selected),
        Fact("Decided", f"{when(row.at)} by {row.by.signature}"),
        Fact("Supervisor", f"{row.supervisor.signature}, by their own PIN" if row.supervisor and row.proof_id else
             row.supervisor.signature if row.supervisor else "not needed"),
    ]  # fmt: skip
    yield Facts(tuple(facts), columns=2)
    for reason in decided.reasons:
        yield Text(f"Why another level: {reason}")
    for each in decided.consequences:
        yield Text(f"Expected: {each}")
    if row.safety_strategy:
        yield Notice("Safety", row.safety_strategy)
    if decided.part is not None:
        yield Text(f"The client: {_part(decided)} ({when(decided.part.at)}, {decided.part.by.signature})")


def _part(decided: Decided) -> str:
    assert decided.part is not None
    words = [f"{label.lower()}: {said}" for label, said in decided.part_words]
    signed = ["signed on the tablet"] if decided.part.strokes else []
    return "; ".join([decided.part.get_says_display().lower(), *words, *signed])
