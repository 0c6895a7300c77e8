"""Deadline rules: every pack with its sources, and which of them each program of the site follows."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.rules.findings import Finding, Refused
from chart.actions.deadlines import follow_pack, leave_pack
from chart.models import ProgramDeadlines
from chart.queries.packs import packs_page
from programs.desk import DeskRequest, at_desk, key_in
from programs.models import Program
from staff.rules.capabilities import Capability


@require_GET
@at_desk(Capability.DEADLINES, Capability.SEE_TASKS, Capability.REVIEW_CHARTS)
def rules(request: DeskRequest) -> HttpResponse:
    """Whoever works by the rules may read them; who may choose them chooses here."""
    return _page(request)


@require_POST
@at_desk(Capability.DEADLINES)
def follow(request: DeskRequest) -> HttpResponse:
    """A program follows a pack from now on."""
    desk, asked = request.desk, request.POST.get("program", "")
    program = Program.objects.filter(pk=int(asked) if asked.isdecimal() else 0, site=desk.site).first()
    if program is None:
        raise Http404("There is no such program here.")
    pack = request.POST.get("pack", "")
    try:
        follow_pack(by=desk.person, at=desk.now, program_id=program.pk, pack=pack, key=key_in(request))
    except Refused as refused:
        return _page(request, refused.findings)
    return redirect("chart:deadlines")


@require_POST
@at_desk(Capability.DEADLINES)
def leave(request: DeskRequest, pk: int) -> HttpResponse:
    """A program follows a pack no longer."""
    desk = request.desk
    if not ProgramDeadlines.objects.filter(pk=pk, program__site=desk.site).exists():
        raise Http404("There is no such choice here.")
    try:
        leave_pack(by=desk.person, at=desk.now, row_id=pk, key=key_in(request))
    except Refused as refused:
        return _page(request, refused.findings)
    return redirect("chart:deadlines")


def _page(request: DeskRequest, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk = request.desk
    context = {
        "page": packs_page(desk.site, desk.now),
        "findings": findings,
        "key": uuid4(),
        "may": desk.may(Capability.DEADLINES),
        "sees_tasks": desk.may(Capability.SEE_TASKS),
        "may_review": desk.may(Capability.REVIEW_CHARTS),
    }
    return render(request, "chart/tasks/deadlines.html", context, status=422 if findings else 200)
