"""One session: its page, and who came."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from audit.rules.findings import Finding, Refused, stop
from groups import actions, board
from groups.access import session_for
from groups.forms import MarkForm, TimesForm
from groups.models import Session
from groups.views.common import act, answer, page_of, reasons_in
from live.actions import current_seq
from programs.desk import DeskRequest, at_desk
from programs.topics import session_topic
from staff.rules.capabilities import Capability

SEE, RUN = Capability.SEE_GROUPS, Capability.RUN_GROUPS


@require_GET
@at_desk(SEE)
def session(request: DeskRequest, pk: int) -> HttpResponse:
    """One session: attendance on one side, the note on the other."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    seq = current_seq(session_topic(pk))  # before the rows: what changes meanwhile comes as a patch
    page = page_of(request, found)
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
        act(request, actions.mark, session_id=pk, client_id=client_id, reasons=reasons_in(request), **asked)
    except Refused as refused:
        return _row(request, found, client_id, refused.findings, tried=form.cleaned_data["status"])
    return _row(request, found, client_id)


@at_desk(RUN)
def times(request: DeskRequest, pk: int, client_id: int) -> HttpResponse:
    """The sheet behind a row: when they came and went, or why not."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    row = page_of(request, found).row(client_id)
    if row is None:
        raise Http404
    how = row.shown if row.shown in {"video", "absent", "excused"} else "room"
    start = {"came": row.came, "left": row.left, "how": how, "seen_version": row.version}
    form = TimesForm(request.POST or None, initial=start)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST" and form.is_valid():
        asked = form.facts(found) | {"seen_version": form.cleaned_data["seen_version"]}
        try:
            act(request, actions.mark, session_id=pk, client_id=client_id, reasons=reasons_in(request), **asked)
            return _row(request, found, client_id, oob=True)  # nothing but the row: the sheet is emptied and closes
        except Refused as refused:
            findings = refused.findings
    context = {"form": form, "row": row, "findings": findings, "reasons": reasons_in(request)}
    return render(request, "groups/times.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@at_desk(RUN)
def all_here(request: DeskRequest, pk: int) -> HttpResponse:
    """Everyone not marked yet is here."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    try:
        act(request, actions.mark_all_here, session_id=pk, reasons=reasons_in(request))
    except Refused as refused:
        return answer(request, found, "roster", refused.findings)
    return answer(request, found, "roster")


def _row(
    request: DeskRequest, session: Session, client_id: int, findings: Any = (), *, oob: bool = False, tried: str = ""
) -> HttpResponse:  # fmt: skip
    """The client's line as it stands now."""
    page = page_of(request, session)
    row = page.row(client_id)
    if row is None:
        raise Http404
    drawn = board.draw(page, "attendance", row=row, findings=findings, oob=oob, tried=tried)
    return HttpResponse(drawn, status=422 if findings else 200)
