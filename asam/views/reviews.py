"""The review queue, the packet of one client, the review itself, its record and papers."""

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asam.access import placement_for
from asam.actions.reviews import (
    asks_of,
    confirm_review,
    drop_review_draft,
    purpose,
    save_review_draft,
    write_review,
)
from asam.forms.ratings import version_in
from asam.forms.reviews import answer_in, typed_in
from asam.models import LevelReview, ReviewDraft
from asam.pdf.reviews import continued_service, packet_paper, ur_packet
from asam.queries.packet import Line, lines_of, packet
from asam.queries.pictures import drawn
from asam.queries.review_page import form_page
from asam.queries.review_queue import Look, queue_page
from asam.queries.reviews import reviews
from asam.queries.transitions import prepared
from audit.rules.findings import Finding, Refused
from documents import render as printed
from programs.desk import DeskRequest, at_desk, key_in
from programs.files import pdf_file
from programs.models import Placement
from programs.placed import current
from staff.access import NotAllowed
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability

SEE, RATE = Capability.SEE_LEVELS, Capability.RATE


@require_safe
@at_desk(SEE)
def review_list(request: DeskRequest) -> HttpResponse:
    """Who is due for review at this site, and why."""
    desk, rows = request.desk, reviews(request.desk.site, request.desk.now)
    look = Look(request.GET.get("program", ""), request.GET.get("show", ""))
    context = {
        "page": queue_page(rows, look),
        "prepared": prepared(desk.site),
        "now": desk.now,
        "may_rate": desk.may(RATE),
        "may_decide": desk.may(Capability.DECIDE),
    }
    return render(request, "asam/reviews.html", context)


@require_safe
@at_desk(SEE)
def packet_page(request: DeskRequest, episode_id: int) -> HttpResponse:
    """What a review is written from, on one page."""
    desk, placement = request.desk, _placed(request, episode_id)
    if placement is None:
        return redirect("asam:level", episode_id)
    context = {
        "page": packet(placement, desk.now),
        "lines": lines_of(episode_id, desk.now),
        "may_rate": desk.may(RATE),
    }
    return render(request, "asam/packet.html", context)


