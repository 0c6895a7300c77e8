"""Reviews on paper: the packet for the team, the continued-service review, and the packet that a payer asks for."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from asam.pdf.determination import DISCLAIMER
from asam.pdf.pictures import through
from asam.queries.packet import Line, Packet
from asam.queries.pictures import Drawn
from chart.queries.plan_tree import ObjectiveRow
from documents import Column, Document, Fact, Facts, Group, Heading, Kind, Notice, Signatures, Table, Text
from documents.blocks import Block
from programs.models import Placement

NOT_RELEASED = (
    "Not released. This paper was made for use here. It goes out to a payer only by the release gate, with the client's consent "
    "or another ground under 42 CFR Part 2."
)
POLICY = (
    "The frame of outcomes is program policy, not text of The ASAM Criteria. A person decided; software only compared the "
    "levels."
)


def packet_paper(
    found: Packet, lines: Sequence[Line], *, at: datetime, printed_by: str, drawn: Drawn | None = None
) -> Document:
    """Everything on the packet's page, for whoever reviews."""
    return _document("Review packet", found, at, printed_by, (
        *_due(found), *_last(found, lines), *_levels(found), *_ratings(found), *_drawn(found, drawn, at),
        *_chart(found), *_hours(found), *_plan(found), *_paid(found), Text(DISCLAIMER, small=True),
    ))  # fmt: skip


def ur_packet(
    found: Packet, lines: Sequence[Line], *, at: datetime, printed_by: str, drawn: Drawn | None = None
) -> Document:
    """What a payer asks of a review: dates and level, ratings with progress, withdrawal, attendance, medication, plan, what follows."""
    return _document("Utilization review packet", found, at, printed_by, (
        Notice("Not released", NOT_RELEASED, strong=True), *_asked(found), *_levels(found), *_ratings(found, lines),
        *_drawn(found, drawn, at), *_last(found, lines), *_chart(found, notes=False), *_hours(found), *_plan(found), *_paid(found),
        *_next(lines), Signatures(("Reviewed by", "Supervisor or prescriber")), Text(POLICY, small=True), Text(DISCLAIMER, small=True),
        Text(NOT_RELEASED, small=True),
    ))  # fmt: skip


def continued_service(line: Line, placement: Placement, *, at: datetime, printed_by: str) -> Document:
    """One signed review: what follows, the condition it rests on, the words, and who signed."""
    row, client, site = line.row, placement.episode.client, placement.program.site
    when = _clock(site.tz)
    confirmation = getattr(row, "confirmation", None)
    asked = "waits for it" if row.asks else "not needed"
    return Document(
        title="Continued-service review" if row.outcome == "continue" else "Review of the level of care",
        organisation=site.organisation.name, site=site.name, as_of=f"{client.called}, {client.record_number}",
        printed_by=f"{printed_by}, {when(at)}",
        blocks=(
            *(() if line.counts else (Notice("Corrected", "A later row corrects this review. Read that one.", strong=True),)),
            Facts(
                (
                    Fact("Client", client.called), Fact("Born", f"{client.born_on:%-d %b %Y}"),
                    Fact("Record", client.record_number), Fact("Program", row.placement.program.name),
                    Fact("Level then", row.level), Fact("Reviewed", when(row.reviewed_at)),
                    Fact("Ratings", f"of {when(row.assessment.at)}" if row.assessment else "none"),
                    Fact("They came to", f"{row.recommended} ({row.order or 'not comparable'})" if row.recommended else "not rated"),
                    Fact("Catalog", _catalog(row)), Fact("Signed", f"{row.by.signature}, {when(row.at)}"),
                    Fact("Confirmed", f"{confirmation.by.signature}, {when(confirmation.at)}" if confirmation else asked),
                    Fact("Next review", f"{row.next_on:%-d %b %Y}" if row.next_on else "with the step"),
                ),
                columns=2,
            ),
            *((Text(f"Corrects the review of {when(row.corrects.at)}: {row.corrected_why}"),) if row.corrects else ()),
            Heading("Why it was due", 2), *(Text(each, small=True) for each in row.due or ["not recorded"]),
            Heading("What follows", 2), Text(_outcome(line)), *(Text(each) for each in line.conditions),
            Heading(_why_head(row.outcome), 2),
            Text(row.why),
            *((Heading("What changed in the plan", 2), Text(row.plan_change)) if row.plan_change else ()),
            *((Heading("Why another outcome than the ratings support", 2), Text(row.against)) if row.against else ()),
            Heading("Progress by dimension", 2),
            Table((Column("Dimension", Kind.STRONG, 0.32), Column("Progress")), rows=tuple(line.progress), empty="Nothing was written."),
            Signatures(("Client, or refused", "Author", "Supervisor or prescriber")),
            Text(POLICY, small=True), Text(DISCLAIMER, small=True),
        ),
    )  # fmt: skip


