"""The note of a session: begin a part, save it, take it over, sign, co-sign, add to what is sealed."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from audit.rules.findings import Finding, Refused, stop
from groups import actions, board
from groups.access import session_for
from groups.forms import AddForm, PartForm, WhyForm
from groups.models import Part, Session
from groups.views.common import act, answer, card_of, page_of, reasons_in
from programs.desk import DeskRequest, at_desk
from staff.rules.capabilities import Capability

RUN = Capability.RUN_GROUPS


@require_POST
@at_desk(RUN)
def begin(request: DeskRequest, pk: int, part: str) -> HttpResponse:
    """Someone put the cursor into a part that nobody has written."""
    return _write(request, pk, part, actions.begin_part, {})


@at_desk(RUN)
def write(request: DeskRequest, pk: int, part: str) -> HttpResponse:
    """An autosave; a refusal keeps the words on the page. GET: the part as it is saved."""
    if request.method == "GET":
        found, _ = session_for(request.desk.person, pk, request.desk.now)
        page = page_of(request, found)
        return HttpResponse(board.draw(page, "part", card=card_of(page, part)))
    form = PartForm(request.POST)
    if form.is_valid():
        return _write(request, pk, part, actions.write_part, form.cleaned_data)
    said = [str(error) for errors in form.errors.values() for error in errors]
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    return _state(request, found, part, [stop("part.invalid", sentence) for sentence in said])


@require_POST
@at_desk(RUN)
def name_objectives(request: DeskRequest, pk: int, part: str) -> HttpResponse:
    """Which objectives of the member's plan their own part is about; answers its head."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    _, client_id = _which(part)
    if client_id is None:
        raise Http404("Only a member's own part names objectives.")
    chosen = {int(each) for each in request.POST.getlist("objective") if each.isdecimal() and len(each) < 12}
    try:
        act(request, actions.name_objectives, session_id=pk, client_id=client_id, objective_ids=sorted(chosen))
    except Refused as refused:
        return _state(request, found, part, refused.findings)
    return _state(request, found, part)


@require_POST
@at_desk(RUN)
def take_over(request: DeskRequest, pk: int, part: str) -> HttpResponse:
    """A colleague's unsigned words become mine to finish."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    form = WhyForm(request.POST)
    section, client_id = _which(part)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    try:
        act(request, actions.take_over, session_id=pk, section=section, client_id=client_id, why=why)
    except Refused as refused:
        return _part(request, found, part, refused.findings, taking=why)
    return _part(request, found, part)


@require_POST
@at_desk(RUN)
def add(request: DeskRequest, pk: int, part: str) -> HttpResponse:
    """Words added to a sealed part."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    section, client_id = _which(part)
    sealed = next((row for row in found.parts.filter(section=section) if row.client_id == client_id), None)
    if sealed is None:
        raise Http404
    form = AddForm(request.POST)
    form.is_valid()
    asked = {"text": form.cleaned_data.get("text", ""), "why": form.cleaned_data.get("why", "")}
    try:
        act(request, actions.add_to_part, part_id=sealed.pk, **asked)
    except Refused as refused:
        return _part(request, found, part, refused.findings, adding=asked)
    return _part(request, found, part)


@require_POST
@at_desk(RUN)
def sign(request: DeskRequest, pk: int) -> HttpResponse:
    """My name under all I wrote."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    try:
        act(request, actions.sign_parts, session_id=pk, reasons=reasons_in(request))
    except Refused as refused:
        return answer(request, found, "signatures", refused.findings, reasons=reasons_in(request))
    return answer(request, found, "signed")


@require_POST
@at_desk(RUN)
def cosign(request: DeskRequest, pk: int) -> HttpResponse:
    """My name under what waits for a supervisor's."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    try:
        act(request, actions.cosign_parts, session_id=pk)
    except Refused as refused:
        return answer(request, found, "signatures", refused.findings)
    return answer(request, found, "signed")


def _which(part: str) -> tuple[str, int | None]:
    """The section and client that a part's name means: 'topic', 'm12'."""
    own = part.removeprefix("m")
    client_id = int(own) if own.isdecimal() and part.startswith("m") else None
    return (part, None) if client_id is None else (Part.Section.MEMBER.value, client_id)


def _write(
    request: DeskRequest, pk: int, part: str, action: Callable[..., Any], asked: dict[str, Any]
) -> HttpResponse:  # fmt: skip
    """Do one thing to a part; answers its head."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    section, client_id = _which(part)
    try:
        act(request, action, session_id=pk, section=section, client_id=client_id, **asked)
    except Refused as refused:
        return _state(request, found, part, refused.findings)
    return _state(request, found, part)


def _part(request: DeskRequest, session: Session, part: str, findings: Any = (), **extra: object) -> HttpResponse:
    """A whole part as it stands now."""
    page = page_of(request, session)
    drawn = board.draw(page, "part", card=card_of(page, part), findings=findings, **extra)
    return HttpResponse(drawn, status=422 if findings else 200)


def _state(
    request: DeskRequest, session: Session, part: str, findings: tuple[Finding, ...] | list[Finding] = ()
) -> HttpResponse:  # fmt: skip
    """The head of a part: whose it is, and its version; with what was refused, and the words that were."""
    page = page_of(request, session)
    card = card_of(page, part)
    words = request.POST.get("text", "") if findings else ""
    version = request.POST.get("version") if findings else None  # a refused save stays on what it was written on
    drawn = board.draw(page, "part_state", card=card, findings=findings, words=words, version=version, answer=True)
    return HttpResponse(drawn, status=422 if findings else 200)