@require_safe
@at_desk(SEE)
def packet_pdf(request: DeskRequest, episode_id: int, paper: str) -> HttpResponse:
    """The packet on paper: for the team (``packet``), or for the payer (``ur``)."""
    desk, placement = request.desk, _placed(request, episode_id)
    if placement is None:
        raise Http404
    made = {"packet": packet_paper, "ur": ur_packet}.get(paper)
    if made is None:
        raise Http404
    found, lines = packet(placement, desk.now), lines_of(episode_id, desk.now)
    by, pictures = f"Printed by {desk.person.signature}", drawn(placement, desk.now)
    document = made(found, lines, at=desk.now, printed_by=by, drawn=pictures)
    return pdf_file(printed(document), f"{paper}-{found.client.record_number}-{desk.now:%Y%m%d}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(RATE)
def review(request: DeskRequest, episode_id: int) -> HttpResponse:
    """Write a review; a POST signs it."""
    placement = _placed(request, episode_id)
    if placement is None:
        return redirect("asam:level", episode_id)
    if request.method != "POST":
        return _page(request, placement)
    desk, typed = request.desk, typed_in(request.POST)
    asked = asks_of(desk.person, placement.level, desk.site.pk, desk.now)
    second = _second(request, asked, sent=bool(request.POST.get("second")))
    try:
        key = key_in(request)
        proof = second.proof(purpose=purpose(episode_id), key=key).pk if second and second.is_bound else None
        made = write_review(
            by=desk.person, at=desk.now, episode_id=episode_id, answer=answer_in(typed), proof=proof, key=key,
            seen=_number(request, "seen"), corrects=_number(request, "corrects"),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, placement, typed=typed, findings=refused.findings)
    return redirect("asam:review_record", made.pk)


@require_POST
@at_desk(RATE)
def save(request: DeskRequest, episode_id: int) -> HttpResponse:
    """Keep a review as it stands on the page; answers with the version and how it was kept."""
    desk = request.desk
    placement_for(desk, episode_id)
    findings: tuple[Finding, ...] = ()
    draft = None
    try:
        draft = save_review_draft(
            by=desk.person, at=desk.now, episode_id=episode_id, version=version_in(request.POST), typed=typed_in(request.POST),
            window=request.POST.get("window", ""),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        findings = refused.findings
    context = {"draft": draft, "findings": findings, "version": draft.version if draft else version_in(request.POST)}
    return render(request, "asam/_review_saved.html", context, status=422 if findings else 200)


@require_POST
@at_desk(RATE)
def drop(request: DeskRequest, episode_id: int) -> HttpResponse:
    """Put the draft of a review away."""
    desk = request.desk
    placement_for(desk, episode_id)
    draft = ReviewDraft.objects.filter(episode=episode_id, closed_at=None).first()
    if draft is not None:
        drop_review_draft(by=desk.person, at=desk.now, draft_id=draft.pk)
    return redirect("asam:packet", episode_id)


@require_safe
@at_desk(SEE)
def record(request: DeskRequest, pk: int) -> HttpResponse:
    """A review as it was signed."""
    return _record(request, pk)


@require_safe
@at_desk(SEE)
def record_pdf(request: DeskRequest, pk: int) -> HttpResponse:
    """A review on paper: the continued-service review."""
    desk = request.desk
    line, placement = _line(request, pk)
    document = continued_service(line, placement, at=desk.now, printed_by=f"Printed by {desk.person.signature}")
    return pdf_file(printed(document), f"review-{placement.episode.client.record_number}-{pk}.pdf")


@require_POST
@at_desk(SEE)
def confirm(request: DeskRequest, pk: int) -> HttpResponse:
    """Put a second name under a review: one's own, or another's by their PIN."""
    desk, (line, _) = request.desk, _line(request, pk)
    try:
        proof = None
        if request.POST.get("second") and line.row.asks:
            second = _second(request, Capability(line.row.asks), sent=True, but_not=(line.row.by_id,))
            assert second is not None
            proof = second.proof(purpose=purpose(line.row.episode_id), key=key_in(request)).pk
        confirm_review(by=desk.person, at=desk.now, review_id=pk, proof=proof, key=key_in(request))
    except NotAllowed:
        raise
    except Refused as refused:
        return _record(request, pk, findings=refused.findings)
    return redirect("asam:review_record", pk)


def _record(request: DeskRequest, pk: int, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk, (line, placement) = request.desk, _line(request, pk)
    row = line.row
    waits = bool(row.asks) and not hasattr(row, "confirmation") and line.counts
    asked = Capability(row.asks) if row.asks else None
    mine = waits and asked is not None and desk.may(asked) and desk.person.pk != row.by_id
    context = {
        "line": line, "placement": placement, "client": placement.episode.client, "waits": waits, "mine": mine, "asked": asked,
        "second": _second(request, asked, but_not=(row.by_id,)) if waits and not mine else None, "key": uuid4(), "findings": findings,
        "may_rate": desk.may(RATE), "newest": line.counts and current(row.episode_id, desk.now) is not None,
    }  # fmt: skip
    return render(request, "asam/review_record.html", context, status=422 if findings else 200)


def _page(
    request: DeskRequest,
    placement: Placement,
    *,
    typed: dict[str, Any] | None = None,
    findings: tuple[Finding, ...] = (),
) -> HttpResponse:
    """The page on which a review is written, with what was typed, or the draft, or (a correction) what was signed."""
    desk = request.desk
    corrects = _number(request, "corrects")
    found = packet(placement, desk.now)
    if corrects is not None and (found.last is None or found.last.pk != corrects):
        corrects = None
    asked = asks_of(desk.person, found.stands.level, desk.site.pk, desk.now)
    context = {
        "page": form_page(found, typed=typed, corrects=corrects, today=desk.now.astimezone(desk.tz).date()),
        "packet": found,
        "findings": findings,
        "second": _second(request, asked),
        "asked": asked,
        "key": uuid4(),
        "window": request.POST.get("window") or uuid4(),
    }
    return render(request, "asam/review.html", context, status=422 if findings else 200)


def _second(
    request: DeskRequest, asked: Capability | None, *, sent: bool = False, but_not: tuple[int, ...] | None = None
) -> SecondPersonForm | None:
    if asked is None:
        return None
    desk = request.desk
    label = "A prescriber" if asked is Capability.WRITE_ORDERS else "A director"
    return SecondPersonForm(
        request.POST if sent else None, site=desk.site, at=desk.now, capability=asked,
        but_not=(desk.person.pk,) if but_not is None else but_not, label=label,
    )  # fmt: skip


def _placed(request: DeskRequest, episode_id: int) -> Placement | None:
    """The placement of now; None where the episode is in no program any more. Http404 where it was never at this site."""
    found = placement_for(request.desk, episode_id)
    now = current(episode_id, request.desk.now)
    return now if now is not None and now.pk == found.pk else None


def _line(request: DeskRequest, pk: int) -> tuple[Line, Placement]:
    row = LevelReview.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    placement = placement_for(request.desk, row.episode_id)
    return next(each for each in lines_of(row.episode_id, request.desk.now) if each.row.pk == pk), placement


def _number(request: DeskRequest, name: str) -> int | None:
    text = request.POST.get(name) or request.GET.get(name) or ""
    return int(text) if text.isdecimal() and len(text) < 15 else None
