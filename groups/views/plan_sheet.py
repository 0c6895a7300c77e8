"""The sheet behind a session's 'Plan' button: who comes besides, who runs it, another time, no meeting."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from audit.rules.findings import Finding, Refused, stop
from groups import actions
from groups.access import session_for
from groups.models import Session
from groups.plan_forms import CancelForm, ClientForm, DeskForm, GuestForm, LeaderForm, LeadForm, MoveForm, first_move
from groups.queries.planning import guests_of
from groups.views.common import act, page_of
from programs.desk import DeskRequest, at_desk
from staff.rules.capabilities import Capability

RUN = Capability.RUN_GROUPS
Ask = Callable[[dict[str, Any]], dict[str, Any]]
ACTS: dict[str, tuple[type[DeskForm], Callable[..., Any], Ask]] = {
    "invite": (ClientForm, actions.invite, lambda data: {"client_id": int(data["client"])}),
    "lead": (LeadForm, actions.add_facilitator, lambda data: {"person_id": int(data["person"])}),
    "unlead": (LeaderForm, actions.remove_facilitator, lambda data: {"person_id": int(data["person"])}),
    "withdraw": (GuestForm, actions.withdraw, lambda data: {"client_id": int(data["client"])}),
    "move": (MoveForm, actions.move_session, dict),
    "cancel": (CancelForm, actions.cancel_session, dict),
}


@require_GET
@at_desk(RUN)
def plan(request: DeskRequest, pk: int) -> HttpResponse:
    """The sheet."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    return _sheet(request, found)


@require_POST
@at_desk(RUN)
def plan_act(request: DeskRequest, pk: int, name: str) -> HttpResponse:
    """Do one of its acts; the page is drawn anew, or the sheet says what is wrong."""
    found, _ = session_for(request.desk.person, pk, request.desk.now)
    if name not in ACTS:
        raise Http404
    of, action, asked = ACTS[name]
    form = of(request.desk, request.POST, prefix=name)
    if not form.is_valid():
        return _sheet(request, found, name, form, [stop("form.invalid", sentence) for sentence in form.said()])
    try:
        act(request, action, session_id=pk, **asked(form.cleaned_data))
    except Refused as refused:
        return _sheet(request, found, name, form, refused.findings)
    answer = HttpResponse()
    answer["HX-Refresh"] = "true"
    return answer


def _sheet(
    request: DeskRequest, session: Session, which: str = "", form: DeskForm | None = None, findings: Any = ()
) -> HttpResponse:  # fmt: skip
    told: tuple[Finding, ...] | list[Finding] = findings
    blank = {
        name: of(request.desk, prefix=name, initial=first_move(session) if name == "move" else None)
        for name, (of, _, _) in ACTS.items()
    }
    leads = session.facilitator_rows.filter(removed_at=None).select_related("person").order_by("person__name")
    context = {
        "page": page_of(request, session), "forms": blank | ({which: form} if form else {}), "which": which,
        "findings": told, "leads": [row.person for row in leads], "guests": guests_of(session), "key": uuid4(),
    }  # fmt: skip
    return render(request, "groups/plan_sheet.html", context, status=422 if told else 200)
