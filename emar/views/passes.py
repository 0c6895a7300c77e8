"""Choose a pass, walk it, and say who is in front of you."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from emar.board import pass_key, pass_topic, regions
from emar.forms import VerifyForm
from emar.identified import WORDS, identified, remember
from emar.keys import instant_of, minute_of
from emar.queries import ClientCard, PassPage, pass_lines, pass_page
from live.queries import current_seq
from programs.desk import DeskRequest, at_desk
from staff.rules.capabilities import Capability


@at_desk(Capability.SEE_PASS)
def choose(request: DeskRequest) -> HttpResponse:
    """Every pass around now: choose unit and pass."""
    desk = request.desk
    return render(request, "emar/passes.html", {"lines": pass_lines(desk.site, at=desk.now)})


@at_desk(Capability.SEE_PASS)
def show(request: DeskRequest, unit_id: int, minute: int) -> HttpResponse:
    """One pass of one unit, with one client's doses."""
    seq = current_seq(pass_topic(unit_id))  # before the rows
    page, client = _page(request, unit_id, minute, request.GET.get("client"))
    return render(request, "emar/pass.html", _context(request, page, client) | {"seq": seq})


@at_desk(Capability.GIVE_DOSES)
def verify(request: DeskRequest, unit_id: int, minute: int, client_id: int) -> HttpResponse:
    """Keep by what the client was identified, and go on to the doses."""
    page, client = _page(request, unit_id, minute, str(client_id))
    address = f"{reverse('emar:pass', args=[unit_id, minute_of(page.at)])}?{urlencode({'client': client_id})}"
    if request.method != "POST":  # the address of a refused check, opened again
        return HttpResponseRedirect(address)
    form = VerifyForm(request.POST)
    if not form.is_valid():
        context = _context(request, page, client) | {"seq": 0, "verify": form}
        return render(request, "emar/pass.html", context, status=422)
    remember(request.session, client_id, form.cleaned_data["by"], request.desk.now)
    return HttpResponseRedirect(address)


def _page(request: DeskRequest, unit_id: int, minute: int, client: str | None) -> tuple[PassPage, ClientCard | None]:
    desk = request.desk
    try:
        pass_at, client_id = instant_of(minute), int(client) if client else None
    except ValueError as error:
        raise Http404("No such pass.") from error
    page = pass_page(desk.site, unit_id, pass_at, at=desk.now)
    if page is None or (client_id is not None and page.client(client_id) is None):
        raise Http404("No such client on this pass.")
    return page, page.client(client_id)


def _context(request: DeskRequest, page: PassPage, client: ClientCard | None) -> dict[str, object]:
    """What the page shows; the live parts are drawn by the board, so that both always agree."""
    desk, chosen = request.desk, 0 if client is None else client.client_id
    may_give = desk.may(Capability.GIVE_DOSES)
    return {
        "page": page,
        "client": client,
        "next": None if client is None else page.after(client),
        "previous": None if client is None else page.before(client),
        "minute": minute_of(page.at),
        "identified": identified(request.session, chosen, desk.now),
        "identifiers": WORDS.items(),
        "may_give": may_give,
        "drawn": {name.partition("-")[0]: html for name, html in regions(page, chosen, may_give=may_give)},
        "key": pass_key(page, chosen),
        "live": True,
    }
