"""A client's treatment plan: the version that counts, its versions and what changed, and the same on paper."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from audit.rules.findings import Finding, Refused
from chart.actions.plan_papers import print_plan
from chart.actions.plans import draft_plan
from chart.models import Plan
from chart.pdf.plans import plan_document
from chart.queries.plan_page import compared, plan_page, shown, versions
from chart.views.plan_common import Whose, number_in, page, plan_of, whose
from documents import render as render_pdf
from programs.contributions import wishes
from programs.desk import DeskRequest, at_desk, key_in
from programs.files import pdf_file
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

OPEN = Capability.OPEN_CHART


@require_safe
@at_desk(OPEN)
def plan(request: DeskRequest, client_id: int) -> HttpResponse:
    """The plan that counts; where none is signed, its draft; where there is none, how to begin."""
    who = whose(request, client_id)
    return _page(request, who, shown(who.client.pk, request.desk.now))


@require_safe
@at_desk(OPEN)
def version(request: DeskRequest, client_id: int, plan_id: int) -> HttpResponse:
    """One version, whatever became of it."""
    who = whose(request, client_id)
    return _page(request, who, plan_of(who.client, plan_id, request.desk))


@require_POST
@at_desk(Capability.WRITE_PLANS)
def begin(request: DeskRequest, client_id: int) -> HttpResponse:
    """Begin a draft: the first, or from the version that is named."""
    who, desk = whose(request, client_id), request.desk
    if who.head.episode is None:
        raise Http404("This client has no episode of care, so there is nothing to plan.")
    try:
        draft_plan(
            by=desk.person, at=desk.now, episode_id=who.head.episode.pk, key=key_in(request),
            supersedes_id=number_in(request.POST, "supersedes"),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, who, shown(who.client.pk, desk.now), refused.findings)
    return redirect("chart:plan_draft", who.client.pk)


@require_safe
@at_desk(OPEN)
def history(request: DeskRequest, client_id: int) -> HttpResponse:
    """The versions of a client's plans; ``?new=`` and ``?old=`` compare two of them."""
    who, desk = whose(request, client_id), request.desk
    lines = versions(who.client.pk, desk.now)
    plans = {line.plan.pk: line.plan for line in lines}
    new = plans.get(number_in(request.GET, "new") or 0)
    if new is None:
        new = next((each.plan for each in lines if each.plan.supersedes_id in plans), None)
    old = plans.get(number_in(request.GET, "old") or (new.supersedes_id if new is not None else 0) or 0)
    changes = compared(old, new, desk.now) if old is not None and new is not None and old.pk != new.pk else None
    return page(request, who, "chart/plan/versions.html", {"lines": lines, "old": old, "new": new, "changes": changes})


@require_safe
@at_desk(OPEN)
def paper(request: DeskRequest, client_id: int, plan_id: int) -> HttpResponse:
    """A version as a PDF, with its signatures."""
    who, desk = whose(request, client_id), request.desk
    found = plan_page(plan_of(who.client, plan_id, desk), who.head.site, desk.now)
    print_plan(by=desk.person, at=desk.now, plan_id=plan_id, site_id=desk.site.pk)
    document = plan_document(found, who.head.site, desk.now, printed_by=f"Printed by {desk.person.signature}")
    return pdf_file(render_pdf(document), f"plan-{who.client.record_number}-version-{found.plan.number}.pdf")


def _page(request: DeskRequest, who: Whose, found: Plan | None, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    shown_page = plan_page(found, who.head.site, request.desk.now) if found is not None else None
    context = {"page": shown_page, "plan": found, "key": uuid4(), "wishes": wishes(who.client.pk, request.desk.now)}
    return page(request, who, "chart/plan/plan.html", context, findings)
