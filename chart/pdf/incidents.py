"""One incident on paper: for whoever may read the whole report."""

from datetime import datetime, tzinfo

from chart.queries.incidents import Report
from chart.rules.incidents import Part, Step
from documents import Column, Document, Fact, Facts, Heading, Kind, Notice, Table, Text
from programs.rules.dates import said_at
from staff.models import Person


def incident_document(found: Report, *, at: datetime, tz: tzinfo, by: Person) -> Document:
    """The report, who was told, and its review. It may name several clients: it belongs into no chart."""
    row = found.row
    facts = (
        Fact("Kind", found.kind.label), Fact("Severity", found.severity.label), Fact("Happened", said_at(row.happened_at, tz)),
        Fact("Where", row.place), Fact("Reported", said_at(row.entered_at, tz)), Fact("By", row.by.name),
    )  # fmt: skip
    people = tuple(
        (f"{each.client.called}\n{each.client.record_number}", Part(each.part).label, each.about, each.injury)
        for each in row.clients.all()
    )
    told = tuple(
        (each.who, each.how, said_at(each.told_at, tz), each.by.signature)
        for each in row.told.order_by("told_at", "pk")
    )
    steps = tuple(
        (Step(each.step).label, each.text, said_at(each.at, tz), each.by.signature)
        for each in row.reviews.order_by("pk")
    )
    newer = found.newer
    notices = (
        ()
        if newer is None
        else (Notice("Corrected", f"A newer report stands in its place: {newer.corrected_why}", strong=True),)
    )
    return Document(
        title="Incident report",
        organisation=row.site.organisation.name,
        site=row.site.name,
        as_of=f"As of {said_at(at, tz)}",
        printed_by=f"Printed by {by.signature}",
        blocks=(
            *notices,
            Text("This report may name several clients. It is not part of any client's chart."),
            Facts(facts),
            Heading("What happened", 2), Text(row.what), Heading("What was done", 2), Text(row.done),
            Heading("Clients", 2),
            Table(
                (Column("Client", Kind.STRONG), Column("Part"), Column("Of this client alone"), Column("Injury")), people,
                empty="No client was part of it.",
            ),
            Heading("Colleagues who were there", 2),
            Text(", ".join(each.person.signature for each in row.staff_there.all()) or "Nobody is named."),
            Heading("Who was told", 2),
            Table((Column("Who", Kind.STRONG), Column("How"), Column("When"), Column("Written by")), told, empty="Nobody was told yet."),
            Heading("Review", 2),
            Table((Column("Step", Kind.STRONG), Column("In words"), Column("When"), Column("By")), steps, empty="Nothing is written yet."),
        ),
    )  # fmt: skip
