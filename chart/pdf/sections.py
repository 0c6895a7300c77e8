"""What the chart itself adds to the paper of a whole chart: where the client was, the plan, notes, scores, vitals and screens."""

from collections.abc import Iterator

from django.db.models import Q

from chart.models import Note, Plan
from chart.pdf.plan_part import plan_blocks
from chart.queries.facts_told import allergies, diagnoses, safety_plans, screened
from chart.queries.notes import parts_of
from chart.queries.plan_timeline import plans
from chart.queries.plan_tree import tree
from chart.queries.scores import scored
from chart.queries.summary import TEMPLATE as SUMMARY
from chart.queries.timeline import moves
from chart.queries.vitals import measured
from documents.blocks import Block, Column, Heading, Kind, Notice, Table, Text
from programs.contributions import TimelineProvider
from programs.papers import Section, Span, by_month

LINES = (Column("When", share=0.17), Column("What", Kind.STRONG, 0.3), Column("More"), Column("By", share=0.17))
STRETCHES: tuple[tuple[int, str, TimelineProvider], ...] = (
    (10, "Placements and leaves", moves), (14, "Allergies", allergies), (16, "Diagnoses", diagnoses),
    (18, "Safety plans", safety_plans), (25, "Plan and reviews", plans), (40, "Scores", scored), (50, "Vitals", measured),
    (60, "Drug screens", screened),
)  # fmt: skip


def sections(span: Span) -> Iterator[Section]:
    """The chart's own parts of the paper, each oldest first."""
    for rank, title, provider in STRETCHES:
        yield Section(rank, title, lines(span, provider))
    yield Section(20, "Treatment plan", tuple(_plans(span)))
    yield Section(30, "Notes", tuple(_notes(span, summaries=False)))
    yield Section(32, "Discharge summaries", tuple(_notes(span, summaries=True)))


def lines(span: Span, provider: TimelineProvider) -> tuple[Block, ...]:
    """A part of the timeline as a table, oldest first; nothing where it is empty."""
    rows = tuple(
        (span.local(entry.at), f"{entry.title} {entry.level}".strip(), entry.line, entry.by)
        for entry in by_month(provider, span)
    )
    return (Table(LINES, rows),) if rows else ()


def _plans(span: Span) -> Iterator[Block]:
    """The version that counted last in each episode."""
    rows = Plan.objects.filter(episode__client__in=span.client_ids, signed_at__lt=span.until, signed_at__lte=span.at)
    for plan in rows.order_by("episode", "-number").distinct("episode").select_related("signed_by"):
        if plan.signed_at is not None:
            yield from plan_blocks(tree(plan, span.at), span)


def _notes(span: Span, *, summaries: bool) -> Iterator[Block]:
    """Every note as it was signed, with what amended it; what was retracted says so and keeps its words. Read in hundreds.
    Discharge summaries, with what amends them, stand apart: a release may hold them and not the notes."""
    summary = Q(template=SUMMARY) | Q(root__template=SUMMARY) | Q(adds_to__template=SUMMARY)
    rows = Note.objects.filter(
        episode__client__in=span.client_ids, about_at__gte=span.since, about_at__lt=span.until, written_at__lte=span.at
    )
    rows = rows.filter(summary) if summaries else rows.exclude(pk__in=rows.filter(summary).values("pk"))
    newer = rows.select_related("by", "corrected_by__by", "cosign__by").order_by("about_at", "pk")
    for note in newer.iterator(chunk_size=100):
        yield Heading(f"{note.title}, {span.local(note.about_at)}", 2)
        later = getattr(note, "corrected_by", None)
        if later is not None and later.written_at <= span.at:
            retracted = later.amendment == Note.Amendment.RETRACTION
            word = "Entered in error" if retracted else "Corrected"
            yield Notice(word, f"{later.by.signature}, {span.local(later.written_at)}: {later.reason}")
        elif note.reason:
            yield Notice(note.title, note.reason)
        for part in parts_of(note):
            yield Text(f"{part.label}: {part.text}" if part.label else part.text)
        yield Text(
            f"Signed by {note.by.signature}, {span.local(note.written_at)}. Seal {note.sha256[:12]}.", small=True
        )
