"""The list of clients, and one client's chart."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from chart import queries
from chart.access import client_for
from chart.queries.clients import listed
from chart.queries.page import Asked, Page
from chart.rules.window import FORTNIGHT
from programs.desk import Desk, DeskRequest, at_desk
from staff.rules.capabilities import CAPABILITIES, Capability

ON_A_PAGE = 50
LONGEST = 80  # letters of what is searched for


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.OPEN_CHART)
def client_list(request: DeskRequest) -> HttpResponse:
    """Find a client of this site. The page sends what is searched as a form, so that no name stands in an address."""
    desk, typed = request.desk, request.POST if request.method == "POST" else request.GET
    text, everyone = typed.get("q", "").replace("\x00", "").strip()[:LONGEST], "all" in typed
    everybody = listed(desk.site, desk.now, text=text, everyone=everyone)
    found = Paginator(everybody, ON_A_PAGE).get_page(typed.get("page"))
    rows = queries.clients(desk.site, desk.now, list(found.object_list))
    context = {
        "rows": rows, "found": found, "text": text, "everyone": everyone, "may_merge": desk.may(Capability.MERGE),
    }  # fmt: skip
    name = "chart/_clients.html" if request.headers.get("HX-Request") else "chart/clients.html"
    return render(request, name, context)


@require_safe
@at_desk(Capability.OPEN_CHART)
def chart(request: DeskRequest, client_id: int) -> HttpResponse:
    """One chart, on the clock of the client's site. The number of a record that was merged leads to the one that stays."""
    desk, client = request.desk, client_for(request.desk, client_id)
    if client.pk != client_id:
        return redirect("chart:chart", client.pk)
    shown = queries.page(client, desk.site, desk.now, _asked(request))
    with timezone.override(shown.head.site.tz):
        context = {
            "chart": shown,
            "head": shown.head,
            "now": [line for line in shown.now if line.capability in _held(desk, shown)],
            "trends": queries.trends(client.pk, desk.now, shown.head.site.tz),
            "kept": _kept(request),
            **_may(desk, shown),
        }
        return render(request, "chart/chart.html", context)


def _asked(request: HttpRequest) -> Asked:
    """What the address asks of the timeline; what makes no sense is as if it were not there."""
    typed = request.GET
    span = typed.get("span", "")
    return Asked(
        kind=typed.get("kind", "")[:20],
        text=typed.get("q", "").replace("\x00", "").strip()[:LONGEST],
        to=typed.get("to", "")[:10],
        span=int(span) if span.isdecimal() and len(span) < 3 else FORTNIGHT,
    )


def _kept(request: HttpRequest) -> str:
    """Kind, words and span as the beginning of an address, so that 'earlier' keeps them: 'kind=note&q=sleep&'."""
    kept = QueryDict(mutable=True)
    for name in ("kind", "q", "span"):
        if request.GET.get(name):
            kept[name] = request.GET[name][:LONGEST]
    return f"{kept.urlencode()}&" if kept else ""


def _may(desk: Desk, shown: Page) -> dict[str, bool]:
    """What the acts of a chart ask for, held at the client's site."""
    held, top = _held(desk, shown), shown.head
    placed_here = top.placement is not None and top.site == desk.site
    return {
        "may_write": top.episode is not None and Capability.WRITE_NOTES in held,
        "may_mind": Capability.PRECAUTIONS in held,
        "may_house": top.open and top.place is None and Capability.ASSIGN_BEDS in held,
        "may_keep_apart": Capability.KEEP_APART in held,
        "may_plan_session": placed_here and Capability.RUN_GROUPS in held,
        "may_score": top.open and Capability.SCORE in held,
        "may_print": Capability.PRINT_CHART in held,
    }


def _held(desk: Desk, shown: Page) -> set[Capability]:
    sites = {shown.head.site.pk, desk.site.pk}
    return {each for post in desk.posts if post.site_id in sites for each in CAPABILITIES[post.role]}
