"""Plan: the series of a site, holidays, and a session with one client."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.rules.findings import Finding, Refused, stop
from groups import actions
from groups.actions import ensure_planned
from groups.models import Series
from groups.plan_forms import DeskForm, EndForm, HolidayForm, IndividualForm, SeriesForm, WhenForm, first_when
from groups.queries.planning import (
    chosen,
    holidays_ahead,
    next_meetings,
    offered,
    series_line,
    series_list,
)
from groups.views.common import act
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
    form = SeriesForm(request.desk, request.POST or None, initial={"from_on": today})
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
    return _one(request, _series_of(request, pk))


@require_POST
@at_desk(PLAN)
def change_series(request: DeskRequest, pk: int) -> HttpResponse:
    """Meet otherwise from a date on."""
    form = WhenForm(request.desk, request.POST)
    return _try(request, pk, form, actions.change_series, "change", lambda: {
        "from_on": form.cleaned_data["from_on"], "when": form.when(),
    })  # fmt: skip


@require_POST
@at_desk(PLAN)
def end_series(request: DeskRequest, pk: int) -> HttpResponse:
    """Meet no more from a date on."""
    form = EndForm(request.desk, request.POST)
    return _try(request, pk, form, actions.end_series, "end", lambda: {"ends_on": form.cleaned_data["ends_on"]})


@require_POST
@at_desk(RUN)
def choose(request: DeskRequest, pk: int) -> HttpResponse:
    """Choose someone for a series that is by choice, or let them go."""
    found = _series_of(request, pk)
    who = request.POST.get("client", "")
    action = actions.let_go if "let_go" in request.POST else actions.choose_member
    findings: tuple[Finding, ...] = ()
    try:
        if not who.isdecimal():
            raise Refused(stop("client.missing", "Choose who."))
        act(request, action, series_id=found.pk, client_id=int(who))
    except Refused as refused:
        findings = refused.findings
    return _one(request, found, findings, which="choose") if findings else redirect("groups:series", pk)


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
    start = {"starts": request.desk.now, "client": request.GET.get("client", "")}
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


def _series_of(request: DeskRequest, pk: int) -> Series:
    """The series, where it is the desk's site's. Raises Http404."""
    found = Series.objects.select_related("site").prefetch_related("programs", "patterns")
    series = found.filter(pk=pk, site=request.desk.site).first()
    if series is None:
        raise Http404
    return series


def _series_page(request: DeskRequest, form: HolidayForm, findings: Any = ()) -> HttpResponse:
    desk = request.desk
    context = {
        "lines": series_list(desk.site), "holidays": holidays_ahead(desk.site, desk.now), "form": form,
        "findings": findings, "may_plan": desk.may(PLAN), "may_run": desk.may(RUN),
    }  # fmt: skip
    return render(request, "groups/series_list.html", context, status=422 if findings else 200)


def _try(
    request: DeskRequest,
    pk: int,
    form: DeskForm,
    action: Callable[..., Any],
    which: str,
    asked: Callable[[], dict[str, Any]],
) -> HttpResponse:
    """Do it to a series; what is wrong stands at its form."""
    found = _series_of(request, pk)
    if not form.is_valid():
        return _one(request, found, which=which, form=form, wrong=True)
    try:
        act(request, action, series_id=found.pk, **asked())
    except Refused as refused:
        return _one(request, found, refused.findings, which=which, form=form)
    return redirect("groups:series", pk)


def _one(
    request: DeskRequest,
    found: Series,
    findings: Any = (),
    *,
    which: str = "",
    form: DeskForm | None = None,
    wrong: bool = False,
) -> HttpResponse:
    desk = request.desk
    ensure_planned(desk.site, desk.now.astimezone(desk.tz).date() + actions.AHEAD, desk.now)
    today = desk.now.astimezone(desk.tz).date()
    context = {
        "series": found, "line": series_line(found), "meetings": next_meetings(found, desk.now), "findings": findings,
        "which": which, "change": form if which == "change" and form else WhenForm(desk, initial=first_when(found, desk.now)),
        "end": form if which == "end" and form else EndForm(desk, initial={"ends_on": today + timedelta(days=1)}),
        "chosen": chosen(found, desk.now), "offered": offered(found, desk.now) if found.by_choice else (), "today": today,
        "topics": [topic.title for topic in found.topics.all()], "may_plan": desk.may(PLAN), "may_run": desk.may(RUN),
    }  # fmt: skip
    return render(request, "groups/series.html", context, status=422 if findings or wrong else 200)
