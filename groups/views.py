"""The pages of the groups room: the day, one session, and what is sent from it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.rules.findings import Finding, Refused, stop
from groups import actions, board
from groups.access import session_for
from groups.forms import DayForm, KeyForm, MarkForm, PartForm, TimesForm
from groups.models import Part, Session
from groups.queries import Card, SessionPage, day_list, session_page
from live.actions import current_seq
from programs.desk import DeskRequest, at_desk
from programs.topics import session_topic
from staff.rules.capabilities import Capability

SEE, RUN = Capability.SEE_GROUPS, Capability.RUN_GROUPS


@require_GET
@at_desk(SEE)
def day(request: DeskRequest) -> HttpResponse:
    """The groups of a day at the desk's site, mine first."""
    desk, form = request.desk, DayForm(request.GET)
    today = desk.now.astimezone(desk.tz).date()
    on = (form.cleaned_data["on"] if form.is_valid() else None) or today
    context = {
        "day": day_list(desk.site, desk.person, on, desk.now),
        "today": today,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
    }
    return render(request, "groups/day.html", context)


@require_GET
@at_desk(SEE)
def session(request: DeskRequest, pk: int) -> HttpResponse:
    """One session: attendance on one side, the note on the other."""
    found, viewer = session_for(request.desk.person, pk, request.desk.now)
    seq = current_seq(session_topic(pk))  # before the rows: what changes meanwhile comes as a patch
    page = session_page(found, viewer, request.desk.now)
    return render(request, "groups/session.html", {"page": page, "seq": seq, "drawn": dict(board.regions(page))})


@require_POST
@at_desk(RUN)
def mark(request: DeskRequest, pk: int, client_id: int) -> HttpResponse:
    """One tap on the roster; answers the row as it stands, with what was refused."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    form = MarkForm(request.POST, prefix=f"m{client_id}")
    if not form.is_valid():
        return _row(request, found, client_id, [stop("form.invalid", "Choose one of the marks.")])
    asked = form.facts(found, request.desk.now) | {"seen_version": form.cleaned_data["seen_version"]}
    try:
        _act(request, actions.mark, session_id=pk, client_id=client_id, **asked)
    except Refused as refused:
        return _row(request, found, client_id, refused.findings)
    return _row(request, found, client_id)


@at_desk(RUN)
def times(request: DeskRequest, pk: int, client_id: int) -> HttpResponse:
    """The sheet behind a row: when they came and went, or why not."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    row = _page(request, found).row(client_id)
    if row is None:
        raise Http404
    how = row.shown if row.shown in {"video", "absent", "excused"} else "room"
    start = {"came": row.came, "left": row.left, "how": how, "seen_version": row.version}
    form = TimesForm(request.POST or None, initial=start)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        asked = form.facts(found) | {"seen_version": form.cleaned_data["seen_version"]}
        try:
            _act(request, actions.mark, session_id=pk, client_id=client_id, **asked)
            return _row(request, found, client_id, oob=True)  # nothing but the row: the sheet is emptied and closes
        except Refused as refused:
            findings = refused.findings
    context = {"form": form, "row": row, "findings": findings}
    return render(request, "groups/times.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@at_desk(RUN)
def all_here(request: DeskRequest, pk: int) -> HttpResponse:
    """Everyone not marked yet is here."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    _act(request, actions.mark_all_here, session_id=pk)
    return _answer(request, found, "roster")


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
        page = _page(request, found)
        return HttpResponse(board.draw(page, "part", card=_card(page, part)))
    form = PartForm(request.POST)
    if form.is_valid():
        text = form.cleaned_data["text"].replace("\r\n", "\n")
        return _write(request, pk, part, actions.write_part, form.cleaned_data | {"text": text})
    said = [str(error) for errors in form.errors.values() for error in errors]
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    return _state(request, found, part, [stop("part.invalid", sentence) for sentence in said])


@require_POST
@at_desk(RUN)
def sign(request: DeskRequest, pk: int) -> HttpResponse:
    """My name under all I wrote."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    _act(request, actions.sign_parts, session_id=pk)
    return _answer(request, found, "signed")


def _act(request: DeskRequest, act: Callable[..., Any], **asked: Any) -> None:
    """Do it as this person, now. Raises Http404 where something of it is not there."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        raise Refused(stop("request.bad_key", "The page sent a wrong key. Reload it and try again."))
    try:
        act(by=request.desk.person, at=request.desk.now, key=form.cleaned_data["key"], **asked)
    except ObjectDoesNotExist as error:
        raise Http404 from error


def _page(request: DeskRequest, session: Session) -> SessionPage:
    found, viewer = session_for(request.desk.person, session.pk, request.desk.now)
    return session_page(found, viewer, request.desk.now)


def _answer(request: DeskRequest, session: Session, piece: str) -> HttpResponse:
    """A piece of the page as it stands now; without htmx the whole page."""
    if not request.headers.get("HX-Request"):
        return redirect("groups:session", session.pk)
    return HttpResponse(board.draw(_page(request, session), piece))


def _row(
    request: DeskRequest, session: Session, client_id: int, findings: Any = (), *, oob: bool = False
) -> HttpResponse:  # fmt: skip
    """The client's line as it stands now."""
    page = _page(request, session)
    row = page.row(client_id)
    if row is None:
        raise Http404
    drawn = board.draw(page, "attendance", row=row, findings=findings, oob=oob)
    return HttpResponse(drawn, status=422 if findings else 200)


def _write(request: DeskRequest, pk: int, part: str, act: Callable[..., Any], asked: dict[str, Any]) -> HttpResponse:
    """Do one thing to a part; answers its head."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    own = part.removeprefix("m")
    client_id = int(own) if own.isdecimal() and part.startswith("m") else None
    section = part if client_id is None else Part.Section.MEMBER.value
    try:
        _act(request, act, session_id=pk, section=section, client_id=client_id, **asked)
    except Refused as refused:
        return _state(request, found, part, refused.findings)
    return _state(request, found, part)


def _card(page: SessionPage, part: str) -> Card:
    card = page.card(part)
    if card is None:
        raise Http404
    return card


def _state(request: DeskRequest, session: Session, part: str, findings: Any = ()) -> HttpResponse:
    """The head of a part: whose it is, and its version; with what was refused, and the words that were."""
    page = _page(request, session)
    card = _card(page, part)
    words = request.POST.get("text", "") if findings else ""
    version = request.POST.get("version") if findings else None  # a refused save stays on what it was written on
    drawn = board.draw(page, "part_state", card=card, findings=findings, words=words, version=version, answer=True)
    return HttpResponse(drawn, status=422 if findings else 200)