def _document(title: str, found: Packet, at: datetime, printed_by: str, blocks: tuple[Block, ...]) -> Document:
    client, site = found.client, found.placement.program.site
    when = _clock(site.tz)
    return Document(
        title=title, organisation=site.organisation.name, site=site.name, as_of=f"{client.called}, {client.record_number}",
        printed_by=f"{printed_by}, {when(at)}", blocks=blocks,
    )  # fmt: skip


def _clock(tz: tzinfo):  # type: ignore[no-untyped-def]
    return lambda moment: f"{moment.astimezone(tz):%-d %b %Y %H:%M %Z}"


def _catalog(row: object) -> str:
    rated = getattr(row, "assessment", None)
    return f"{rated.catalog}, version {rated.catalog_version}" if rated is not None else "none"


def _why_head(outcome: str) -> str:
    less = outcome in {"step_down", "discharge"}
    return "Why a less intensive level is safe now" if less else "Why a less intensive level would fail"


def _outcome(line: Line) -> str:
    row = line.row
    return f"{row.get_outcome_display()}{f': {row.to_level}' if row.to_level else ''}."


def _due(found: Packet) -> Iterator[Block]:
    yield Heading("Why it is due", 2)
    reasons = found.why.reasons
    yield Text(f"{reasons.words[:1].upper()}{reasons.words[1:]}. {found.why.policy.source}.")
    for each in reasons.triggers:
        yield Text(f"{each.words} (asks for {each.on:%-d %b})", small=True)


def _asked(found: Packet) -> Iterator[Block]:
    placement = found.placement
    tz = placement.program.site.tz
    yield Facts(
        (
            Fact("Client", found.client.called), Fact("Born", f"{found.client.born_on:%-d %b %Y}"),
            Fact("Record", found.client.record_number),
            Fact("Payer", placement.episode.payer or "none on record"),
            Fact("Admitted", f"{placement.episode.started_at.astimezone(tz):%-d %b %Y}"), Fact("Level now", found.stands.level),
            Fact("At this level since", f"{placement.started_at.astimezone(tz):%-d %b %Y}, day {found.level_day}"),
            Fact("Diagnoses", "; ".join(f"{each.code} {each.name}".strip() for each in found.diagnoses) or "none on record"),
            Fact("Medication", "; ".join(found.medications) or "none ordered"),
        ),
        columns=2,
    )  # fmt: skip


def _levels(found: Packet) -> Iterator[Block]:
    yield Heading("Level of care", 2)
    proposal = found.proposal
    yield Facts(
        (
            Fact("Level now", found.stands.level), Fact("Ratings come to", proposal.words if proposal else "not rated yet"),
            Fact("Seen from the level", found.stands.order or "not comparable"),
            Fact("Authorised", found.paid.words or "nothing counts today"),
            Fact("Catalog", proposal.source if proposal else "none"),
            Fact("Attested", (proposal.attested or "not attested") if proposal else "none"),
        ),
        columns=2,
    )  # fmt: skip
    if proposal is not None and not proposal.attested:
        yield Notice(
            "Not attested", "Nobody of this organisation has said yet that they checked this version of the catalog."
        )
    for step in proposal.steps if proposal else ():
        yield Text(step, small=True)


def _ratings(found: Packet, lines: Sequence[Line] = ()) -> Iterator[Block]:
    yield Heading("Ratings through time", 2)
    tz = found.placement.program.site.tz
    heads = tuple(Column(f"{row.at.astimezone(tz):%-d %b %Y}", share=0.11) for row in found.taken)
    yield Table(
        (Column("Rated", Kind.STRONG), *heads), empty="Nobody has rated yet.",
        rows=tuple((each.name, *(code or "-" for code in each.codes)) for each in found.ratings),
    )  # fmt: skip
    counts = next((line for line in lines if line.counts), None)
    if counts is not None and counts.progress:
        yield Table((Column("Dimension", Kind.STRONG, 0.32), Column("Progress")), rows=tuple(counts.progress))


