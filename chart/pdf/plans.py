"""A version of a treatment plan on paper, with the names under it."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from chart.models import PlanAgreement
from chart.queries.plan_page import PlanPage
from chart.queries.plan_tree import ObjectiveRow, ProblemRow
from documents import Column, Document, Drawn, Fact, Facts, Heading, Notice, Table, Text
from documents.blocks import HANDED, Block
from programs.models import Site
from programs.rules.dates import said, said_at
from programs.rules.signature import HIGH, WIDE, lines_of

EMPTY = "Not written"
COLUMNS = (Column("What is done", share=0.5), Column("How often", share=0.2), Column("By whom", share=0.3))


def plan_document(page: PlanPage, site: Site, at: datetime, *, printed_by: str) -> Document:
    """The document: whose it is, what they want, every problem with what is done, the signatures, the reviews."""
    plan, client = page.plan, page.plan.episode.client
    return Document(
        title=f"Treatment plan, version {plan.number}",
        organisation=site.organisation.name,
        site=site.name,
        as_of=f"{client.called}, {client.record_number}",
        confidential=HANDED,
        printed_by=f"{printed_by}, {said_at(at, site.tz)}",
        blocks=tuple(_blocks(page, site.tz)),
    )


def _blocks(page: PlanPage, tz: tzinfo) -> Iterator[Block]:
    plan, client = page.plan, page.plan.episode.client
    signed, review_on = said_at(plan.signed_at, tz) if plan.signed_at else "", page.review_on or plan.review_on
    if page.state != "counts":
        yield Notice(page.label, "This version does not count now.", strong=page.state == "draft")
    yield Facts(
        (
            Fact("Client", client.called), Fact("Born", said(client.born_on)), Fact("Record", client.record_number),
            Fact("Version", f"{plan.number}, {page.label.lower()}"),
            Fact("Signed", f"{signed}, {plan.signed_by.signature}" if plan.signed_by else "Not signed"),
            Fact("Looked at again", said(review_on) if review_on else EMPTY),
        )
    )  # fmt: skip
    yield Heading("In the client's own words", 2)
    yield Text(plan.wish or EMPTY)
    for problem in page.tree.problems:
        yield from _problem(problem)
    yield Heading("Names under this plan")
    yield from _names(page, tz)
    for override in plan.overrides:
        yield Text(f"Signed although: {' '.join(override['messages'])} Reason: {override['reason']}", small=True)
    if page.reviews:
        yield Heading("Reviews")
    for review in page.reviews:
        yield Heading(f"{said_at(review.at, tz)}, {review.by.signature}", 2)
        yield Text(f"{review.get_outcome_display()}. {review.found}")
        if review.changes:
            yield Text(f"To change: {review.changes}")
        yield Text(f"Next on {said(review.next_on)}.", small=True)


def _problem(problem: ProblemRow) -> Iterator[Block]:
    dimension = f", dimension {problem.dimension}" if problem.dimension else ""
    yield Heading(f"Problem {problem.number}{dimension}")
    yield Text(_words(problem.words, problem.closed_why))
    for goal in problem.goals:
        yield Heading(f"Goal: {_words(goal.words, goal.closed_why)}", 2)
        for objective in goal.objectives:
            yield from _objective(objective)


def _objective(row: ObjectiveRow) -> Iterator[Block]:
    yield Text(f"Objective {row.number}: {_words(row.words, row.closed_why)}")
    status = f"{row.status.get_status_display()}: {row.status.words}" if row.status else "Nobody said yet"
    yield Facts(
        (
            Fact("Measured by", row.measured or EMPTY), Fact("By", said(row.by_date) if row.by_date else EMPTY),
            Fact("From", row.baseline or EMPTY), Fact("To", row.target or EMPTY), Fact("How it goes", status),
        )
    )  # fmt: skip
    rows = tuple(
        (_words(each.words, each.closed_why), each.frequency or EMPTY, each.owner or EMPTY)
        for each in row.interventions
    )
    if rows:
        yield Table(COLUMNS, rows)


def _names(page: PlanPage, tz: tzinfo) -> Iterator[Block]:
    plan = page.plan
    if plan.signed_at is None or plan.signed_by is None:
        yield Text("Nobody has signed this version.")
        return
    yield Text(f"Author: {plan.signed_by.name}, {plan.signed_by.signature}, signed {said_at(plan.signed_at, tz)}.")
    for answer in reversed(page.answers):
        yield from _answer(answer, plan.episode.client.called, tz)
    if not page.answers:
        yield Text("The client was not asked yet.")
    yield Text(f"Seal of this version, SHA-256: {plan.sha256}", small=True)


def _answer(answer: PlanAgreement, client: str, tz: tzinfo) -> Iterator[Block]:
    when = said_at(answer.at, tz)
    yield Text(answer.intent)
    if answer.kind == PlanAgreement.Kind.DRAWN:
        yield Drawn(
            lines_of(answer.strokes),
            WIDE,
            HIGH,
            f"{client}, {when}, with {answer.by.signature}. SHA-256 {answer.sha256}",
        )
        return
    witness = f", witness {answer.witness.name}, {answer.witness.signature}" if answer.witness else ""
    words = f" {answer.words}" if answer.words else ""
    yield Notice(answer.get_kind_display(), f"{when}, with {answer.by.signature}{witness}.{words}")
    yield Text(f"SHA-256 {answer.sha256}", small=True)


def _words(words: str, closed: str) -> str:
    return f"{words or EMPTY} (closed: {closed})" if closed else words or EMPTY
