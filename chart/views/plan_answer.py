"""The client's answer to a signed plan: the tablet is handed over, or what they said is written down."""

import json
from collections.abc import Mapping
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from audit.rules.findings import Finding, Refused
from chart.actions.agreements import WITNESS, answer_plan, purpose_of
from chart.models import Plan
from chart.queries.plan_page import plan_page
from chart.rules.agreement import INTENT, WORD
from chart.views.plan_common import Whose, page, plan_of, whose
from programs.desk import DeskRequest, at_desk, key_in
from programs.rules.signature import HIGH, WIDE
from staff.access import NotAllowed
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability

LONGEST_DRAWING = 200_000  # characters of JSON


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.WRITE_PLANS)
def answer(request: DeskRequest, client_id: int, plan_id: int) -> HttpResponse:
    """The plan to read together, and the frame to sign in."""
    who, desk = whose(request, client_id), request.desk
    found = plan_of(who.client, plan_id, desk)
    if request.method != "POST":
        return _page(request, who, found)
    kind, second = request.POST.get("kind", ""), _witness(request, who, request.POST)
    try:
        proof = second.proof(purpose=purpose_of(plan_id), key=key_in(request)) if kind == WORD else None
        answer_plan(
            by=desk.person, at=desk.now, plan_id=plan_id, kind=kind, strokes=_strokes(request.POST.get("strokes", "")),
            words=request.POST.get(f"words-{kind}", ""), witness_proof_id=None if proof is None else proof.pk,
            key=key_in(request),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, who, found, refused.findings, kind=kind)
    return redirect("chart:plan", who.client.pk)


def _strokes(sent: str) -> object:
    """The drawing as it was sent; None where it is no JSON or too much of it."""
    if len(sent) > LONGEST_DRAWING:
        return None
    try:
        found: object = json.loads(sent or "[]")
    except (ValueError, RecursionError):
        return None
    return found


def _witness(request: DeskRequest, who: Whose, sent: Mapping[str, object] | None = None) -> SecondPersonForm:
    return SecondPersonForm(
        sent, site=who.head.site, at=request.desk.now, capability=WITNESS, but_not=[request.desk.person.pk], label="The witness",
    )  # fmt: skip


def _page(
    request: DeskRequest, who: Whose, found: Plan, findings: tuple[Finding, ...] = (), kind: str = ""
) -> HttpResponse:
    shown = plan_page(found, who.head.site, request.desk.now)
    context = {
        "page": shown, "plan": found, "key": uuid4(), "second": _witness(request, who), "intent": INTENT, "kind": kind,
        "wide": WIDE, "high": HIGH, "words": request.POST.get(f"words-{kind}", ""),
    }  # fmt: skip
    return page(request, who, "chart/plan/answer.html", context, findings)
