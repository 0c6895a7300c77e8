"""The page on which a level is decided, how a choice stands while it is made, and what the client says to it."""

import json
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from asam.access import assessment_for, decision_for
from asam.actions.assessments import replaced
from asam.actions.decisions import already_decided, say_client_part
from asam.forms import ClientPartForm, DecisionForm
from asam.models import Assessment
from asam.queries.catalogs import counting
from asam.queries.level import Step, level_page, record, step_to
from asam.queries.pictures import pictures
from asam.queries.standings import standing
from audit.rules.findings import Finding, Refused
from programs.desk import DeskRequest, at_desk, key_in
from programs.models import Placement
from programs.rules.signature import HIGH, WIDE
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@require_safe
@at_desk(Capability.DECIDE)
def decide_page(request: DeskRequest, pk: int) -> HttpResponse:
    """Decide on these ratings; where somebody did, their decision."""
    assessment, placement = assessment_for(request.desk, pk)
    if hasattr(assessment, "decision"):
        return redirect("asam:assessment", pk)
    return decision_page(request, placement, assessment)


def decision_page(
    request: DeskRequest,
    placement: Placement,
    assessment: Assessment,
    *,
    form: DecisionForm | None = None,
    findings: tuple[Finding, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """The page of the decision, with what was typed and what is wrong with it."""
    desk = request.desk
    form = form or decision_form(request, placement, assessment)
    decided = already_decided(assessment.pk)
    stands = standing([assessment.episode_id], desk.now)[assessment.episode_id]
    context = {
        "page": record(assessment, desk.site.organisation_id, desk.now),
        "standing": stands,
        "placement": placement,
        "client": placement.episode.client,
        "form": form,
        "step": step_of(form, placement, assessment, stands.level),
        "findings": findings or ((decided,) if decided else ()),
        "replaced": replaced(counting(desk.site.organisation_id, desk.now), assessment),
        "newer": stands.newest if stands.newest != assessment else None,
    }
    return render(request, "asam/decide.html", context, status=status)


def decision_form(request: DeskRequest, placement: Placement, assessment: Assessment) -> DecisionForm:
    """The decision on an assessment: blank on a GET of the page, else with what was typed."""
    typed = request.POST if request.method == "POST" and "selected" in request.POST else None
    return DecisionForm(
        typed, placement=placement, present=placement.level, recommended=assessment.recommendation["level"]
    )


def step_of(form: DecisionForm, placement: Placement, assessment: Assessment, level: str) -> Step | None:
    """How the chosen level stands; the form is told what that asks for."""
    step = step_to(
        form.chosen, present=level or placement.level, recommended=assessment.recommendation["level"]
    )  # fmt: skip
    form.ask(uncovered=step is not None and step.uncovered)
    return step


@require_POST
@at_desk(Capability.DECIDE)
def choice(request: DeskRequest, pk: int) -> HttpResponse:
    """How the chosen level stands to the present one, and what choosing it asks for; nothing is written."""
    desk = request.desk
    assessment, placement = assessment_for(desk, pk)
    form = decision_form(request, placement, assessment)
    stands = standing([assessment.episode_id], desk.now)[assessment.episode_id]
    step = step_of(form, placement, assessment, stands.level)
    form.errors.clear()
    context = {
        "form": form, "step": step, "placement": placement, "client": placement.episode.client, "standing": stands,
        "page": record(assessment, desk.site.organisation_id, desk.now),
    }  # fmt: skip
    return render(request, "asam/_choice.html", context)


@require_POST
@at_desk(Capability.RATE)
def client_part(request: DeskRequest, pk: int) -> HttpResponse:
    """What the client says to a decision."""
    desk = request.desk
    decision, placement = decision_for(desk, pk)
    form = ClientPartForm(request.POST)
    findings: tuple[Finding, ...] = ()
    if form.is_valid():
        try:
            say_client_part(
                by=desk.person,
                at=desk.now,
                decision_id=decision.pk,
                key=key_in(request),
                strokes=_drawn(request),
                **(form.given or {"says": ""}),
            )
            return redirect("asam:level", placement.episode_id)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    page = level_page(placement, desk.now)
    context = {
        "page": page, "pictures": pictures(placement, page.band, desk.now), "key": uuid4(), "part": form,
        "findings": findings, "may_rate": desk.may(Capability.RATE) and page.current,
        "may_decide": desk.may(Capability.DECIDE) and page.current, "may_authorise": desk.may(Capability.AUTHORISE),
        "wide": WIDE, "high": HIGH,
    }  # fmt: skip
    return render(request, "asam/level.html", context, status=422)


def _drawn(request: DeskRequest) -> object:
    """The signature as the page sent it: () for none, None for what cannot be read."""
    sent = request.POST.get("strokes", "")
    try:
        return json.loads(sent) if sent else ()
    except ValueError:
        return None
