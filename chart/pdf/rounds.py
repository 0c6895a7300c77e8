"""The report of rounds on paper and for a spreadsheet."""

from chart.queries.rounds.report import RoundsReport, Sums
from documents import Column, Document, Figure, Figures, Heading, Kind, Table, Text
from programs.rules.dates import said, said_at
from staff.models import Person

HEADS = (
    "unit", "bed", "client", "record", "due at", "outcome", "seen at", "entered at", "minutes late", "by", "found", "proof",
)  # fmt: skip
LINE_HEADS = (
    "unit", "bed", "client", "record", "asked for", "due", "in time", "entered later", "late", "missed", "longest delay in minutes",
    "with tag", "without tag", "more looks",
)  # fmt: skip


def line_rows(report: RoundsReport) -> list[tuple[object, ...]]:
    """A row a client, for a spreadsheet."""
    return [(line.unit, line.place, line.name, line.record, line.why, *_numbers(line.sums)) for line in report.lines]


def trouble_rows(report: RoundsReport) -> list[tuple[object, ...]]:
    """A row for each look that was late or missed, on the site's clock."""
    tz = report.site.tz
    return [
        (
            each.unit, each.place, each.name, each.record, each.due_at.astimezone(tz), each.outcome.value,
            each.seen_at and each.seen_at.astimezone(tz), each.entered_at and each.entered_at.astimezone(tz),
            each.minutes or None, each.by, each.found, each.proof,
        )
        for each in report.trouble
    ]  # fmt: skip


def rounds_document(report: RoundsReport, by: Person) -> Document:
    """Sums a client, then every look that was not in time."""
    tz, total = report.site.tz, report.total
    span = said(report.first) if report.first == report.last else f"{said(report.first)} to {said(report.last)}"
    return Document(
        title="Observation rounds",
        organisation=report.site.organisation.name,
        site=report.site.name,
        as_of=f"As of {said_at(report.at, tz)}",
        printed_by=f"Printed by {by.signature}",
        landscape=True,
        blocks=(
            Heading(span),
            Text(
                "What was due is computed from orders, watches and the site's rounds of the night. A look counts as in time when it was "
                "taken and had come here by then. Entered later: taken in time by the tablet's clock, and came here after. Late stays "
                "late, and missed stays missed."
            ),
            Figures(
                (
                    Figure("Looks due", total.due, "" if total.percent is None else f"{total.percent} % in time"),
                    Figure("In time", total.on_time), Figure("Entered later", total.entered_later),
                    Figure("Late", total.late, f"longest {total.longest} min" if total.late else ""), Figure("Missed", total.missed),
                )
            ),
            Heading("Clients", 2),
            Table(
                (Column("Bed"), Column("Client", Kind.STRONG), Column("Asked for"), *(Column(h, Kind.NUMBER) for h in (
                    "Due", "In time", "Entered later", "Late", "Missed", "Longest, min", "With tag", "Without", "More looks"))),
                tuple(
                    (f"{line.unit}\n{line.place}", f"{line.name}\n{line.record}", line.why, *_numbers(line.sums))
                    for line in report.lines
                ),
                total=("All", None, None, *_numbers(total)),
                empty="Nobody was to be looked in on.",
            ),
            Heading("Late, entered later, missed", 2),
            Table(
                (Column("Due"), Column("Bed"), Column("Client", Kind.STRONG), Column("What became of it"), Column("Seen, entered"),
                 Column("Found"), Column("Proof"), Column("By")),
                tuple(
                    (
                        f"{each.due_at.astimezone(tz):%a %-d %b %H:%M}", each.place, each.name,
                        each.outcome.value + (f", {each.minutes} min" if each.minutes else ""),
                        "" if each.seen_at is None or each.entered_at is None
                        else f"{each.seen_at.astimezone(tz):%H:%M}, {each.entered_at.astimezone(tz):%H:%M}",
                        each.found, each.proof, each.by,
                    )
                    for each in report.trouble
                ),
                empty="Every look that was due was taken in time.",
            ),
        ),
    )  # fmt: skip


def _numbers(sums: Sums) -> tuple[int, ...]:
    return (
        sums.due, sums.on_time, sums.entered_later, sums.late, sums.missed, sums.longest, sums.tagged, sums.untagged, sums.extra,
    )  # fmt: skip
