"""The review of charts as a file: on paper for a surveyor, and as a spreadsheet."""

from chart.queries.completeness import ChartReview, SiteReview
from documents import Column, Document, Figure, Figures, Heading, Kind, Table, Text, render, spreadsheet
from programs.rules.dates import said_at
from staff.models import Person

HEADS = (
    "Client",
    "Number",
    "Program",
    "Level",
    "Complete",
    "Due",
    "In order",
    "Done late",
    "Missing",
    "Overdue",
    "Not signed",
    "What is wrong",
)


def review_pdf(review: SiteReview, *, by: Person) -> bytes:
    """The programs, then every chart with what is wrong in it."""
    tz, total = review.site.tz, review.total
    figures = (
        () if total is None else (
            Figures((
                Figure("Charts", total.charts), Figure("Complete charts", total.complete), Figure("In order", f"{total.sums.percent} %"),
                Figure("Missing", total.sums.missing), Figure("Overdue", total.sums.overdue), Figure("Not signed", total.sums.unsigned),
            )),
        )
    )  # fmt: skip
    rows = tuple(
        (
            row.program.name,
            row.charts,
            row.complete,
            f"{row.sums.percent} %",
            row.sums.missing,
            row.sums.overdue,
            row.sums.unsigned,
        )
        for row in review.programs
    )
    columns = (
        Column("Program", Kind.STRONG), Column("Charts", Kind.NUMBER), Column("Complete", Kind.NUMBER), Column("In order", Kind.NUMBER),
        Column("Missing", Kind.NUMBER), Column("Overdue", Kind.NUMBER), Column("Not signed", Kind.NUMBER),
    )  # fmt: skip
    lines = tuple(
        (
            f"{row.client.called}\n{row.client.record_number}",
            f"{row.program.name}, {row.level}",
            f"{row.sums.percent} %",
            wrong_words(row),
        )
        for row in review.charts
    )
    return render(
        Document(
            title="Review of charts", organisation=review.site.organisation.name, site=review.site.name,
            as_of=f"As of {said_at(review.at, tz)}", printed_by=f"Printed by {by.signature}", landscape=True,
            blocks=(
                Text(
                    "Derived from what was signed. A check counts once it was due; those in order are divided by those that were due, "
                    "rounded down. Consents are not part of this review yet."
                ),
                *figures, Heading("By program"), Table(columns, rows, empty="Nobody was in a program here."),
                Heading("Charts"),
                Table(
                    (Column("Client", Kind.STRONG), Column("Program"), Column("In order", Kind.NUMBER), Column("What is wrong")), lines,
                    empty="No chart to review.",
                ),
            ),
        )
    )  # fmt: skip


def review_csv(review: SiteReview) -> bytes:
    """One row a chart."""
    return spreadsheet(
        HEADS,
        [
            (
                row.client.called, row.client.record_number, row.program.name, row.level, row.sums.percent, row.sums.due, row.sums.good,
                row.sums.late, row.sums.missing, row.sums.overdue, row.sums.unsigned, wrong_words(row),
            )
            for row in review.charts
        ],
    )  # fmt: skip


def wrong_words(row: ChartReview) -> str:
    """'Initial plan: 2 days late; Allergies asked: nobody asked'; 'Nothing' where all is in order."""
    return "; ".join(f"{check.label}: {check.words or check.state.label}" for check in row.wrong) or "Nothing"
