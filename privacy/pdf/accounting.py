"""The accounting of disclosures on paper, for the client."""

from documents import Column, Document, Kind, Table, Text
from privacy.queries.accounting import Accounting
from programs.rules.dates import said, said_at
from staff.models import Person

COLUMNS = (
    Column("When", share=0.17), Column("To", Kind.STRONG, 0.22), Column("What", share=0.31), Column("For", share=0.12),
    Column("On what", share=0.18),
)  # fmt: skip


def accounting_document(found: Accounting, by: Person) -> Document:
    """Every line with date, recipient and address, what, for what (45 CFR 164.528(b)(2))."""
    tz = found.site.tz
    rows = tuple(
        (
            said_at(line.last, tz) if line.times == 1 else f"{line.times} times, {said(line.first.astimezone(tz).date())} to "
            f"{said(line.last.astimezone(tz).date())}",
            f"{line.recipient}\n{line.address or 'Address not recorded'}", line.summary, line.purpose, line.basis.label,
        )
        for line in found.lines
    )  # fmt: skip
    return Document(
        title=f"Accounting of disclosures: {found.client.called}",
        organisation=found.site.organisation.name,
        site=found.site.name,
        as_of=f"As of {said_at(found.at, tz)}",
        printed_by=f"Given by {by.signature}",
        confidential="Your own record. 42 CFR part 2 prohibits unauthorized use or disclosure of these records.",
        landscape=True,
        blocks=(
            Text(
                f"{found.client.called}, {found.client.record_number}. What left this program about you from "
                f"{said(found.first)} on: to whom, what, for what, and on what it rested. What staff of this program use among "
                "themselves, what our own service providers handle for us, and copies you were given yourself are not listed "
                "(42 CFR 2.25, 45 CFR 164.528)."
            ),
            Table(COLUMNS, rows, empty="Nothing was disclosed in this time."),
        ),
    )
