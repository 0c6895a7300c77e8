"""Plan: the series of a site, holidays, and a session with one client."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.rules.findings import Finding, Refused, stop
from groups import actions
from groups.actions import ensure_planned
from groups.forms import DayForm
from groups.models import Series
from groups.plan_forms import HolidayForm, IndividualForm, SeriesForm, first_like
from groups.queries.change import AHEAD
from groups.queries.planning import (
    chosen,
    holidays_ahead,
    limits_of,
    next_meetings,
    offered,
    series_line,
    series_list,
)
from groups.views.common import act, series_of
from programs.desk import DeskRequest, at_desk
from staff.rules.capabilities import Capability

SEE, RUN, PLAN = Capability.SEE_GROUPS, Capability.RUN_GROUPS, Capability.PLAN_GROUPS


@require_GET
@at_desk(SEE)
def all_series(request: DeskRequest) -> HttpResponse:
    """The series of the site, and its holidays."""
    return _series_page(request, HolidayForm(request.desk))


@at_desk(PLAN)
def new_series(request: DeskRequest) -> HttpResponse:
    """Plan a new group."""
    today = request.desk.now.astimezone(request.desk.tz).date()
    like = request.GET.get("like", "")
    first = first_like(series_of(request, int(like)), request.desk.now) if like.isdecimal() else {"from_on": today}
    form = SeriesForm(request.desk, request.POST or None, initial=first)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = act(request, actions.begin_series, site_id=request.desk.site.pk, **form.facts())
            return redirect("groups:series", made.pk)
        except Refused as refused:
            findings = refused.findings
    context = {"form": form, "findings": findings}
    return render(request, "groups/series_new.html", context, status=422 if request.method == "POST" else 200)


@require_GET
@at_desk(SEE)
def series(request: DeskRequest, pk: int) -> HttpResponse:
    """One series: how it meets, its next sessions, who is chosen, and how to change it."""
    return _one(request, series_of(request, pk))


@require_POST
@at_desk(RUN)
def choose(request: DeskRequest, pk: int) -> HttpResponse:
    """Choose someone for a series that is by choice, or let them go."""
    found = series_of(request, pk)
    who = request.POST.get("client", "")
    action = actions.let_go if "let_go" in request.POST else actions.choose_member
    findings: tuple[Finding, ...] = ()
    try:
        if not who.isdecimal():
            raise Refused(stop("client.missing", "Choose who."))
        act(request, action, series_id=found.pk, client_id=int(who))
    except Refused as refused:
        findings = refused.findings
    return _one(request, found, findings) if findings else redirect("groups:series", pk)


@require_POST
@at_desk(PLAN)
def holiday(request: DeskRequest) -> HttpResponse:
    """Keep a holiday, or drop one."""
    form = HolidayForm(request.desk, request.POST)
    dropping = "drop" in request.POST
    if dropping:
        form.fields["name"].required = False
    if not form.is_valid():
        return _series_page(request, form, [stop("form.invalid", sentence) for sentence in form.said()])
    asked = {"site_id": request.desk.site.pk, "on": form.cleaned_data["on"]}
    try:
        if dropping:
            act(request, actions.drop_holiday, **asked)
        else:
            act(request, actions.keep_holiday, **asked, name=form.cleaned_data["name"])
    except Refused as refused:
        return _series_page(request, form, refused.findings)
    return redirect("groups:all_series")


@at_desk(RUN)
def individual(request: DeskRequest) -> HttpResponse:
    """Plan a session with one client."""
    start = {"starts": _next_hour(request), "client": request.GET.get("client", "")}
    form = IndividualForm(request.desk, request.POST or None, initial=start)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = act(request, actions.plan_individual, **form.facts())
            return redirect("groups:session", made.pk)
        except Refused as refused:
            findings = refused.findings
    context = {"form": form, "findings": findings}
    return render(request, "groups/individual.html", context, status=422 if request.method == "POST" else 200)


def _next_hour(request: DeskRequest) -> datetime:
    """The next whole hour, on the day the address asks for where that lies ahead."""
    form, now = DayForm(request.GET), request.desk.now.astimezone(request.desk.tz)
    on = form.cleaned_data["on"] if form.is_valid() else None
    soon = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return datetime.combine(on, time(9), tzinfo=request.desk.tz) if on and on > now.date() else soon


def _series_page(request: DeskRequest, form: HolidayForm, findings: Any = ()) -> HttpResponse:
    desk = request.desk
    context = {
        "lines": series_list(desk.site), "holidays": holidays_ahead(desk.site, desk.now), "form": form,
        "findings": findings, "may_plan": desk.may(PLAN), "may_run": desk.may(RUN),
    }  # fmt: skip
    return render(request, "groups/series_list.html", context, status=422 if findings else 200)


def _one(request: DeskRequest, found: Series, findings: Any = ()) -> HttpResponse:
    desk = request.desk
    today = desk.now.astimezone(desk.tz).date()
    ensure_planned(desk.site, today + AHEAD, desk.now)
    context = {
        "series": found, "line": series_line(found), "meetings": next_meetings(found, desk.now), "findings": findings,
        "chosen": chosen(found, desk.now), "offered": offered(found, desk.now) if found.by_choice else (), "today": today,
        "topics": [topic.title for topic in found.topics.all()], "may_plan": desk.may(PLAN), "may_run": desk.may(RUN),
        "limits": limits_of(found, today),
    }  # fmt: skip
    return render(request, "groups/series.html", context, status=422 if findings else 200)
