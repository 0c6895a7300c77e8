"""The census and the turnaround of beds as CSV and PDF. Sums only; no names of people."""

from datetime import date

from django.http import HttpResponse

from beds.pdf.census import Printed, census_document
from beds.pdf.turnaround import turnaround_document
from beds.queries.census import census_lines, census_page, turnaround_page, unit_days
from beds.views.census import asked_in, refuse
from documents import render, spreadsheet
from programs.desk import DeskRequest, at_desk
from programs.files import csv_file, pdf_file
from staff.rules.capabilities import Capability

LINES = ("date", "unit", "level", "payer", "in the building", "on leave", "census")
DAYS = (
    "date", "unit", "beds", "out of service", "in service", "in the building", "on leave", "census", "held and empty",
    "occupancy",
)  # fmt: skip


@at_desk(Capability.SEE_BEDS)
def census_csv(request: DeskRequest) -> HttpResponse:
    """One midnight, a row a unit, level and payer; where a range is asked for, a row a date and unit."""
    asked, site = asked_in(request), request.desk.site
    if asked.wrong:
        return refuse(request, "beds/census.html", asked)
    if asked.typed["from"] or asked.typed["to"]:
        rows = spreadsheet(
            DAYS,
            (
                (day.on, name, day.beds, day.closed, day.in_service, day.in_house, day.on_leave, day.census, day.held,
                 None if day.occupancy is None else round(day.occupancy, 4))
                for name, day in unit_days(site, asked.first, asked.last)
            ),
        )  # fmt: skip
        return csv_file(rows, f"census-{site.slug}-{_span(asked.first, asked.last)}.csv")
    rows = spreadsheet(
        LINES,
        (
            (one.on, one.unit, one.line.level or "no level", one.line.payer or "not recorded", one.line.in_house,
             one.line.on_leave, one.line.census)
            for one in census_lines(site, asked.on)
        ),
    )  # fmt: skip
    return csv_file(rows, f"census-{site.slug}-{asked.on}.csv")


@at_desk(Capability.SEE_BEDS)
def census_pdf(request: DeskRequest) -> HttpResponse:
    """The census page on paper."""
    asked, desk = asked_in(request), request.desk
    if asked.wrong:
        return refuse(request, "beds/census.html", asked)
    document = census_document(census_page(desk.site, asked), Printed(desk.site, desk.person, desk.now))
    return pdf_file(render(document), f"census-{desk.site.slug}-{asked.on}.pdf")


@at_desk(Capability.SEE_BEDS)
def turnaround_pdf(request: DeskRequest) -> HttpResponse:
    """The turnaround page on paper."""
    asked, desk = asked_in(request), request.desk
    if asked.wrong:
        return refuse(request, "beds/turnaround.html", asked)
    document = turnaround_document(turnaround_page(desk.site, asked), Printed(desk.site, desk.person, desk.now))
    return pdf_file(render(document), f"turnaround-{desk.site.slug}-{_span(asked.first, asked.last)}.pdf")


def _span(first: date, last: date) -> str:
    return f"{first}-to-{last}"
