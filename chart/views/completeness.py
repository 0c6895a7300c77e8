"""The review of charts: by program for surveyors, one chart, and both as files."""

from datetime import datetime, timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from chart.access import at_sites
from chart.pdf.completeness import review_csv, review_pdf
from chart.queries.completeness import SiteReview, chart_review, site_review
from chart.rules.deadlines import Calendar as SiteCalendar
from programs.desk import DeskRequest, at_desk
from programs.files import csv_file, pdf_file
from programs.models import Program
from programs.rules.dates import Calendar
from staff.rules.capabilities import Capability

REVIEW = Capability.REVIEW_CHARTS


@require_GET
@at_desk(REVIEW)
def program_list(request: DeskRequest) -> HttpResponse:
    """What is missing, overdue and unsigned, by program and by chart, now or as of the end of a past day."""
    at, typed, wrong = _as_of(request)
    program = _program(request)
    review = _review(request, at, program)
    context = {
        "review": review, "on": typed, "wrong": wrong, "program": program, "past": at != request.desk.now,
        "may_open": request.desk.may(Capability.OPEN_CHART), "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "chart/tasks/review.html", context, status=422 if wrong else 200)


@require_GET
@at_desk(REVIEW)
def file(request: DeskRequest, kind: str) -> HttpResponse:
    """The same as a PDF or a CSV."""
    if kind not in {"pdf", "csv"}:
        raise Http404("There is no such file.")
    at, _, wrong = _as_of(request)
    if wrong:
        raise Http404(wrong)
    review = _review(request, at, _program(request))
    name = f"chart-review-{at.astimezone(request.desk.tz):%Y-%m-%d}.{kind}"
    if kind == "csv":
        return csv_file(review_csv(review), name)
    return pdf_file(review_pdf(review, by=request.desk.person), name)


@require_GET
@at_desk(REVIEW, Capability.OPEN_CHART)
def client_review(request: DeskRequest, client_id: int) -> HttpResponse:
    """Every check of one chart with the rule behind it."""
    desk = request.desk
    client = get_object_or_404(at_sites(frozenset({desk.site.pk})), pk=client_id)
    at, typed, wrong = _as_of(request)
    review = chart_review(client, desk.site, at)
    context = {
        "client": client,
        "review": review,
        "on": typed,
        "wrong": wrong,
        "past": at != desk.now,
        "at": at,
        "may_open": desk.may(Capability.OPEN_CHART),
        "may_review": desk.may(REVIEW),
    }
    return render(request, "chart/tasks/chart_review.html", context, status=422 if wrong else 200)


def _review(request: DeskRequest, at: datetime, program: Program | None) -> SiteReview:
    return site_review(request.desk.site, at, program_id=program.pk if program else None)


def _program(request: DeskRequest) -> Program | None:
    asked = request.GET.get("program", "")
    return Program.objects.filter(pk=int(asked), site=request.desk.site).first() if asked.isdecimal() else None


def _as_of(request: DeskRequest) -> tuple[datetime, str, str]:
    """The end of the day that was asked for (now, for today or nothing), what was typed, and what is wrong with it ('': nothing)."""
    desk, typed = request.desk, request.GET.get("on", "")
    today = desk.now.astimezone(desk.tz).date()
    if not typed:
        return desk.now, "", ""
    on, wrong = Calendar(today, 1, "has not come yet", "recorded", "").read(typed)
    if wrong or on is None:
        return desk.now, typed, wrong
    ends = SiteCalendar(desk.tz).begins(on + timedelta(days=1))
    return min(ends, desk.now), typed, ""
