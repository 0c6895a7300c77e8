"""Write a draft: one page, each line saved as it is left; add, move, close, remove; sign or give up."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from audit.rules.findings import Finding, Refused, worst_first
from chart.actions.plan_lines import add_line, change_line, close_line, move_line, remove_line
from chart.actions.plans import drop_plan, review_date, sign_plan, write_wish
from chart.models import Plan
from chart.models.plans import Line
from chart.queries.plan_choices import choices
from chart.queries.plan_tree import Row, Tree, tree
from chart.rules.plans import gaps
from chart.views.plan_common import Whose, codes, date_in, draft_of, number_in, page, reasons_in, whose
from programs.contributions import wishes
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

WRITE = Capability.WRITE_PLANS
FIELDS = ("text", "dimension", "measure", "scale", "unit", "baseline", "target", "by_date", "frequency", "owner")


@require_safe
@at_desk(WRITE)
def draft(request: DeskRequest, client_id: int) -> HttpResponse:
    """The draft, to be written; where there is none, the plan."""
    who = whose(request, client_id)
    found = draft_of(who.client, request.desk)
    if found is None:
        return redirect("chart:plan", who.client.pk)
    return _draft(request, who, found)


@require_POST
@at_desk(WRITE)
def wish(request: DeskRequest, client_id: int) -> HttpResponse:
    """What the client wants, and when the plan is looked at again."""
    who, desk = whose(request, client_id), request.desk
    found = _open(who, request)
    try:
        before: tuple[str, date | None] = (request.POST.get("before", ""), date_in(request.POST, "before_on"))
        write_wish(
            by=desk.person, at=desk.now, plan_id=found.pk, before=before, wish=request.POST.get("wish", ""),
            review_on=date_in(request.POST, "review_on"), key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _said(request, who, "wish", 0, refused.findings)
    return _said(request, who, "wish", 0)


@require_POST
@at_desk(WRITE)
def add(request: DeskRequest, client_id: int) -> HttpResponse:
    """A new line under its parent; answers the lines of the plan."""
    kind, parent = request.POST.get("kind", ""), number_in(request.POST, "parent")
    who = whose(request, client_id)
    found = _open(who, request)
    return _lines(request, who, add_line, plan_id=found.pk, kind=kind, parent_id=parent)


@require_POST
@at_desk(WRITE)
def save(request: DeskRequest, client_id: int, kind: str, pk: int) -> HttpResponse:
    """What a line says; answers beside it whether it was kept."""
    who, desk = whose(request, client_id), request.desk
    _open(who, request)
    values = {name: request.POST[name] for name in FIELDS if name in request.POST}
    try:
        change_line(
            by=desk.person, at=desk.now, kind=kind, line_id=pk, version=_version(request), values=values,
            key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _said(request, who, kind, pk, refused.findings)
    return _said(request, who, kind, pk)


@require_POST
@at_desk(WRITE)
def act(request: DeskRequest, client_id: int, kind: str, pk: int, what: str) -> HttpResponse:
    """Move, close, open again or remove a line; answers the lines of the plan."""
    who, asked = whose(request, client_id), {"kind": kind, "line_id": pk, "version": _version(request)}
    _open(who, request)
    if what in ("up", "down"):
        return _lines(request, who, move_line, up=what == "up", **asked)
    if what == "remove":
        return _lines(request, who, remove_line, **asked)
    if what in ("close", "open"):
        why = request.POST.get("why", "") if what == "close" else ""
        return _lines(request, who, close_line, why=why, **asked)
    raise Http404


@require_POST
@at_desk(WRITE)
def sign(request: DeskRequest, client_id: int) -> HttpResponse:
    """My name under the draft; then the client is asked."""
    who, desk = whose(request, client_id), request.desk
    found = draft_of(who.client, desk)
    if found is None:
        return redirect("chart:plan", who.client.pk)
    try:
        signed = sign_plan(
            by=desk.person, at=desk.now, plan_id=found.pk, revision=number_in(request.POST, "revision") or 0,
            reasons=reasons_in(request.POST), key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _draft(request, who, found, refused.findings)
    return redirect("chart:plan_answer", who.client.pk, signed.pk)


@require_POST
@at_desk(WRITE)
def drop(request: DeskRequest, client_id: int) -> HttpResponse:
    """Give the draft up."""
    who, desk = whose(request, client_id), request.desk
    found = draft_of(who.client, desk)
    if found is None:
        return redirect("chart:plan", who.client.pk)
    try:
        why = request.POST.get("why", "")
        drop_plan(by=desk.person, at=desk.now, plan_id=found.pk, why=why, key=key_in(request))
    except NotAllowed:
        raise
    except Refused as refused:
        return _draft(request, who, found, refused.findings)
    return redirect("chart:plan", who.client.pk)


def _open(who: Whose, request: DeskRequest) -> Plan:
    found = draft_of(who.client, request.desk)
    if found is None:
        raise Http404("There is no draft of this plan any more. Reload the page.")
    return found


def _version(request: DeskRequest) -> int:
    found = number_in(request.POST, "version")
    return -1 if found is None else found


def _lines(request: DeskRequest, who: Whose, action: Callable[..., Any], **asked: object) -> HttpResponse:
    """Do one thing to the lines; answers all of them, with what was refused above."""
    desk, findings = request.desk, ()
    made: Any = None
    try:
        made = action(by=desk.person, at=desk.now, key=key_in(request), **asked)
    except NotAllowed:
        raise
    except Refused as refused:
        findings = refused.findings  # type: ignore[assignment]
    context = _context(request, who) | {"findings": findings, "whole": True}
    if isinstance(made, Line) and action is add_line:
        context["fresh"] = f"{asked['kind']}-{made.pk}"
    with timezone.override(who.head.site.tz):
        return render(request, "chart/plan/_lines.html", context, status=422 if findings else 200)


def _said(request: DeskRequest, who: Whose, kind: str, pk: int, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    """Whether one line was kept, its version, and what is still missing of the whole."""
    context = _context(request, who)
    found: Tree = context["tree"]
    line = next((row for row in rows_of(found) if (row.kind, row.pk) == (kind, pk)), None)
    more = {"line": line, "kind": kind, "pk": pk, "findings": findings, "version": request.POST.get("version")}
    with timezone.override(who.head.site.tz):
        return render(request, "chart/plan/_said.html", context | more, status=422 if findings else 200)


def rows_of(found: Tree) -> list[Row]:
    """Every line of a version."""
    rows: list[Row] = []
    for problem in found.problems:
        rows.append(problem)
        for goal in problem.goals:
            rows.append(goal)
            for objective in goal.objectives:
                rows += [objective, *objective.interventions]
    return rows


def _context(request: DeskRequest, who: Whose, found: Plan | None = None) -> dict[str, Any]:
    desk, plan = request.desk, draft_of(who.client, request.desk) or found
    if plan is None:
        raise Http404("There is no draft of this plan any more. Reload the page.")
    whole, today = tree(plan, desk.now), desk.now.astimezone(who.head.site.tz).date()
    level = who.head.placement.level if who.head.placement is not None else ""
    missing = worst_first(gaps(whole.facts, today))
    return {
        "who": who, "head": who.head, "client": who.client, "plan": plan, "tree": whole, "gaps": missing, "key": uuid4(),
        "choices": choices(who.head.site, desk.now), "usual": review_date(level, today), "today": today,
    }  # fmt: skip


def _draft(request: DeskRequest, who: Whose, found: Plan, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    context = _context(request, who, found)
    asked = [each for each in context["gaps"] if each.severity.value == "override"]
    stops = any(each.severity.value == "stop" for each in context["gaps"])
    reasons = reasons_in(request.POST)
    waits = [] if stops else [(code, said, reasons.get(code, "")) for code, said in codes(asked)]
    more = {"waits": waits, "here": "plan", "wishes": wishes(who.client.pk, request.desk.now)}
    return page(request, who, "chart/plan/draft.html", context | more, findings)
