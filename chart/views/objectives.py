"""One objective: its golden thread, and what is said of it now."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from audit.rules.findings import Finding, Refused
from chart.actions.objectives import say_objective
from chart.models import Objective, ObjectiveStatus
from chart.queries.objective_page import objective_page
from chart.views.plan_common import Whose, number_in, page, whose
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.OPEN_CHART)
def objective(request: DeskRequest, client_id: int, pk: int) -> HttpResponse:
    """What was done for it and how it goes; a POST says how it goes."""
    who, desk, sent = whose(request, client_id), request.desk, request.POST
    rows = Objective.objects.select_related("plan__episode__client", "plan__supersedes", "goal__problem")
    found = rows.filter(pk=pk, plan__episode__client=who.client).first()
    if found is None:
        raise Http404("This chart has no such objective.")
    if request.method != "POST":
        return _page(request, who, found)
    try:
        say_objective(
            by=desk.person, at=desk.now, objective_id=pk, status=sent.get("status", ""), words=sent.get("words", ""),
            percent=number_in(sent, "percent"), after=number_in(sent, "after"), key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, who, found, refused.findings)
    return redirect("chart:plan_objective", who.client.pk, pk)


def _page(request: DeskRequest, who: Whose, found: Objective, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    sent = request.POST
    shown = objective_page(found, who.head.site, request.desk.now)
    context = {
        "page": shown, "row": shown.row, "goal": found.goal, "key": uuid4(), "statuses": ObjectiveStatus.Status.choices,
        "status": sent.get("status", ""), "words": sent.get("words", ""), "percent": sent.get("percent", ""),
    }  # fmt: skip
    return page(request, who, "chart/plan/objective.html", context, findings)
