"""Look at a plan again: each objective in turn, then what was found, and when next."""

from datetime import timedelta
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from audit.rules.findings import Finding, Refused
from chart.actions.objectives import Said
from chart.actions.plans import review_date
from chart.actions.reviews import review_plan
from chart.models import ObjectiveStatus, PlanReview
from chart.plan_rules import plan_rules
from chart.queries.plan_page import PlanPage, plan_page, shown
from chart.queries.plan_tree import ObjectiveRow
from chart.views.plan_common import Whose, date_in, number_in, page, whose
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.WRITE_PLANS)
def review(request: DeskRequest, client_id: int) -> HttpResponse:
    """The review of the version that counts."""
    who, desk = whose(request, client_id), request.desk
    plan = shown(who.client.pk, desk.now)
    if plan is None or plan.signed_at is None:
        return redirect("chart:plan", who.client.pk)
    found = plan_page(plan, who.head.site, desk.now)
    if request.method != "POST":
        return _page(request, who, found)
    sent = request.POST
    try:
        review_plan(
            by=desk.person, at=desk.now, plan_id=number_in(sent, "plan") or 0, found=sent.get("found", ""),
            outcome=sent.get("outcome", ""), changes=sent.get("changes", ""), next_on=date_in(sent, "next_on"),
            said={row.pk: _said(request, row) for row in found.tree.open_objectives}, after=number_in(sent, "after"),
            key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, who, found, refused.findings)
    return redirect("chart:plan", who.client.pk)


def _said(request: DeskRequest, row: ObjectiveRow) -> Said:
    sent = request.POST
    return Said(
        sent.get(f"status-{row.pk}", ""), number_in(sent, f"percent-{row.pk}"), sent.get(f"words-{row.pk}", ""),
        number_in(sent, f"after-{row.pk}"),
    )  # fmt: skip


def _page(request: DeskRequest, who: Whose, found: PlanPage, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    sent, today = request.POST, request.desk.now.astimezone(who.head.site.tz).date()
    level = who.head.placement.level if who.head.placement is not None else ""
    rows = [
        (row, found.going[row.thread], _said(request, row) if sent else _standing(row))
        for row in found.tree.open_objectives
    ]
    context = {
        "page": found, "plan": found.plan, "rows": rows, "key": sent.get("key") or uuid4(), "statuses": ObjectiveStatus.Status.choices,
        "outcomes": PlanReview.Outcome.choices, "outcome": sent.get("outcome", "goes_on"), "found": sent.get("found", ""),
        "changes": sent.get("changes", ""), "next_on": sent.get("next_on") or review_date(level, today).isoformat(),
        "latest": today + timedelta(days=plan_rules().longest_review_days), "earliest": today + timedelta(days=1),
    }  # fmt: skip
    return page(request, who, "chart/plan/review.html", context, findings)


def _standing(row: ObjectiveRow) -> Said:
    status = row.status
    return Said("progressing" if status is None else status.status, None if status is None else status.percent, "")
