"""Reports of a site and a range of dates: on the page, each table as CSV, all of it as one PDF."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render

from documents import render as render_pdf
from documents import spreadsheet
from emar.pdf.report import report_document
from emar.queries.report import Report, report
from emar.rules.asked import Asked, ask_range
from programs.desk import DeskRequest, at_desk
from programs.files import csv_file, pdf_file
from programs.rules.dates import DateField
from staff.rules.capabilities import Capability

NOT_UNDERSTOOD = 400
ON_A_PAGE = 100  # rows of a list; the CSV and the PDF have all
SLUGS = (
    "units", "medications", "hours", "missed", "early-late", "refused", "held", "not-available", "overrides", "as-needed",
    "scanning-staff", "scanning-medications", "scanning-reasons",
)  # fmt: skip


def asked_in(request: DeskRequest) -> Asked:
    """The dates of the address, judged on the site's calendar."""
    start, end = (request.GET.get(name, "").strip() for name in ("from", "to"))
    return ask_range(start, end, request.desk.now.astimezone(request.desk.tz).date())


@at_desk(Capability.SEE_PASS)
def show(request: DeskRequest) -> HttpResponse:
    """The report on a page; long lists are cut, and say so."""
    asked, desk = asked_in(request), request.desk
    if asked.wrong:
        return _refuse(request, asked)
    found = report(desk.site, asked.first, asked.last, desk.now)
    tables = [(sheet, sheet.shown(desk.tz, ON_A_PAGE), len(sheet.rows) > ON_A_PAGE) for sheet in found.sheets]
    context = {
        "report": found,
        "tables": tables,
        "fields": _fields(asked),
        "address": _address(asked),
        "most": ON_A_PAGE,
    }
    return render(request, "emar/report.html", context)


@at_desk(Capability.SEE_PASS)
def csv(request: DeskRequest, slug: str) -> HttpResponse:
    """One table of it for a spreadsheet, all rows."""
    asked, desk = asked_in(request), request.desk
    if slug not in SLUGS:
        raise Http404("No such table.")
    if asked.wrong:
        return _refuse(request, asked)
    found = report(desk.site, asked.first, asked.last, desk.now)
    sheet = found.sheet(slug)
    assert sheet is not None
    rows = (
        tuple(cell if isinstance(cell, str | int) else cell.astimezone(desk.tz) for cell in row) for row in sheet.rows
    )
    return csv_file(spreadsheet(sheet.heads, rows), f"{slug}-{_name(found)}.csv")


@at_desk(Capability.SEE_PASS)
def pdf(request: DeskRequest) -> HttpResponse:
    """All of it on paper."""
    asked, desk = asked_in(request), request.desk
    if asked.wrong:
        return _refuse(request, asked)
    found = report(desk.site, asked.first, asked.last, desk.now)
    content = render_pdf(report_document(found, by=desk.person))
    return pdf_file(content, f"medication-{_name(found)}.pdf")


def _fields(asked: Asked) -> tuple[DateField, ...]:
    return tuple(
        DateField(name, label, asked.typed[name] or meant.isoformat(), asked.wrong.get(name, ""))
        for name, label, meant in (("from", "From", asked.first), ("to", "To", asked.last))
    )


def _address(asked: Asked) -> str:
    return urlencode({"from": asked.first.isoformat(), "to": asked.last.isoformat()})


def _name(found: Report) -> str:
    return f"{found.site.slug}-{found.first}-to-{found.last}"


def _refuse(request: DeskRequest, asked: Asked) -> HttpResponse:
    """The form with what was typed and what is wrong with it; nothing is counted."""
    return render(request, "emar/report.html", {"report": None, "fields": _fields(asked)}, status=NOT_UNDERSTOOD)
