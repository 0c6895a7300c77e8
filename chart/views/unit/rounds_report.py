"""The report of rounds: on the page, as PDF, and two tables as CSV."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from chart.pdf.rounds import HEADS, LINE_HEADS, line_rows, rounds_document, trouble_rows
from chart.queries.rounds.report import RoundsReport, asked_dates, rounds_report
from chart.views.unit.tabs import tabs_of
from documents import render as render_pdf
from documents import spreadsheet
from programs.desk import DeskRequest, at_desk
from programs.files import csv_file, pdf_file
from programs.rules.dates import Asked
from staff.rules.capabilities import Capability

ON_A_PAGE = 200


def asked_in(request: DeskRequest) -> Asked:
    """The dates of the address, judged on the site's calendar."""
    start, end = (request.GET.get(name, "").strip() for name in ("from", "to"))
    return asked_dates(start, end, request.desk.now.astimezone(request.desk.tz).date())


@at_desk(Capability.SEE_ROUNDS)
def show(request: DeskRequest) -> HttpResponse:
    """The report on a page; a long list of what went wrong is cut, and says so."""
    asked, desk = asked_in(request), request.desk
    found = None if asked.wrong else rounds_report(desk.site, asked.first, asked.last, desk.now)
    trouble = () if found is None else found.trouble[:ON_A_PAGE]
    context = {"asked": asked, "report": found, "trouble": trouble, "page": "rounds"} | tabs_of(desk)
    return render(request, "chart/unit/rounds_report.html", context, status=400 if asked.wrong else 200)


@at_desk(Capability.SEE_ROUNDS)
def pdf(request: DeskRequest) -> HttpResponse:
    """All of it on paper."""
    found = _found(request)
    return pdf_file(render_pdf(rounds_document(found, request.desk.person)), f"rounds-{_name(found)}.pdf")


@at_desk(Capability.SEE_ROUNDS)
def csv(request: DeskRequest, table: str) -> HttpResponse:
    """One table for a spreadsheet: ``clients`` or ``late``."""
    if table not in ("clients", "late"):
        raise Http404("No such table.")
    found = _found(request)
    if table == "clients":
        return csv_file(spreadsheet(LINE_HEADS, line_rows(found)), f"rounds-clients-{_name(found)}.csv")  # type: ignore[arg-type]
    return csv_file(spreadsheet(HEADS, trouble_rows(found)), f"rounds-late-{_name(found)}.csv")  # type: ignore[arg-type]


def _found(request: DeskRequest) -> RoundsReport:
    asked = asked_in(request)
    if asked.wrong:
        raise Http404("Not a range of dates.")
    return rounds_report(request.desk.site, asked.first, asked.last, request.desk.now)


def _name(found: RoundsReport) -> str:
    return f"{found.site.slug}-{found.first}-to-{found.last}"
