"""What a released record holds: the parts of the chart whose class of information may go, and nothing else."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from chart.queries.allergies import NOT_ASKED, allergies_of
from chart.queries.beside import people
from chart.queries.facts import diagnoses_of
from documents import Column, Fact, Facts, Heading, Kind, Notice, Table, Text, render
from documents.blocks import Block
from privacy.actions.release import Permit
from privacy.pdf.released import released_document
from privacy.rules.classes import InfoClass
from privacy.rules.sections import ON_PAPER, titles_of
from programs.papers import Span, sections
from programs.people import ids_of

PEOPLE = (Column("Who", Kind.STRONG, 0.4), Column("As"), Column("Telephone"))


IN_DAYS = ON_PAPER - {InfoClass.IDENTITY, InfoClass.CONTACTS, InfoClass.ALLERGIES, InfoClass.DIAGNOSES}
"""What belongs to days; the rest is told as it stands."""


def released(permit: Permit, first: date, last: date) -> bytes:
    """The PDF of the days ``first`` to ``last``, as known at the instant of the release."""
    tz = permit.going.site.tz
    span = Span(
        ids_of(permit.going.client), datetime.combine(first, time(), tzinfo=tz),
        datetime.combine(last + timedelta(days=1), time(), tzinfo=tz), permit.at, tz,
    )  # fmt: skip
    return render(released_document(permit, (first, last), tuple(_parts(permit, span))))


def _parts(permit: Permit, span: Span) -> Iterator[Block]:
    client, classes = permit.going.client, permit.decision.classes
    if InfoClass.IDENTITY in classes:
        yield Heading("Who this is about")
        yield Facts((
            Fact("Name", client.called), Fact("Legal name", f"{client.first_name} {client.last_name}"),
            Fact("Record", client.record_number), Fact("Born", span.day(datetime.combine(client.born_on, time(12), tzinfo=span.tz))),
        ))  # fmt: skip
    if InfoClass.CONTACTS in classes:
        yield Heading("People", 2)
        around = people(span.client_ids, span.at)
        yield Table(PEOPLE, tuple((each.name, each.part, each.phone) for each in around), empty="Nobody is recorded.")
    if InfoClass.ALLERGIES in classes:
        known = allergies_of(span.client_ids[:1], span.at).get(client.pk, NOT_ASKED)
        yield Notice("Allergies now", known.line(span.tz) or "Nobody asked.", strong=bool(known))
    if InfoClass.DIAGNOSES in classes:
        yield Heading("Diagnoses now", 2)
        counted = diagnoses_of(span.client_ids)
        lines = [f"{each.code} {each.name} ({each.get_kind_display().lower()})".strip() for each in counted]
        yield Text("\n".join(lines) or "None is recorded.")
    titles = titles_of(classes)
    found = sections(span, titles) if titles else []
    for part in found:
        yield Heading(part.title)
        yield from part.blocks
    there = {part.title for part in found}
    for info in InfoClass:
        if info in classes and info in IN_DAYS and not there & set(titles_of({info})):
            yield Text(f"{info.label}: nothing is recorded in these days.")
