"""A client's weeks on paper: every session with its minutes; and the letter that says a payer how many hours were delivered."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from documents import Column, Document, Fact, Facts, Heading, Kind, Notice, Signatures, Table, Text
from documents.blocks import Block
from groups.findings import DASH
from groups.queries.ledger import Ledger
from groups.rules.minutes import WeekProgress, say_minutes
from programs.models import Client, Site
from programs.rules.dates import said, said_at

LINES = (
    Column("Date", Kind.STRONG), Column("Time"), Column("Session", share=0.3), Column("Service"), Column("Attended"),
    Column("Minutes", Kind.NUMBER), Column("Units"), Column("Made up"),
)  # fmt: skip
SERVICES = (
    Column("Service", Kind.STRONG, 0.5),
    Column("Minutes", Kind.NUMBER),
    Column("Units", Kind.NUMBER),
    Column("Rule"),
)
WEEKS = (
    Column("Week", Kind.STRONG, 0.26), Column("Level"), Column("Delivered", Kind.NUMBER), Column("Days", Kind.NUMBER),
    Column("Asked for"), Column("Result"),
)  # fmt: skip


def attendance_document(
    client: Client, site: Site, weeks: Sequence[Ledger], *, at: datetime, printed_by: str
) -> Document:
    """Attendance by week, every session with what it counts for; ``weeks`` as ``groups.queries.documents.weeks`` gives them."""
    return Document(
        title=f"{client.called}: attendance",
        organisation=site.organisation.name,
        site=site.name,
        as_of=f"As of {said_at(at, site.tz)}",
        printed_by=printed_by,
        landscape=True,
        blocks=(_who(client), *(block for week in weeks for block in _week(week))),
    )


def _who(client: Client) -> Facts:
    return Facts(
        (
            Fact("Client", client.called), Fact("Born", f"{client.born_on:%-d %b %Y}"), Fact("Record", client.record_number),
        ),
        columns=3,
    )  # fmt: skip


def _week(found: Ledger) -> Iterator[Block]:
    yield Heading(f"Week of {said(found.week.monday)}")
    level = f", level {found.level}" if found.level else ""
    yield Text(f"{found.program or 'In no program'}{level}. {found.progress}. {result(found.progress)}.")
    rows = tuple(
        (
            f"{line.on:%a %-d %b}", f"{line.starts}{DASH}{line.ends}", line.name, line.service, line.status, line.minutes,
            line.units, line.made_up,
        )
        for line in found.lines
    )  # fmt: skip
    total = (None, None, None, None, "Credited", found.progress.done, None, None)
    yield Table(LINES, rows, total=total if rows else None, empty="No session was marked in this week.")
    if found.by_service:
        services = tuple((f"{row.code} {row.name}", row.minutes, row.units, row.source) for row in found.by_service)
        yield Table(SERVICES, services)


def hours_document(
    client: Client, site: Site, weeks: Sequence[Ledger], *, first: date, last: date, at: datetime, printed_by: str
) -> Document:
    """The letter for a payer: hours delivered by week against what the level asks for. No topic and no word of a note is in it.

    It is a draft until somebody releases it: that needs the client's consent, which this paper does not give.
    """
    met = sum(found.progress.met for found in weeks)
    ruled = [found for found in weeks if found.progress.minimum is not None]
    total = sum(found.progress.done for found in weeks)
    return Document(
        title="Hours of treatment delivered",
        organisation=site.organisation.name,
        site=site.name,
        as_of=f"{said(first)} to {said(last)}",
        printed_by=printed_by,
        blocks=(
            Notice(
                "Not released",
                "Records of substance use treatment leave this program only with the client's consent or where 42 CFR Part 2 "
                "allows it. Record the release before you send this.",
                strong=True,
            ),
            _who(client),
            Text(
                f"Between {said(first)} and {said(last)} this client received {say_minutes(total)} of scheduled treatment. "
                f"{met} of {len(ruled)} week{'' if len(ruled) == 1 else 's'} with a weekly minimum met it. Minutes are those "
                "from arrival to departure as recorded in the session; no minute counts twice."
            ),
            Table(WEEKS, tuple(_line(found) for found in weeks), empty="No week lies in this range."),
            Text(f"Counted {said_at(at, site.tz)} from attendance records.", small=True),
            Signatures(("Clinician", "Date")),
        ),
    )


def _line(found: Ledger) -> tuple[str | int, ...]:
    rule = found.progress
    return (
        f"{said(found.week.monday)} to {said(found.week.last_day)}",
        found.level or "none",
        say_minutes(rule.done),
        len(found.by_day),
        say_minutes(rule.minimum) if rule.minimum is not None else "no weekly minimum",
        result(rule),
    )


def result(progress: WeekProgress) -> str:
    """'Met', 'Short by 2 h 20', 'A day too few'."""
    if progress.minimum is None:
        return "No minimum"
    short = [f"short by {say_minutes(progress.short_by)}"] if progress.short_by else []
    if progress.days_short:
        short.append("a day too few" if progress.days_short == 1 else f"{progress.days_short} days too few")
    return ", ".join(short).capitalize() or "Met"
