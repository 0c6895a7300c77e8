"""Change a series: another time or none from a date on, looked at before it is done; what it is, from now on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from audit.rules.findings import Finding, Refused, stop
from groups import actions
from groups.models import Series
from groups.plan_forms import ChangeForm, EndForm, FactsForm, first_facts, first_when
from groups.queries.change import Preview, preview
from groups.queries.planning import series_line
from groups.views.common import act, series_of
from programs.desk import DeskRequest, at_desk
from staff.rules.capabilities import Capability

PLAN = Capability.PLAN_GROUPS
MEANWHILE = stop(
    "change.meanwhile", "Something changed since you looked at what this does. Look at it again below, then press the button."
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A change that can be looked at: its form, what stands against it, what it does, and how it is done."""

    form: ChangeForm | EndForm
    findings: Callable[[], list[Finding]]
    preview: Callable[[], Preview]
    do: Callable[[], object]


@at_desk(PLAN)
def change_series(request: DeskRequest, pk: int) -> HttpResponse:
    """Meet otherwise from a date on: this session's date for this and all following, today for all."""
    found, desk = series_of(request, pk), request.desk
    form = ChangeForm(desk, request.POST or None, initial=first_when(found, desk.now, request.GET.get("from", "")))
    asked = Asked(
        form,
        lambda: actions.change_findings(found, form.cleaned_data["from_on"], form.when(), desk.now),
        lambda: preview(found, form.pattern(found), form.cleaned_data["from_on"], desk.now, form.when().leads),
        lambda: act(
            request, actions.change_series, series_id=pk, from_on=form.cleaned_data["from_on"], when=form.when()
        ),
    )
    return _looked_at(request, found, asked, "groups/series_change.html")


@at_desk(PLAN)
def end_series(request: DeskRequest, pk: int) -> HttpResponse:
    """Meet no more from a date on."""
    found, desk = series_of(request, pk), request.desk
    form = EndForm(desk, request.POST or None, initial={"ends_on": request.GET.get("from", "")})
    asked = Asked(
        form,
        lambda: actions.end_findings(found, form.cleaned_data["ends_on"], desk.now),
        lambda: preview(found, None, form.cleaned_data["ends_on"], desk.now),
        lambda: act(request, actions.end_series, series_id=pk, ends_on=form.cleaned_data["ends_on"]),
    )
    return _looked_at(request, found, asked, "groups/series_end.html")


@at_desk(PLAN)
def amend_series(request: DeskRequest, pk: int) -> HttpResponse:
    """Say otherwise what it is."""
    found = series_of(request, pk)
    form = FactsForm(request.desk, request.POST or None, initial=first_facts(found))
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            act(request, actions.amend_series, series_id=pk, facts=form.facts(), seen=form.shown())
            return redirect("groups:series", pk)
        except Refused as refused:
            findings = refused.findings
    context = {"series": found, "form": form, "findings": findings, "line": series_line(found)}
    return render(request, "groups/series_amend.html", context, status=422 if request.method == "POST" else 200)


def _looked_at(request: DeskRequest, found: Series, asked: Asked, template: str) -> HttpResponse:
    """Ask, show what it does, and do it once what was shown is still so."""
    findings: list[Finding] = []
    shown = None
    if request.method == "POST" and asked.form.is_valid():
        findings = asked.findings()
        shown = None if findings else asked.preview()
        if shown is not None and "do" in request.POST:
            try:
                if asked.form.cleaned_data["seen"] != shown.mark:
                    raise Refused(MEANWHILE)
                asked.do()
                return redirect("groups:series", found.pk)
            except Refused as refused:
                findings = list(refused.findings)
    wrong = bool(findings) or (request.method == "POST" and shown is None)
    context: dict[str, Any] = {
        "series": found, "line": series_line(found), "form": asked.form, "findings": findings, "shown": shown,
    }  # fmt: skip
    return render(request, template, context, status=422 if wrong else 200)
