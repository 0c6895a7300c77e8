"""The flow between levels on a page and as a spreadsheet. Sums; names only of those whose charts the person may open."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from asam.queries.flow import FlowPage, ask, flow_page
from chart.access import sites_for
from documents import spreadsheet
from programs.desk import DeskRequest, at_desk
from programs.files import csv_file
from programs.rules.dates import Asked
from staff.rules.capabilities import Capability

NOT_UNDERSTOOD = 400
HEAD = ("what", "from", "to", "how it stands", "people")


@require_safe
@at_desk(Capability.SEE_LEVELS)
def flow(request: DeskRequest) -> HttpResponse:
    """Who stepped where in a range of dates, and who came back within 30 days."""
    asked = _asked(request)
    page = None if asked.wrong else _page(request, asked)
    context = {"asked": asked, "fields": asked.fields, "page": page}
    return render(request, "asam/pictures/flow.html", context, status=NOT_UNDERSTOOD if asked.wrong else 200)


@require_safe
@at_desk(Capability.SEE_LEVELS)
def flow_csv(request: DeskRequest) -> HttpResponse:
    """The same as sums, a row a way; never a name."""
    asked = _asked(request)
    if asked.wrong:
        return render(
            request, "asam/pictures/flow.html", {"asked": asked, "fields": asked.fields, "page": None}, status=NOT_UNDERSTOOD
        )  # fmt: skip
    page = _page(request, asked)
    kinds = {"in": "admitted", "step": "step", "out": "left"}
    rows: list[tuple[str, str, str, str, int]] = [
        (kinds[each.kind], each.source, each.target, each.words, each.count) for each in page.flows
    ]
    rows += [
        ("back within 30 days", "left", "admitted again", f"of {page.returns.left} who left", page.returns.admitted),
        ("back within 30 days", "stepped down", "up again", f"of {page.returns.lowered} steps down", page.returns.up),
    ]
    return csv_file(spreadsheet(HEAD, rows), f"flow-{asked.first}-to-{asked.last}.csv")


def _asked(request: DeskRequest) -> Asked:
    start, end = (request.GET.get(name, "").strip() for name in ("from", "to"))
    return ask(start, end, request.desk.now, request.desk.tz)


def _page(request: DeskRequest, asked: Asked) -> FlowPage:
    desk = request.desk
    return flow_page(desk.site.organisation, asked, desk.now, desk.tz, sites_for(desk, Capability.OPEN_CHART))
