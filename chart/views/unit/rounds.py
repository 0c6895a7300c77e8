"""Rounds: the board of a unit, a look, and who is watched."""

from datetime import datetime
from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from audit.rules.findings import Refused, stop
from chart.actions import rounds
from chart.board import Viewer, draw, regions
from chart.forms.rounds import OrderForm
from chart.queries.rounds.board import rounds_board, tag_codes
from chart.queries.rounds.day import DAY_PROGRAM
from chart.queries.rounds.orders import watched_people
from chart.rules.rounds.states import Untagged
from chart.views.unit.tabs import tabs_of
from live.queries import current_seq
from programs.contributions import wards
from programs.desk import DeskRequest, at_desk, key_in
from programs.topics import rounds_topic
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@require_safe
@at_desk()
def first(request: DeskRequest) -> HttpResponse:
    """The first page of the unit that the person has."""
    tabs = tabs_of(request.desk)["unit_tabs"]
    if not tabs:
        raise Http404("Nothing of a unit for this role.")
    return redirect(tabs[0].address)  # type: ignore[index]


@require_safe
@at_desk(Capability.SEE_ROUNDS)
def all_rounds(request: DeskRequest) -> HttpResponse:
    """The rounds of the first unit; a site without units says so."""
    units = wards(request.desk.site.pk)
    return redirect("unit:rounds", (units[0] if units else DAY_PROGRAM).pk)


@require_safe
@at_desk(Capability.SEE_ROUNDS)
def board(request: DeskRequest, unit_id: int) -> HttpResponse:
    """One unit, live."""
    desk = request.desk
    seq = current_seq(rounds_topic(unit_id))  # before the rows
    found = rounds_board(desk.site, unit_id, desk.now)
    if found is None:
        raise Http404
    viewer = Viewer(desk.may(Capability.DO_ROUNDS))
    context = {
        "board": found, "seq": seq, "drawn": [html for _, html in regions(found, viewer)], "wards": [*wards(desk.site.pk), DAY_PROGRAM],
        "may_look": viewer.looks, "may_order": desk.may(Capability.ORDER_ROUNDS), "untagged": tuple(Untagged),
        "codes": tag_codes(desk.site, unit_id, desk.now),
    }  # fmt: skip
    return render(request, "chart/unit/rounds.html", context | tabs_of(desk))


@require_POST
@at_desk(Capability.DO_ROUNDS)
def check(request: DeskRequest) -> HttpResponse:
    """Write down a look; a page without script goes back to the board, the script gets the row drawn anew."""
    desk, sent = request.desk, request.POST
    client_id, unit_id = _number(sent.get("client")), _number(sent.get("unit"))
    rounds.check(
        by=desk.person, at=desk.now, site_id=desk.site.pk, client_id=client_id, state=sent.get("state", ""),
        seen_at=_instant(sent.get("seen_at", "")), where=sent.get("where", ""), tag=sent.get("tag", "")[:120],
        untagged=sent.get("untagged", ""), key=key_in(request),
    )  # fmt: skip
    if request.headers.get("Accept") != "application/json":
        return HttpResponseRedirect(reverse("unit:rounds", args=[unit_id]) + f"#round-{client_id}")
    found = rounds_board(desk.site, unit_id, desk.now)
    rows = {} if found is None else {row.client_id: row for row in found.rows}
    drawn = draw("row", found, Viewer(True), row=rows[client_id]) if found and client_id in rows else ""
    return JsonResponse({"row": drawn})


@at_desk(Capability.SEE_ROUNDS)
def orders(request: DeskRequest) -> HttpResponse:
    """Who is watched at the site, and why; whoever may, orders looks and ends them."""
    desk, may = request.desk, request.desk.may(Capability.ORDER_ROUNDS)
    people = watched_people(desk.site, desk.now)
    form = OrderForm(request.POST if request.method == "POST" and "end" not in request.POST else None, people=people)
    findings = ()
    if request.method == "POST":
        try:
            if _ordered(request, form):
                return redirect("unit:orders")
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings  # type: ignore[assignment]
    context = {"people": people, "form": form, "findings": findings, "may_order": may, "key": uuid4()}
    wrong = bool(findings) or bool(form.errors)
    return render(request, "chart/unit/watched.html", context | tabs_of(desk), status=422 if wrong else 200)


def _ordered(request: DeskRequest, form: OrderForm) -> bool:
    desk = request.desk
    if "end" in request.POST:
        rounds.end_looks(
            by=desk.person, at=desk.now, order_id=_known(request), why=request.POST.get("why", ""), key=key_in(request)
        )
        return True
    if not form.is_valid():
        return False
    typed = form.cleaned_data
    rounds.order_looks(
        by=desk.person, at=desk.now, episode_id=typed["client"], minutes=typed["minutes"], why=typed["why"],
        until=typed["until"], key=typed["key"],
    )  # fmt: skip
    return True


def _known(request: DeskRequest) -> int:
    """The order that is to end, at this site; else Http404."""
    wanted = _number(request.POST.get("end"))
    if wanted not in {each.order_id for each in watched_people(request.desk.site, request.desk.now)}:
        raise Http404
    return wanted


def _number(typed: str | None) -> int:
    if typed is None or not typed.isdecimal() or len(typed) > 15:
        raise Refused(stop("rounds.form", "This page is not whole. Reload it and try again."))
    return int(typed)


def _instant(typed: str) -> datetime | None:
    """When the look was taken, by the tablet; None where it says nothing."""
    try:
        found = parse_datetime(typed)
    except ValueError:
        found = None
    if typed and (found is None or found.tzinfo is None):
        raise Refused(stop("rounds.form", "This page is not whole. Reload it and try again."))
    return found
