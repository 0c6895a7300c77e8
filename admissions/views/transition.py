"""The page on which a step is settled line by line, rehearsed, prepared for a time, and carried out."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from admissions.actions.transition import reconciling, rehearse, transition
from admissions.actions.transition_draft import prepare, settle, unprepare
from admissions.queries.transition_page import StepPage, step_page
from admissions.rules.transition_check import needs_nurse, needs_reconciling
from admissions.rules.transition_stored import from_stored, handoff_of, read, seen_in
from asam.access import decision_for
from asam.models import Decision, Transition, TransitionDraft
from audit.rules.findings import Finding, Refused, stop
from emar.rules.stock import Kind as Entry
from programs.desk import DeskRequest, at_desk, key_in
from programs.forms import WallClock
from programs.models import Placement, Program
from staff.access import NotAllowed
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.DECIDE)
def step_client(request: DeskRequest, decision_id: int) -> HttpResponse:
    """Settle the step of a decision; a POST saves, rehearses, prepares, or carries it out."""
    decision, placement = decision_for(request.desk, decision_id)
    done = Transition.objects.filter(decision=decision).first()
    if done is not None and request.method != "POST":
        return redirect("admissions:transition", done.pk)
    draft = TransitionDraft.objects.filter(decision=decision, closed_at=None).select_related("by").first()
    program = _program(request, decision, draft)
    if program is None:
        return _show(request, decision, placement, None, draft)
    if request.method != "POST":
        return _show(request, decision, placement, _page(request, decision, placement, program, draft), draft)
    return _act(request, decision, placement, program, draft)


def _program(request: DeskRequest, decision: Decision, draft: TransitionDraft | None) -> Program | None:
    """The program that is entered: as asked, as drafted, else the first that gives the level."""
    offered = {str(each.pk): each for each in _offered(request, decision)}
    asked = request.POST.get("program") or request.GET.get("program") or (str(draft.program_id) if draft else "")
    return offered.get(asked) or next(iter(offered.values()), None)


def _offered(request: DeskRequest, decision: Decision) -> Sequence[Program]:
    return list(
        Program.objects.filter(site=request.desk.site, kind=Program.Kind.TREATMENT, level=decision.selected)
        .select_related("site")
        .order_by("position", "pk")
    )


def _page(
    request: DeskRequest, decision: Decision, placement: Placement, program: Program, draft: TransitionDraft | None,
    findings: Sequence[Finding] = (),
) -> StepPage:  # fmt: skip
    """The page from what was sent, else from the draft; ``findings`` stand beside their lines."""
    stored = read(request.POST.dict()) if request.method == "POST" else draft.settled if draft else {}
    seen = draft.seen if draft is not None and request.method != "POST" else {}
    return step_page(placement, program, decision, stored, request.desk.now, seen=seen, findings=findings)


def _act(
    request: DeskRequest, decision: Decision, placement: Placement, program: Program, draft: TransitionDraft | None
) -> HttpResponse:
    """One of the buttons; what is refused stands on the page, and nothing typed is lost."""
    act, rehearsed = request.POST.get("act", "save"), None
    findings: tuple[Finding, ...] = ()
    sent = request.POST.get("version", "")
    version = int(sent) if sent.isdecimal() else 0
    stored, desk = read(request.POST.dict()), request.desk
    asked: dict[str, Any] = {"by": desk.person, "at": desk.now}
    common = asked | {"decision_id": decision.pk, "program_id": program.pk, "version": version}
    seen, tz = seen_in(request.POST.dict()), program.site.tz
    content: dict[str, Any] = {
        "settled": from_stored(stored), "handoff": handoff_of(stored, tz), "note": str(stored.get("note", "")), "seen": seen,
        "window": str(stored.get("window", "")),
    }  # fmt: skip
    try:
        if act == "go":
            pins = _pins(request, decision, placement, program, stored)
            transition(**common, **content, **pins, key=key_in(request))
            return redirect("chart:chart", placement.episode.client_id)
        if act == "rehearse":
            rehearsed = rehearse(**common, **content)
        elif act == "unprepare" and draft is not None:
            draft = unprepare(**asked, draft_id=draft.pk)
        else:
            draft = settle(**common, settled=stored, seen=seen)
        if act == "prepare":
            assert draft is not None  # settled just now
            draft = prepare(
                **asked, draft_id=draft.pk, version=draft.version, scheduled_for=_when(request), key=key_in(request)
            )
            return redirect("admissions:step", decision.pk)
    except NotAllowed:
        raise
    except Refused as refused:
        findings = refused.findings
        if any(each.code == "step.already" for each in findings):
            return _show(request, decision, placement, None, draft, findings)
    page = _page(request, decision, placement, program, draft, findings)
    return _show(request, decision, placement, page, draft, findings, rehearsed=rehearsed)


def _when(request: DeskRequest) -> Any:
    try:
        return WallClock().clean(request.POST.get("when", ""))
    except ValidationError as error:
        raise Refused(stop("transition.when", " ".join(error.messages), line="when")) from error


def _second(
    request: DeskRequest, decision: Decision, capability: Capability, prefix: str, label: str
) -> SecondPersonForm:
    desk = request.desk
    sent = request.POST if request.POST.get("act") == "go" else None
    return SecondPersonForm(
        sent, site=desk.site, at=desk.now, capability=capability, but_not=(desk.person.pk,), prefix=prefix, label=label
    )


def _pins(
    request: DeskRequest, decision: Decision, placement: Placement, program: Program, stored: dict[str, Any]
) -> dict[str, Any]:
    """The PINs that a step asks for, entered on its page: the prescriber's under the orders, another's under stock that leaves."""
    page = step_page(placement, program, decision, stored, request.desk.now)
    key, found = key_in(request), {}
    if page.stands:
        return {}  # something is not settled: nobody's PIN is used up on it
    if needs_reconciling(page.facts) and not request.desk.may(Capability.WRITE_ORDERS):
        form = _second(request, decision, Capability.WRITE_ORDERS, "rx", "Prescriber")
        found["reconciliation"] = form.proof(purpose=reconciling(decision.pk), key=key).pk
    pins: dict[int, int] = {}
    for line_id in needs_nurse(page.asked, page.chosen):
        kind = Entry.HAND_BACK if page.chosen[f"stock-{line_id}"].choice == "hand" else Entry.TRANSFER_OUT
        wanted = Capability.WITNESS if request.desk.may(Capability.STOCK) else Capability.STOCK
        form = _second(request, decision, wanted, "own", "Who keeps stock")
        own: UUID | None = uuid5(key, str(line_id)) if key else None
        pins[line_id] = form.proof(purpose=kind.purpose, key=own).pk
    return found | ({"stock_proofs": pins} if pins else {})


def _show(
    request: DeskRequest,
    decision: Decision,
    placement: Placement,
    page: StepPage | None,
    draft: TransitionDraft | None,
    findings: Sequence[Finding] = (),
    *,
    rehearsed: object = None,
) -> HttpResponse:
    small = bool(request.headers.get("HX-Request"))
    typed = (request.POST.get("version") if findings else None) or (draft.version if draft else 0)
    context = {
        "page": page, "decision": decision, "placement": placement, "client": placement.episode.client, "draft": draft,
        "offered": _offered(request, decision), "findings": [each for each in findings if "line" not in each.detail],
        "refused": bool(findings), "rehearsed": rehearsed, "version": typed, "key": request.POST.get("key") or uuid4(),
        "when": request.POST.get("when", ""),
        "due": draft is not None and draft.scheduled_for is not None and draft.scheduled_for <= request.desk.now,
    }  # fmt: skip
    if page is not None and not small:
        if needs_reconciling(page.facts) and not request.desk.may(Capability.WRITE_ORDERS):
            context["rx"] = _second(request, decision, Capability.WRITE_ORDERS, "rx", "Prescriber")
        wanted = Capability.WITNESS if request.desk.may(Capability.STOCK) else Capability.STOCK
        if page.facts.stock:
            context["own"] = _second(request, decision, wanted, "own", "Who keeps stock")
    template = "admissions/_step_side.html" if small and page is not None else "admissions/transition.html"
    return render(request, template, context, status=422 if findings else 200)
