"""Opening a chart that is not one's own: the form, the second step before printing, 'End now', and the reviews."""

from enum import StrEnum
from typing import TypeVar
from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.rules.findings import Finding, Refused, stop
from chart.access import GlassShut, client_for
from chart.actions import break_glass as actions
from chart.models import BreakGlass
from chart.queries import break_glass as queries
from chart.rules.break_glass import PAPER_FOR, Judged, Why
from programs.desk import DeskRequest, at_desk, key_in
from programs.step_up import StepUpForm
from staff.rules.capabilities import Capability

Code = TypeVar("Code", bound=StrEnum)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.OPEN_CHART)
def open_glass(request: DeskRequest, client_id: int) -> HttpResponse:
    """Why, in a code and in words, and the PIN; then on to the page that was wanted."""
    desk = request.desk
    try:
        return redirect(_wanted(request, client_for(desk, client_id).pk))  # it is one's own, or open already
    except GlassShut as shut:
        client = shut.client
    step_up = StepUpForm(request.POST or None, desk=desk, capability=Capability.OPEN_CHART)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        key, typed = key_in(request), request.POST
        try:
            why = _code(Why, typed.get("why", ""), "Choose why you open this chart.")
            proof = step_up.proof(purpose=actions.purpose(actions.OPENS, client.pk), key=key)
            actions.break_glass(
                by=desk.person, at=desk.now, client_id=client.pk, site_id=desk.site.pk, why=why,
                words=typed.get("words", ""), proof_id=proof.pk, key=key,
            )  # fmt: skip
            return redirect(_wanted(request, client.pk))
        except Refused as refused:
            findings = refused.findings
    context = {
        "client": client, "reasons": list(Why), "step_up": step_up, "findings": findings, "minutes": desk.access.glass_minutes,
        "key": request.POST.get("key") or uuid4(), "wanted": _wanted(request, client.pk),
        "why": request.POST.get("why", ""), "words": request.POST.get("words", ""),
    }  # fmt: skip
    return render(request, "chart/glass/open.html", context, status=422 if findings else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.OPEN_CHART)
def open_printing(request: DeskRequest, client_id: int) -> HttpResponse:
    """The second step before anything is printed or exported."""
    desk = request.desk
    client = client_for(desk, client_id)
    if not desk.glass:
        return redirect(_wanted(request, client.pk))
    glass = get_object_or_404(BreakGlass, pk=desk.glass[0].pk, person=desk.person)
    step_up = StepUpForm(request.POST or None, desk=desk, capability=Capability.OPEN_CHART)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        key = key_in(request)
        try:
            proof = step_up.proof(purpose=actions.purpose(actions.PRINTS, glass.pk), key=key)
            actions.open_printing(
                by=desk.person,
                at=desk.now,
                glass_id=glass.pk,
                words=request.POST.get("words", ""),
                proof_id=proof.pk,
                key=key,
            )
            return redirect(_wanted(request, client.pk))
        except Refused as refused:
            findings = refused.findings
    context = {
        "client": client, "step_up": step_up, "findings": findings, "minutes": int(PAPER_FOR.total_seconds() // 60),
        "key": request.POST.get("key") or uuid4(), "wanted": _wanted(request, client.pk),
        "words": request.POST.get("words", ""),
    }  # fmt: skip
    return render(request, "chart/glass/print.html", context, status=422 if findings else 200)


@require_POST
@at_desk(Capability.OPEN_CHART)
def end(request: DeskRequest, glass_id: int) -> HttpResponse:
    """'End now': the chart is closed to this person again."""
    get_object_or_404(BreakGlass, pk=glass_id, person=request.desk.person)
    actions.end_glass(by=request.desk.person, at=request.desk.now, glass_id=glass_id, key=key_in(request))
    return redirect("chart:clients")


@require_safe
@at_desk(Capability.REVIEW_GLASS)
def reviews(request: DeskRequest) -> HttpResponse:
    """What is to be reviewed at this site, and what was."""
    desk = request.desk
    context = {"waiting": queries.to_review(desk.site.pk, desk.now), "done": queries.reviewed(desk.site.pk, desk.now)}
    return render(request, "chart/glass/reviews.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.REVIEW_GLASS)
def review(request: DeskRequest, glass_id: int) -> HttpResponse:
    """Every page that was seen, the reason, and what the review finds."""
    desk = request.desk
    row = BreakGlass.objects.filter(site=desk.site).select_related("person", "client", "site", "review__by")
    glass = get_object_or_404(row, pk=glass_id)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        try:
            judged = _code(Judged, request.POST.get("judged", ""), "Choose what you found.")
            actions.review_glass(
                by=desk.person, at=desk.now, glass_id=glass.pk, judged=judged, words=request.POST.get("words", ""),
                key=key_in(request),
            )  # fmt: skip
            return HttpResponseRedirect(reverse("chart:glass_reviews"))
        except Refused as refused:
            findings = refused.findings
    context = {
        "glass": glass, "why": Why(glass.why).label, "pages": queries.pages_of(glass), "papers": glass.papers.all(),
        "until": glass.ended_at or glass.ends_at, "review": getattr(glass, "review", None), "judgements": list(Judged),
        "own": glass.person_id == desk.person.pk, "findings": findings, "key": request.POST.get("key") or uuid4(),
        "judged": request.POST.get("judged", ""), "words": request.POST.get("words", ""),
    }  # fmt: skip
    return render(request, "chart/glass/review.html", context, status=422 if findings else 200)


def _code(kind: type[Code], typed: str, missing: str) -> Code:
    """The member that was chosen. Raises Refused."""
    try:
        return kind(typed)
    except ValueError:
        raise Refused(stop("glass.code", missing)) from None


def _wanted(request: DeskRequest, client_id: int) -> str:
    """The page of this house one wanted to see; else the chart."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else reverse("chart:chart", args=[client_id])
