"""Choose a pass, walk it, and say who is in front of you."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from audit.rules.findings import Finding, Refused
from documents import render as render_pdf
from emar.actions.scanned import refuse_band
from emar.actions.walk import be_with, begin_pass, finish_pass, leave_client
from emar.board import Viewer, pass_key, pass_topic, regions
from emar.forms import VerifyForm
from emar.identified import WORDS, identified, remember, tablet
from emar.keys import instant_of, minute_of
from emar.pdf.duelist import duelist_document
from emar.queries import ClientCard, PassPage, paper_page, pass_lines, pass_page
from emar.queries.pages import by_unit
from emar.queries.passes import PAPER_AHEAD
from emar.queries.scanning import scan_codes
from emar.rules.unscanned import Unscanned
from live.queries import current_seq
from programs.desk import DeskRequest, at_desk
from programs.files import pdf_file
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@at_desk(Capability.SEE_PASS)
def choose(request: DeskRequest) -> HttpResponse:
    """Every pass around now: choose unit and pass."""
    desk = request.desk
    return render(
        request,
        "emar/passes.html",
        {"may_label": desk.may(Capability.LABELS), "units": by_unit(pass_lines(desk.site, at=desk.now))},
    )


@at_desk(Capability.SEE_PASS)
def show(request: DeskRequest, unit_id: int, minute: int) -> HttpResponse:
    """One pass of one unit, with one client's doses."""
    seq = current_seq(pass_topic(unit_id))  # before the rows
    page, client = page_of(request, unit_id, minute, request.GET.get("client"))
    return render(request, "emar/pass.html", _context(request, page, client) | {"seq": seq})


@at_desk(Capability.GIVE_DOSES)
def verify(request: DeskRequest, unit_id: int, minute: int, client_id: int) -> HttpResponse:
    """Keep by what the client was identified, and go on to the doses."""
    page, client = page_of(request, unit_id, minute, str(client_id))
    address = f"{reverse('emar:pass', args=[unit_id, minute_of(page.at)])}?{urlencode({'client': client_id})}"
    if request.method != "POST":  # the address of a refused check, opened again
        return HttpResponseRedirect(address)
    form = VerifyForm(request.POST)
    if not form.is_valid():
        context = _context(request, page, client) | {"seq": 0, "verify": form}
        return render(request, "emar/pass.html", context, status=422)
    desk, band = request.desk, form.cleaned_data["band"]
    try:
        if band:
            refuse_band(client_id, band, at=desk.now, tz=desk.tz)
    except Refused as refused:
        form.add_error("by", str(refused))
        return render(
            request, "emar/pass.html", _context(request, page, client) | {"seq": 0, "verify": form}, status=422
        )
    remember(request.session, client_id, form.cleaned_data["by"], desk.now, band=band)
    begin_pass(by=desk.person, at=desk.now, site_id=desk.site.pk, unit_id=unit_id, pass_at=page.at)
    return HttpResponseRedirect(address)


@at_desk(Capability.SEE_PASS)
def paper(request: DeskRequest, unit_id: int) -> HttpResponse:
    """The unit's doses on paper, for when the network or the power is down."""
    desk = request.desk
    page = paper_page(desk.site, unit_id, at=desk.now)
    if page is None:
        raise Http404("Nobody is on a pass of this unit.")
    return render(request, "emar/paper.html", {"page": page, "until": desk.now + PAPER_AHEAD})


@at_desk(Capability.SEE_PASS)
def paper_pdf(request: DeskRequest, unit_id: int) -> HttpResponse:
    """The same list as a document to print or to keep."""
    desk = request.desk
    page = paper_page(desk.site, unit_id, at=desk.now)
    if page is None:
        raise Http404("Nobody is on a pass of this unit.")
    printed = f"Printed by {desk.person.signature}"
    content = render_pdf(duelist_document(page, desk.site, until=desk.now + PAPER_AHEAD, printed_by=printed))
    local = desk.now.astimezone(desk.tz)
    return pdf_file(content, f"due-{unit_id}-{local:%Y-%m-%d-%H%M}.pdf")


