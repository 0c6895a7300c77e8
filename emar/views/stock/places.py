"""Controlled stock: every place with its lines, who has the keys, and when it was counted; a place is begun and closed."""

from collections.abc import Iterator
from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.rules.findings import Finding, Refused
from emar.actions import stock as acts
from emar.queries.stock import LineRow, PlaceRow, open_variances, stock_places
from emar.rules.stock import Keeps
from emar.stock_forms import PlaceForm
from emar.views.stock.common import SEES, place_at
from programs.desk import DeskRequest, at_desk, key_in
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

NOT_DONE = 422


@require_safe
@at_desk(*SEES)
def show(request: DeskRequest) -> HttpResponse:
    """What is kept where. The balances of a place that is being counted are not shown: a count is blind."""
    return _page(request)


def _page(request: DeskRequest, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk = request.desk
    places = stock_places(desk.site, desk.now, empty="empty" in request.GET)
    return render(request, "emar/stock/places.html", {
        "places": places, "locked": list(_locked(places)), "waiting": open_variances(desk.site, desk.now),
        "own": Keeps.OWN.value, "may_stock": desk.may(Capability.STOCK), "findings": findings, "key": uuid4(),
        "may_supervise": desk.may(Capability.STOCK_SUPERVISE), "empty": "empty" in request.GET,
    }, status=NOT_DONE if findings else 200)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.STOCK_SUPERVISE)
def new(request: DeskRequest) -> HttpResponse:
    """Begin a place."""
    desk = request.desk
    findings: tuple[Finding, ...] = ()
    form = PlaceForm(request.POST or None, desk=desk)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            acts.add_location(
                by=desk.person, at=desk.now, site_id=desk.site.pk, name=typed["name"], kind=Keeps(typed["kind"]),
                unit_id=int(typed["unit_id"]) if typed["unit_id"] else None, key=key_in(request),
            )  # fmt: skip
            return redirect("emar:stock")
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    context = {"form": form, "findings": findings, "key": uuid4()}
    return render(request, "emar/stock/place.html", context, status=NOT_DONE if request.method == "POST" else 200)


@require_POST
@at_desk(Capability.STOCK_SUPERVISE)
def close(request: DeskRequest, location_id: int) -> HttpResponse:
    """Close an empty place."""
    desk, place = request.desk, place_at(request.desk, location_id)
    try:
        acts.close_location(by=desk.person, at=desk.now, location_id=place.pk, key=key_in(request))
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, refused.findings)
    return HttpResponseRedirect(reverse("emar:stock"))


def _locked(places: list[PlaceRow]) -> Iterator[tuple[PlaceRow, LineRow]]:
    return ((place, line) for place in places for line in place.lines if line.variance_id is not None)
