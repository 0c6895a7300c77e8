"""A version of the treatment plan as a part of a larger paper."""

from collections.abc import Iterator

from chart.queries.plan_tree import ObjectiveRow, Tree
from documents.blocks import Block, Column, Heading, Kind, Table, Text
from programs.papers import Span

OBJECTIVES = (
    Column("Objective", Kind.STRONG, 0.4), Column("Measured by"), Column("From"), Column("To"), Column("By"), Column("Now"),
)  # fmt: skip


def plan_blocks(found: Tree, span: Span) -> Iterator[Block]:
    """Problems and goals as headings, objectives as rows; closed lines say why."""
    plan = found.plan
    signed = "" if plan.signed_at is None or plan.signed_by is None else (
        f"Version {plan.number}, signed by {plan.signed_by.signature}, {span.local(plan.signed_at)}"
    )  # fmt: skip
    yield Text(signed, small=True)
    if plan.wish:
        yield Text(f"In the client's words: {plan.wish}")
    for problem in found.problems:
        yield Heading(f"Problem {problem.number}: {problem.words}{_closed(problem.closed_why)}", 2)
        for goal in problem.goals:
            yield Text(f"Goal: {goal.words}{_closed(goal.closed_why)}")
            if goal.objectives:
                yield Table(OBJECTIVES, tuple(_objective(each, span) for each in goal.objectives))


def _objective(row: ObjectiveRow, span: Span) -> tuple[str, ...]:
    done = "\n".join(f"{each.words}: {each.frequency}, {each.owner}" for each in row.interventions)
    status = "" if row.status is None else row.status.get_status_display()
    words = f"{row.number} {row.words}{_closed(row.closed_why)}"
    return (
        f"{words}\n{done}" if done else words, row.measured, row.baseline, row.target,
        f"{row.by_date:%-d %b %Y}" if row.by_date else "", status,
    )  # fmt: skip


def _closed(why: str) -> str:
    return f" (closed: {why})" if why else ""
