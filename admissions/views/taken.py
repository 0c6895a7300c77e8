"""A transition that happened: its page, its paper, and taking it back."""

from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from admissions.actions.take_back import take_back, taking_back
from admissions.pdf.transition import packet
from admissions.queries.transition_done import done, goals, last_doses
from asam.access import placement_for
from asam.models import Transition
from audit.rules.findings import Finding, Refused
from documents import render as printed
from programs.desk import Desk, DeskRequest, at_desk, key_in
from programs.files import pdf_file
from staff.access import NotAllowed
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability

ROWS = (
    "program__site__organisation",
    "left__program",
    "left__episode__client",
    "entered",
    "decision",
    "by",
    "reconciled_by",
)


def _found(desk: Desk, pk: int) -> Transition:
    """The transition, where its episode is one of the desk's site; else Http404."""
    row = Transition.objects.select_related(*ROWS).filter(pk=pk).first()
    if row is None:
        raise Http404
    placement_for(desk, row.left.episode_id)
    return row


@require_safe
@at_desk(Capability.SEE_LEVELS)
def transition_page(request: DeskRequest, pk: int) -> HttpResponse:
    """What a step moved, line by line."""
    return _show(request, _found(request.desk, pk))


@require_safe
@at_desk(Capability.SEE_LEVELS)
def transition_pdf(request: DeskRequest, pk: int) -> HttpResponse:
    """The step-down summary on paper."""
    desk, row = request.desk, _found(request.desk, pk)
    paper = packet(
        done(row, desk.now),
        last_doses(row),
        goals(row, desk.now),
        at=desk.now,
        by=f"Printed by {desk.person.signature}",
    )
    return pdf_file(printed(paper), f"step-{row.left.episode.client.record_number}-{row.pk}.pdf")


@require_POST
@at_desk(Capability.DECIDE)
def take_step_back(request: DeskRequest, pk: int) -> HttpResponse:
    """Take the newest step back, with a reason and, where orders are touched, a prescriber's PIN."""
    desk, row = request.desk, _found(request.desk, pk)
    try:
        proof = None
        if done(row, desk.now).signs and not desk.may(Capability.WRITE_ORDERS) and request.POST.get("why", "").strip():
            proof = _prescriber(request).proof(purpose=taking_back(pk), key=key_in(request)).pk
        made = take_back(
            by=desk.person, at=desk.now, transition_id=pk, why=request.POST.get("why", ""), reconciliation=proof,
            key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _show(request, row, refused.findings)
    return redirect("admissions:transition", made.pk)


def _prescriber(request: DeskRequest) -> SecondPersonForm:
    desk = request.desk
    sent = request.POST if request.method == "POST" else None
    return SecondPersonForm(
        sent, site=desk.site, at=desk.now, capability=Capability.WRITE_ORDERS, but_not=(desk.person.pk,), prefix="rx",
        label="Prescriber",
    )  # fmt: skip


def _show(request: DeskRequest, row: Transition, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk, page = request.desk, done(row, request.desk.now)
    may_back = page.newest and desk.may(Capability.DECIDE)
    asks = may_back and page.signs and not desk.may(Capability.WRITE_ORDERS)
    context = {
        "page": page, "row": row, "client": row.left.episode.client, "findings": findings, "may_back": may_back,
        "rx": _prescriber(request) if asks else None, "key": uuid4(), "why": request.POST.get("why", ""),
    }  # fmt: skip
    return render(request, "admissions/taken.html", context, status=422 if findings else 200)
