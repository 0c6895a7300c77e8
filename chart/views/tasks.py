"""The task list, and the page of one task."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.rules.findings import Finding, Refused
from chart import tasks_board
from chart.access import client_for
from chart.actions import tasks as actions
from chart.models import Task
from chart.queries.task_page import task_page
from chart.rules.waiting import KINDS, Whose
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

SEE = Capability.SEE_TASKS


@require_GET
@at_desk(SEE)
def tasks(request: DeskRequest) -> HttpResponse:
    """What waits at the site: mine, my role's, or everything; live, but for a search."""
    desk, asked = request.desk, request.GET
    whose = asked.get("whose", "")
    look = tasks_board.Look(
        desk.site.pk, Whose(whose) if whose in set(Whose) else Whose.ROLE,
        asked.get("kind", "") if asked.get("kind", "") in KINDS else "", asked.get("coming") == "1",
    )  # fmt: skip
    viewer = tasks_board.viewer_at(desk.person, desk.site.pk, desk.now)
    text = asked.get("q", "").strip()[:60]
    found = tasks_board.page(look, viewer, desk.site, desk.now, text=text)
    context = {"look": look, "found": found, "text": text, "may_review": desk.may(Capability.REVIEW_CHARTS)}
    return render(request, "chart/tasks/list.html", context)


@require_GET
@at_desk(SEE)
def task(request: DeskRequest, pk: int) -> HttpResponse:
    """One raised task: what, why, since when, who has it, and how it ends."""
    return _one(request, pk)


@require_POST
@at_desk(SEE)
def finish(request: DeskRequest, pk: int) -> HttpResponse:
    """Say how it ended."""
    return _act(
        request, pk, lambda **who: actions.finish_task(**who, outcome=request.POST.get("outcome", "")), "chart:tasks"
    )


@require_POST
@at_desk(SEE)
def take(request: DeskRequest, pk: int) -> HttpResponse:
    """Take it."""
    return _act(request, pk, actions.take_task, "chart:task")


@require_POST
@at_desk(SEE)
def hand_on(request: DeskRequest, pk: int) -> HttpResponse:
    """Hand it to somebody else."""
    to = request.POST.get("to", "")
    return _act(
        request, pk, lambda **who: actions.hand_on_task(**who, to_id=int(to) if to.isdecimal() else 0), "chart:task"
    )


def _act(request: DeskRequest, pk: int, action: object, then: str) -> HttpResponse:
    assert callable(action)
    _task(request, pk)
    try:
        action(by=request.desk.person, at=request.desk.now, task_id=pk, key=key_in(request))
    except NotAllowed:
        raise
    except Refused as refused:
        return _one(request, pk, refused.findings)
    return redirect(then) if then == "chart:tasks" else redirect(then, pk)


def _one(request: DeskRequest, pk: int, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk = request.desk
    context = {
        "page": task_page(_task(request, pk), desk), "findings": findings, "key": uuid4(), "may_open": desk.may(Capability.OPEN_CHART)
    }  # fmt: skip
    return render(request, "chart/tasks/task.html", context, status=422 if findings else 200)


def _task(request: DeskRequest, pk: int) -> Task:
    """A task of the site where the person works; Http404 where there is none, or it is not for their eyes."""
    desk = request.desk
    found = Task.objects.select_related("client", "site", "raised_by", "done_by").filter(pk=pk, site=desk.site).first()
    if found is None:
        raise Http404("There is no such task here.")
    if not desk.may(Capability(found.capability)):
        client_for(desk, found.client_id)
    return found
