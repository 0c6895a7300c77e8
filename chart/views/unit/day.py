"""The 24-hour report of a site: any day, finished by a person, on paper."""

from datetime import date
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit.rules.findings import Finding, Refused
from chart.actions.day import finish_day
from chart.pdf.handoff import day_document
from chart.queries.day import Day, as_finished, day_of
from chart.views.unit.tabs import tabs_of
from documents import render as render_pdf
from programs.desk import DeskRequest, at_desk, key_in
from programs.files import pdf_file
from programs.rules.dates import Calendar, DateField
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


def _asked(request: DeskRequest) -> tuple[date, DateField]:
    """The day of the address (today where none is named), and the field with what was typed."""
    today = request.desk.now.astimezone(request.desk.tz).date()
    calendar = Calendar(today, 1, "has not come yet", "recorded", "a report covers one day")
    typed = (request.GET.get("on") or request.POST.get("on") or "").strip()
    found, wrong = calendar.read(typed) if typed else (today, "")
    return (found or today), DateField("on", "Day", typed or today.isoformat(), wrong)


@require_safe
@at_desk(Capability.SEE_HANDOFFS)
def show(request: DeskRequest) -> HttpResponse:
    """A day; one that was finished is shown as it was finished."""
    on, field = _asked(request)
    return _show(request, on, field)


@require_safe
@at_desk(Capability.SEE_HANDOFFS)
def pdf(request: DeskRequest) -> HttpResponse:
    """The same on paper."""
    on, field = _asked(request)
    if field.wrong:
        return _show(request, on, field)
    content = render_pdf(day_document(_day(request, on), request.desk.person))
    return pdf_file(content, f"24-hours-{request.desk.site.slug}-{on}.pdf")


@require_POST
@at_desk(Capability.FINISH_DAY)
def finish(request: DeskRequest) -> HttpResponse:
    """Finish a day with a comment."""
    desk = request.desk
    on, field = _asked(request)
    old = request.POST.get("corrects", "")
    try:
        finish_day(
            by=desk.person, at=desk.now, site_id=desk.site.pk, on=on, comment=request.POST.get("comment", ""),
            corrects_id=int(old) if old.isdecimal() and len(old) < 15 else None, key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _show(request, on, field, refused.findings)
    return redirect(f"{reverse('unit:day')}?on={on}")


def _day(request: DeskRequest, on: date) -> Day:
    desk = request.desk
    fresh = day_of(desk.site, on, desk.now)
    if fresh.finished is None or "now" in request.GET:
        return fresh
    return as_finished(desk.site, fresh.finished, desk.now)


def _show(request: DeskRequest, on: date, field: DateField, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk = request.desk
    context = {
        "day": None if field.wrong else _day(request, on), "fields": (field,), "findings": findings, "key": uuid4(), "page": "day",
        "may_finish": desk.may(Capability.FINISH_DAY), "comment": request.POST.get("comment", ""), "anew": "now" in request.GET,
    }  # fmt: skip
    return render(
        request, "chart/unit/day.html", context | tabs_of(desk), status=422 if findings or field.wrong else 200
    )