@at_desk(Capability.SEE_PASS)
def waiting(request: DeskRequest, unit_id: int, minute: int) -> HttpResponse:
    """Who still waits for what; with nobody, what the pass comes to."""
    return _waiting(request, unit_id, minute)


@require_POST
@at_desk(Capability.GIVE_DOSES)
def finish(request: DeskRequest, unit_id: int, minute: int) -> HttpResponse:
    """Finish the pass; refused with who still waits."""
    desk, (page, _) = request.desk, page_of(request, unit_id, minute, None)
    try:
        finish_pass(by=desk.person, at=desk.now, site_id=desk.site.pk, unit_id=unit_id, pass_at=page.at)
    except NotAllowed:
        raise
    except Refused as refused:
        return _waiting(request, unit_id, minute, findings=refused.findings)
    return _waiting(request, unit_id, minute, done=True)


@require_POST
@at_desk(Capability.GIVE_DOSES)
def here(request: DeskRequest, unit_id: int, client_id: int) -> HttpResponse:
    """This tablet has the client open."""
    desk, device = request.desk, tablet(request.session.session_key)
    try:
        row = be_with(
            by=desk.person, at=desk.now, site_id=desk.site.pk, unit_id=unit_id, client_id=client_id, device=device
        )
    except NotAllowed:
        raise
    except Refused as refused:
        return HttpResponse(str(refused), status=409)
    return HttpResponse(status=204, headers={"X-Seen": row.seen_at.isoformat()})


@require_POST
@at_desk(Capability.GIVE_DOSES)
def gone(request: DeskRequest, client_id: int) -> HttpResponse:
    """This tablet has the client open no more; ``seen`` is what the page was answered last when it said that it has."""
    desk, device = request.desk, tablet(request.session.session_key)
    try:
        seen = parse_datetime(request.GET.get("seen", ""))
    except ValueError:
        seen = None
    leave_client(by=desk.person, at=desk.now, client_id=client_id, device=device, seen_at=seen)
    return HttpResponse(status=204)


def _waiting(
    request: DeskRequest, unit_id: int, minute: int, *, findings: tuple[Finding, ...] = (), done: bool = False
) -> HttpResponse:
    page, _ = page_of(request, unit_id, minute, None)
    context = {"page": page, "viewer": _viewer(request), "findings": findings, "done": done}
    return render(request, "emar/_waiting.html", context, status=422 if findings else 200)


def _viewer(request: DeskRequest) -> Viewer:
    return Viewer(request.desk.may(Capability.GIVE_DOSES), request.desk.person.pk)


def page_of(request: DeskRequest, unit_id: int, minute: int, client: str | None) -> tuple[PassPage, ClientCard | None]:
    """The pass of an address and the client of it (without one, who is next). Raises Http404."""
    desk = request.desk
    try:
        pass_at, client_id = instant_of(minute), int(client) if client else None
    except ValueError as error:
        raise Http404("No such pass.") from error
    page = pass_page(desk.site, unit_id, pass_at, at=desk.now, viewer_id=desk.person.pk)
    if page is None or (client_id is not None and page.client(client_id) is None):
        raise Http404("No such client on this pass.")
    return page, page.client(client_id)


def _context(request: DeskRequest, page: PassPage, client: ClientCard | None) -> dict[str, object]:
    """What the page shows; the live parts are drawn by the board, so that both always agree."""
    desk, chosen = request.desk, 0 if client is None else client.client_id
    viewer = _viewer(request)
    return {
        "page": page,
        "client": client,
        "minute": minute_of(page.at),
        "identified": identified(request.session, chosen, desk.now),
        "identifiers": WORDS.items(),
        "may_give": viewer.may_give,
        "codes": scan_codes(page, client) if viewer.may_give and client else None,
        "may_label": desk.may(Capability.LABELS),
        "unscanned": tuple(Unscanned),
        "drawn": {name.partition("-")[0]: html for name, html in regions(page, chosen, viewer)},
        "key": pass_key(page, chosen),
        "live": True,
    }
