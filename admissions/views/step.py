"""Deciding a level: the decision is recorded; where it moves somebody, the page that settles the step opens."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from asam.access import assessment_for
from asam.actions import decide
from asam.actions.decisions import purpose
from asam.forms import DecisionForm
from asam.models import Assessment, Decision
from asam.queries.level import step_to
from asam.rules.decision import check_decision
from asam.views import decision_form, decision_page
from audit.rules.findings import Finding, Refused, Severity
from programs.desk import DeskRequest, at_desk
from programs.models import Placement, Program
from staff.access import NotAllowed
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.DECIDE)
def decide_level(request: DeskRequest, assessment_id: int) -> HttpResponse:
    """A decision typed on the level page: recorded at once; shown once more first where nothing moves or a supervisor signs."""
    assessment, placement = assessment_for(request.desk, assessment_id)
    if request.method != "POST":
        return redirect("asam:level", assessment.episode_id)
    form = decision_form(request, placement, assessment)
    findings = _findings(form, assessment) if form.is_valid() else []
    if not form.is_valid():
        return decision_page(request, placement, assessment, form=form, status=422)
    program: Program | None = None if form.stays else form.cleaned_data["program"]
    selected = form.cleaned_data["selected"]
    step = step_to(selected, present=placement.level, recommended=assessment.recommendation["level"])
    second = _supervisor(request) if step is not None and step.uncovered else None
    if "confirmed" not in request.POST and (second is not None or program is None):
        return _confirm(request, placement, program, assessment, selected, form, findings, second)
    try:
        proof = second.proof(purpose=purpose(assessment.pk), key=form.cleaned_data["key"]).pk if second else None
        decision = _act(request, assessment, form, proof)
    except NotAllowed:
        raise
    except Refused as refused:
        if refused.findings[0].code.startswith("pin."):  # what was typed stands; only the PIN is entered again
            return _confirm(
                request, placement, program, assessment, selected, form, findings, second, refused.findings
            )  # fmt: skip
        form.take(refused)
        return decision_page(request, placement, assessment, form=form, status=422)
    if program is None:
        return redirect("chart:chart", placement.episode.client_id)
    return redirect(f"{reverse('admissions:step', args=[decision.pk])}?program={program.pk}")


def _supervisor(request: DeskRequest) -> SecondPersonForm:
    """Who signs beside the director where the choice does not cover the recommendation."""
    desk = request.desk
    sent = request.POST if "confirmed" in request.POST else None
    return SecondPersonForm(
        sent, site=desk.site, at=desk.now, capability=Capability.DECIDE, but_not=(desk.person.pk,), label="Supervisor"
    )


def _findings(form: DecisionForm, assessment: Assessment) -> list[Finding]:
    """What the rule says to this choice; what refuses it also stands beside the fields."""
    typed, proposal = form.cleaned_data, assessment.recommendation
    findings = check_decision(
        recommended=proposal["level"], recovery_residence=proposal["recovery_residence"], selected=typed["selected"],
        reasons=typed["reasons"], texts=form.reason_texts, consequences=typed["consequences"],
        consequence_text=typed["consequence_text"], safety_strategy=typed["safety_strategy"],
        supervisor_present=True,  # their PIN is asked for on the next page
    )  # fmt: skip
    stops = [finding for finding in findings if finding.severity is Severity.STOP]
    if stops:
        form.take(Refused(*stops))
    return findings


def _act(request: DeskRequest, assessment: Assessment, form: DecisionForm, proof: int | None) -> Decision:
    typed = form.cleaned_data
    return decide(
        by=request.desk.person, at=request.desk.now, assessment_id=assessment.pk, key=typed["key"],
        selected=typed["selected"], reasons=typed["reasons"], texts=form.reason_texts,
        consequences=typed["consequences"], consequence_text=typed["consequence_text"],
        safety_strategy=typed["safety_strategy"], supervisor_proof=proof, client_part=form.given,
    )  # fmt: skip


def _confirm(
    request: DeskRequest,
    placement: Placement,
    program: Program | None,
    assessment: Assessment,
    selected: str,
    form: DecisionForm,
    findings: Sequence[Finding],
    second: SecondPersonForm | None,
    refused: Sequence[Finding] = (),
) -> HttpResponse:
    """The page that shows a decision once more before it is recorded."""
    recommended = assessment.recommendation
    context = {
        "placement": placement, "client": placement.episode.client, "selected": selected, "recommended": recommended,
        "findings": findings, "program": program, "form": form, "second": second, "refused": refused,
        "step": step_to(selected, present=placement.level, recommended=recommended["level"]), "assessment": assessment,
    }  # fmt: skip
    return render(request, "admissions/step.html", context, status=422 if refused else 200)
