"""The census of a date on paper: one midnight by unit, level and payer, and the range by unit. No names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from beds.queries.census.page import CensusPage, Share, UnitLine
from beds.rules.census import Asked, average, duration, percent
from documents import Column, Document, Figure, Figures, Heading, Kind, Table, Text
from programs.models import Site
from programs.rules.dates import said_at
from staff.models import Person

NUMBER = Kind.NUMBER
PEOPLE = tuple(Column(head, NUMBER, 0.14) for head in ("In the building", "On leave", "Census"))


@dataclass(frozen=True)
class Printed:
    """Where, by whom and when (aware UTC) a document is made."""

    site: Site
    by: Person
    at: datetime

    @property
    def as_of(self) -> str:
        """'Counted 18 Nov 2025, 10:42 EST'."""
        return f"Counted {said_at(self.at, self.site.tz)}"

    @property
    def printed_by(self) -> str:
        """'Printed by Robin Cole, RN'."""
        return f"Printed by {self.by.signature}"


def census_document(page: CensusPage, printed: Printed) -> Document:
    """The document; ``page`` is what the screen shows."""
    night, asked = page.all.day, page.asked
    return Document(
        title=f"Midnight census, {asked.on:%-d %b %Y}",
        organisation=printed.site.organisation.name,
        site=printed.site.name,
        as_of=printed.as_of,
        printed_by=printed.printed_by,
        blocks=(
            Text(
                "Who has a bed at the midnight that ends the date, on the site's wall clock. The bed of a person on leave is "
                "kept and counted."
            ),
            Figures(
                (
                    Figure("In the building", night.in_house),
                    Figure("On leave", night.on_leave),
                    Figure("Census", night.census, f"of {night.in_service} in service"),
                    Figure("Held and empty", night.held),
                    Figure("Occupancy", percent(night.occupancy)),
                )
            ),
            Heading("By unit"),
            _units(page),
            Heading("By level"),
            _shares("Level", page.levels),
            Heading("By payer"),
            _shares("Payer", page.payers),
            *_range(page),
        ),
    )


def said_range(asked: Asked) -> str:
    """'20 Aug 2025 to 17 Nov 2025'."""
    return f"{asked.first:%-d %b %Y} to {asked.last:%-d %b %Y}"


def _units(page: CensusPage) -> Table:
    def row(unit: UnitLine) -> tuple[str | int, ...]:
        day = unit.day
        return unit.name, day.in_house, day.on_leave, day.census, day.in_service, day.held, percent(day.occupancy)

    columns = (
        Column("Unit", Kind.STRONG), *PEOPLE, Column("In service", NUMBER), Column("Held, empty", NUMBER),
        Column("Occupancy", NUMBER),
    )  # fmt: skip
    return Table(columns, tuple(row(unit) for unit in page.units), total=row(page.all), empty="The site has no beds.")


def _shares(head: str, shares: Sequence[Share]) -> Table:
    rows = tuple((share.name, share.in_house, share.on_leave, share.census) for share in shares)
    return Table((Column(head, Kind.STRONG), *PEOPLE), rows, empty="Nobody had a bed.")


def _range(page: CensusPage) -> tuple[Heading | Figures | Table, ...]:
    def row(unit: UnitLine) -> tuple[str | int, ...]:
        sum_ = unit.figures
        return (
            unit.name, percent(sum_.occupancy), sum_.bed_days, sum_.service_days, sum_.leave_days, sum_.hold_days,
            sum_.admissions, sum_.departures, average(sum_.average_stay),
        )  # fmt: skip

    heads = ("Occupancy", "Bed-days", "In service", "On leave", "Held, empty", "Came", "Left", "Average stay")
    all_ = page.all.figures
    return (
        Heading(said_range(page.asked)),
        Figures(
            (
                Figure("Occupancy", percent(all_.occupancy)),
                Figure("Bed-days", all_.bed_days, f"{all_.leave_days} of them on leave"),
                Figure("Came, left", f"{all_.admissions}, {all_.departures}"),
                Figure("Average stay", average(all_.average_stay)),
                Figure("Turnaround of a bed", duration(page.turnaround.middle), "median"),
            )
        ),
        Table(
            (Column("Unit", Kind.STRONG), *(Column(head, NUMBER) for head in heads)),
            tuple(row(unit) for unit in page.units),
            total=row(page.all),
            empty="The site has no beds.",
        ),
    )
