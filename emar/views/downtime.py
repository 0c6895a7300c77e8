"""When the system is down: the packet for paper, and afterwards the entering of what stands there."""

from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from audit.rules.findings import Finding, Refused
from documents import render as render_pdf
from emar.actions import downtime as acts
from emar.models import Outage
from emar.paper_forms import CHOICES, WHY, EndForm, OutageForm, paper_lines, typed_lines
from emar.pdf.downtime import packet_document
from emar.queries.clients import colleagues
from emar.queries.downtime import backlog, packet, stretches
from programs.desk import DeskRequest, at_desk, key_in
from programs.files import pdf_file
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

NOT_DONE = 422


@at_desk(Capability.SEE_PASS)
def show(request: DeskRequest) -> HttpResponse:
    """The packet of the site, and the stretches on paper; a POST records one."""
    desk = request.desk
    form = OutageForm(request.POST or None)
    if request.method == "POST" and _begun(request, form):
        return redirect("emar:downtime")
    context = {
        "form": form, "stretches": stretches(desk.site, desk.now), "key": uuid4(), "packet": packet(desk.site, desk.now),
        "may_enter": desk.may(Capability.DOWNTIME),
    }  # fmt: skip
    answer = render(request, "emar/downtime.html", context, status=NOT_DONE if request.method == "POST" else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def _begun(request: DeskRequest, form: OutageForm) -> bool:
    """Record the stretch; False where it was not, and then the form says why."""
    desk = request.desk
    if not form.is_valid():
        return False
    try:
        acts.begin_outage(by=desk.person, at=desk.now, site_id=desk.site.pk, key=key_in(request), **form.cleaned_data)
    except NotAllowed:
        raise
    except Refused as refused:
        for finding in refused.findings:
            form.add_error(None, finding.message)
        return False
    return True


@require_safe
@at_desk(Capability.GIVE_DOSES)
def packet_kept(request: DeskRequest) -> HttpResponse:
    """The packet as the piece of a page that a registered tablet keeps (``static/js/kept/keeper.js``), never in a cache."""
    desk = request.desk
    answer = render(request, "emar/packet.html", {"packet": packet(desk.site, desk.now)})
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
@at_desk(Capability.SEE_PASS)
def packet_pdf(request: DeskRequest) -> HttpResponse:
    """The packet on paper."""
    desk = request.desk
    content = render_pdf(packet_document(packet(desk.site, desk.now), printed_by=f"Printed by {desk.person.signature}"))
    return pdf_file(content, "downtime.pdf")


@require_safe
@at_desk(Capability.DOWNTIME)
def outage(request: DeskRequest, outage_id: int) -> HttpResponse:
    """What of a stretch is still to be entered, client by client."""
    return _outage(request, _at_site(request, outage_id))


@require_POST
@at_desk(Capability.DOWNTIME)
def end(request: DeskRequest, outage_id: int) -> HttpResponse:
    """The system is back."""
    desk, found, form = request.desk, _at_site(request, outage_id), EndForm(request.POST)
    if not form.is_valid():
        return _outage(request, found, end_form=form)
    try:
        acts.end_outage(by=desk.person, at=desk.now, outage_id=found.pk, key=key_in(request), **form.cleaned_data)
    except NotAllowed:
        raise
    except Refused as refused:
        return _outage(request, found, refused.findings)
    return redirect("emar:outage", found.pk)


@require_POST
@at_desk(Capability.DOWNTIME)
def enter(request: DeskRequest, outage_id: int, client_id: int) -> HttpResponse:
    """Enter one client's lines; those that are refused stay, with what is wrong."""
    desk, found = request.desk, _at_site(request, outage_id)
    card = next((card for card in backlog(found, desk.now).clients if card.client_id == client_id), None)
    if card is None:
        raise Http404("No such client on this paper.")
    try:
        answers = acts.enter_paper(
            by=desk.person, at=desk.now, outage_id=found.pk, client_id=client_id, identified="identified" in request.POST,
            lines=paper_lines(card, request.POST, found, desk.tz),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _outage(request, found, refused.findings, about=client_id)
    findings = tuple(finding for answer in answers for finding in answer.findings)
    if findings:
        return _outage(request, found, findings, about=client_id)
    return HttpResponseRedirect(f"{request.path.rsplit('/clients/', 1)[0]}/#paper-{client_id}")


@require_POST
@at_desk(Capability.DOWNTIME)
def finish(request: DeskRequest, outage_id: int) -> HttpResponse:
    """Everything that stands on the paper is entered."""
    desk, found = request.desk, _at_site(request, outage_id)
    try:
        acts.finish_paper(by=desk.person, at=desk.now, outage_id=found.pk, key=key_in(request))
    except NotAllowed:
        raise
    except Refused as refused:
        return _outage(request, found, refused.findings)
    return redirect("emar:downtime")


def _at_site(request: DeskRequest, outage_id: int) -> Outage:
    found = (
        Outage.objects.select_related("site", "by", "entered_by").filter(pk=outage_id, site=request.desk.site).first()
    )
    if found is None:
        raise Http404("No such stretch here.")
    return found


def _outage(
    request: DeskRequest,
    found: Outage,
    findings: tuple[Finding, ...] = (),
    *,
    about: int | None = None,
    end_form: EndForm | None = None,
) -> HttpResponse:
    desk, left = request.desk, backlog(found, request.desk.now)
    cards = [
        (card, typed_lines(card, request.POST if card.client_id == about else None, desk.tz))
        for card in left.clients
        if card.waiting
    ]
    context = {
        "outage": found, "backlog": left, "cards": cards, "what": CHOICES, "why": WHY, "key": uuid4(),
        "people": colleagues(desk.site.pk, Capability.GIVE_DOSES, desk.now, but=0),
        "findings": findings, "about": about, "end": end_form or EndForm(initial={"ended_at": desk.now}),
        "giver": request.POST.get("given_by") or str(desk.person.pk), "identified": "identified" in request.POST,
    }  # fmt: skip
    wrong = bool(findings) or end_form is not None
    return render(request, "emar/outage.html", context, status=NOT_DONE if wrong else 200)