def _drawn(found: Packet, drawn: Drawn | None, at: datetime) -> Iterator[Block]:
    yield from through(drawn, found.placement.program.site, at, table=False)


def _last(found: Packet, lines: Sequence[Line]) -> Iterator[Block]:
    counts = next((line for line in lines if line.counts), None)
    yield Heading("Last review", 2)
    if counts is None:
        yield Text("None in this episode yet.")
        return
    row, tz = counts.row, found.placement.program.site.tz
    yield Text(
        f"{row.reviewed_at.astimezone(tz):%-d %b %Y}, {row.by.signature}: {_outcome(counts)} {'; '.join(counts.conditions)}."
    )
    yield Text(row.why)
    if row.plan_change:
        yield Text(f"In the plan: {row.plan_change}")


def _chart(found: Packet, *, notes: bool = True) -> Iterator[Block]:
    tz = found.placement.program.site.tz
    yield Heading("From the chart", 2)
    groups = [
        Group(
            part.title,
            tuple((f"{each.at.astimezone(tz):%-d %b %H:%M}", each.words, "since" if fresh else None) for each, fresh in part.lines),
        )
        for part in found.parts if notes or part.title != "Notes"
    ]  # fmt: skip
    if found.incidents:
        rows = tuple(
            (f"{each.at.astimezone(tz):%-d %b %H:%M}", f"{each.title}. {each.line}", "since" if fresh else None)
            for each, fresh in found.incidents
        )
        groups.append(Group("Incidents", rows))
    yield Table(
        (Column("When", share=0.16), Column("What"), Column("Last review", share=0.13)),
        groups=tuple(groups),
        empty="Nothing in this time.",
    )
    for trend in found.trends:
        yield Text(trend, small=True)


def _hours(found: Packet) -> Iterator[Block]:
    yield Heading("Hours of service", 2)
    rows = tuple((f"{each.monday:%-d %b %Y}", str(each.done), _met(each)) for each in found.weeks)
    yield Table(
        (Column("Week from", Kind.STRONG), Column("Delivered"), Column("Against the minimum")),
        rows=rows,
        empty="No week yet.",
    )


def _met(week: object) -> str:
    done, whole, there = (getattr(week, name) for name in ("done", "whole", "there"))
    if done.minimum is None:
        return "no minimum"
    if not whole:
        return "the week goes on"
    return "met" if done.met else "short" if there else "began in this week"


def _plan(found: Packet) -> Iterator[Block]:
    yield Heading("Treatment plan", 2)
    if found.plan is None:
        yield Text("No plan is signed.")
        return
    plan = found.plan.plan
    yield Text(f"Version {plan.number}, review {f'{plan.review_on:%-d %b %Y}' if plan.review_on else 'not set'}.")
    yield Table(
        (Column("", share=0.07), Column("Objective", Kind.STRONG), Column("State", share=0.16), Column("In words", share=0.3)),
        rows=tuple((each.number, each.words, _state(each), each.status.words if each.status else None) for each in found.plan.objectives),
        empty="No objective.",
    )  # fmt: skip


def _state(row: ObjectiveRow) -> str:
    if row.status is None:
        return "nothing said yet"
    share = f" {row.status.percent} %" if row.status.percent is not None else ""
    return f"{row.status.get_status_display()}{share}"


def _paid(found: Packet) -> Iterator[Block]:
    yield Heading("Authorised", 2)
    rows = tuple(
        (each.row.payer, each.row.level, each.amount, f"{each.row.first_on:%-d %b} to {each.row.last_on:%-d %b %Y}", each.used or None)
        for each in found.paid.lines if each.counts
    )  # fmt: skip
    heads = ("Payer", "Level", "Approved", "Days", "Used")
    yield Table(tuple(Column(head) for head in heads), rows=rows, empty="No authorisation is on record.")
    if found.paid.gap:
        yield Notice("Look", found.paid.gap.words)


def _next(lines: Sequence[Line]) -> Iterator[Block]:
    counts = next((line for line in lines if line.counts), None)
    yield Heading("What follows", 2)
    if counts is None:
        yield Text("No review is signed yet: nothing is asked for.")
        return
    until = f" Next review {counts.row.next_on:%-d %b %Y}." if counts.row.next_on else ""
    yield Text(f"{_outcome(counts)}{until}")
