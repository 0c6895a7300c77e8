"""Handoffs: the list, the page on which one is written, given, read and taken over, and its paper."""

from collections.abc import Mapping
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from audit.rules.findings import Finding, Refused, stop
from chart.actions import handoff
from chart.models import Handoff
from chart.pdf.handoff import handoff_document
from chart.queries.handoff import HandoffLine, HandoffPage, handoff_list, handoff_page
from chart.rules.handoff import LONGEST, WORDS, Illness
from chart.views.unit.tabs import tabs_of
from documents import render as render_pdf
from programs.desk import DeskRequest, at_desk, key_in
from programs.files import pdf_file
from staff.access import NotAllowed
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability


@require_safe
@at_desk(Capability.SEE_HANDOFFS)
def every(request: DeskRequest) -> HttpResponse:
    """The last shifts of every unit."""
    desk = request.desk
    lines = handoff_list(desk.site, desk.now)
    context = {"lines": lines, "page": "handoff", "loud": loud(lines)} | tabs_of(desk)
    return render(request, "chart/unit/handoffs.html", context)


def loud(lines: list[HandoffLine]) -> list[HandoffLine]:
    """The newest shift of each unit that is over, where it was not given or nobody took it."""
    newest: dict[int, HandoffLine] = {}
    for line in lines:
        if line.over:
            newest.setdefault(line.ward.pk, line)
    return [line for line in newest.values() if line.late]


@require_safe
@at_desk(Capability.SEE_HANDOFFS)
def one(request: DeskRequest, unit_id: int, minute: int) -> HttpResponse:
    """One handoff."""
    return _one(request, _found(request, unit_id, minute))


@require_safe
@at_desk(Capability.SEE_HANDOFFS)
def pdf(request: DeskRequest, unit_id: int, minute: int) -> HttpResponse:
    """One handoff on paper."""
    page = _found(request, unit_id, minute)
    content = render_pdf(handoff_document(page, request.desk.person))
    return pdf_file(content, f"handoff-{page.ward.pk}-{page.minute}.pdf")


@require_POST
@at_desk(Capability.HAND_OFF)
def save(request: DeskRequest, unit_id: int, minute: int) -> HttpResponse:
    """Keep one part as it is typed; answers the new versions of the part and of the whole."""
    desk, sent = request.desk, request.POST
    client_id = _number(sent.get("client")) if "client" in sent else None
    seen = _number(sent.get("seen"))
    draft = handoff.save_part(
        by=desk.person, at=desk.now, site_id=desk.site.pk, unit_id=unit_id, minute=minute, seen=seen, client_id=client_id,
        illness=sent.get("illness", ""), words={name: sent.get(name, "").replace("\r\n", "\n") for name in (*WORDS, "unit")},
        told_keys=sent.getlist("told"),
    )  # fmt: skip
    part = draft.content["unit"] if client_id is None else draft.content["clients"][str(client_id)]
    version = handoff.read_by(draft, desk.person, _number(sent.get("whole", "0")))
    context = {"part": client_id or 0, "v": part["v"], "version": version, "at": desk.now}
    return render(request, "chart/unit/handoff_saved.html", context)


@require_POST
@at_desk(Capability.HAND_OFF)
def give(request: DeskRequest, unit_id: int, minute: int) -> HttpResponse:
    """Give and sign it."""
    desk = request.desk
    try:
        handoff.give(
            by=desk.person, at=desk.now, site_id=desk.site.pk, unit_id=unit_id, minute=minute,
            seen=_number(request.POST.get("whole")), key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _one(request, _found(request, unit_id, minute), refused.findings)
    return redirect("unit:handoff", unit_id, minute)


@require_POST
@at_desk(Capability.HAND_OFF)
def take(request: DeskRequest, unit_id: int, minute: int) -> HttpResponse:
    """Take it over: whose session this is, or with their PIN somebody else on this tablet."""
    desk, sent, page = request.desk, request.POST, _found(request, unit_id, minute)
    if page.given is None:
        raise Http404
    other = sent.get("as") == "other"
    second, key = _receiver(request, page.given, sent) if other else None, key_in(request)
    try:
        proof = None if second is None else second.proof(purpose=handoff.purpose(page.given.pk), key=key).pk
        handoff.take(
            by=desk.person,
            at=desk.now,
            handoff_id=page.given.pk,
            read_back=sent.get("read_back", ""),
            proof_id=proof,
            key=key,
        )
    except NotAllowed:
        raise
    except Refused as refused:
        return _one(request, page, refused.findings)
    return redirect("unit:handoff", unit_id, minute)


def _found(request: DeskRequest, unit_id: int, minute: int) -> HandoffPage:
    page = handoff_page(request.desk.site, unit_id, minute, request.desk.now)
    if page is None:
        raise Http404
    return page


def _receiver(request: DeskRequest, given: Handoff, sent: Mapping[str, object] | None = None) -> SecondPersonForm:
    """Who takes it over on this tablet, signed in as somebody else; not who gave it, nor who took it."""
    desk = request.desk
    but_not = {given.by_id, desk.person.pk, *given.receipts.values_list("by", flat=True)}
    return SecondPersonForm(
        sent, site=desk.site, at=desk.now, capability=Capability.HAND_OFF, but_not=but_not, label="The receiver"
    )


def _one(request: DeskRequest, page: HandoffPage, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk, given = request.desk, page.given
    may = desk.may(Capability.HAND_OFF)
    mine = given is not None and given.by_id == desk.person.pk
    took = given is not None and any(each.by_id == desk.person.pk for each in page.receipts)
    context = {
        "page": "handoff", "handoff": page, "findings": findings, "may_write": may and given is None, "mine": mine,
        "may_take": may and given is not None and not mine and not took, "illnesses": tuple(Illness), "key": uuid4(),
        "read_back": request.POST.get("read_back", ""), "longest": LONGEST, "other": request.POST.get("as") == "other" or mine,
        "second": _receiver(request, given, request.POST if request.POST.get("as") == "other" else None) if may and given else None,
    }  # fmt: skip
    return render(request, "chart/unit/handoff.html", context | tabs_of(desk), status=422 if findings else 200)


def _number(typed: str | None) -> int:
    if typed is None or not typed.isdecimal() or len(typed) > 15:
        raise Refused(stop("handoff.form", "This page is not whole. Reload it and try again."))
    return int(typed)
