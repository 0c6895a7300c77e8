"""Deciding a level and stepping a client: first what will move, then, once confirmed, the act itself."""

from collections.abc import Sequence
from uuid import uuid4

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from admissions.actions.step import decide_and_step, step
from admissions.queries import plan
from asam.access import assessment_for, decision_for
from asam.actions import decide
from asam.actions.decisions import purpose
from asam.forms import DecisionForm
from asam.models import Assessment
from asam.queries.level import step_to
from asam.rules.decision import check_decision
from asam.views import decision_form, decision_page
from audit.rules.findings import Finding, Refused, Severity
from programs.desk import DeskRequest, at_desk
from programs.models import Placement, Program
from staff.access import NotAllowed
from staff.forms import SecondPersonForm
from staff.rules.capabilities import Capability


class StepForm(forms.Form):
    """What a person settles about a step."""

    key = forms.UUIDField()
    program = forms.IntegerField(required=False)
    bed = forms.ChoiceField(choices=[("free", "free"), ("keep", "keep")], required=False)
    note = forms.CharField(required=False, max_length=4000)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.DECIDE)
def decide_level(request: DeskRequest, assessment_id: int) -> HttpResponse:
    """A decision typed on the level page: show what will move; with ``confirmed``, decide and move it."""
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
    if "confirmed" not in request.POST:
        return _confirm(request, placement, program, assessment, selected, form=form, findings=findings, second=second)
    try:
        proof = second.proof(purpose=purpose(assessment.pk), key=form.cleaned_data["key"]).pk if second else None
        _act(request, assessment, form, program, proof)
    except NotAllowed:
        raise
    except Refused as refused:
        if refused.findings[0].code.startswith("pin."):  # what was typed stands; only the PIN is entered again
            return _confirm(
                request, placement, program, assessment, selected, form=form, findings=findings, second=second,
                refused=refused.findings,
            )  # fmt: skip
        form.take(refused)
        return decision_page(request, placement, assessment, form=form, status=422)
    return redirect("chart:chart", placement.episode.client_id)


def _supervisor(request: DeskRequest) -> SecondPersonForm:
    """Who signs beside the director where the choice does not cover the recommendation."""
    desk = request.desk
    sent = request.POST if "confirmed" in request.POST else None
    return SecondPersonForm(
        sent, site=desk.site, at=desk.now, capability=Capability.DECIDE, but_not=(desk.person.pk,), label="Supervisor"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.DECIDE)
def step_client(request: DeskRequest, decision_id: int) -> HttpResponse:
    """A decision that nobody has carried out yet: choose the program, see what will move, move it."""
    decision, placement = decision_for(request.desk, decision_id)
    offered = Program.objects.filter(site=request.desk.site, kind=Program.Kind.TREATMENT, level=decision.selected)
    typed = StepForm(request.POST)
    if request.method == "POST" and typed.is_valid() and typed.cleaned_data["program"]:
        said = typed.cleaned_data
        program = get_object_or_404(offered, pk=said["program"])
        step(
            by=request.desk.person, at=request.desk.now, decision_id=decision.pk, program_id=program.pk,
            keep_bed=said["bed"] == "keep", note=said["note"], key=said["key"],
        )  # fmt: skip
        return redirect("chart:chart", placement.episode.client_id)
    wanted = request.GET.get("program", "")
    shown = (offered.filter(pk=wanted).first() if wanted.isdecimal() else None) or offered.first()
    return _confirm(request, placement, shown, decision.assessment, decision.selected, offered=list(offered))


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


def _act(
    request: DeskRequest, assessment: Assessment, form: DecisionForm, program: Program | None, proof: int | None
) -> None:
    """Decide; and step, where there is a program to enter."""
    typed, settled = form.cleaned_data, StepForm(request.POST)
    settled.is_valid()
    common = {
        "by": request.desk.person, "at": request.desk.now, "assessment_id": assessment.pk, "key": typed["key"],
        "selected": typed["selected"], "reasons": typed["reasons"], "texts": form.reason_texts,
        "consequences": typed["consequences"], "consequence_text": typed["consequence_text"],
        "safety_strategy": typed["safety_strategy"], "supervisor_proof": proof, "client_part": form.given,
    }  # fmt: skip
    if program is None:
        decide(**common)
    else:
        decide_and_step(
            **common, program_id=program.pk, keep_bed=settled.cleaned_data.get("bed") == "keep",
            note=settled.cleaned_data.get("note", ""),
        )  # fmt: skip


def _confirm(
    request: DeskRequest,
    placement: Placement,
    program: Program | None,
    assessment: Assessment,
    selected: str,
    *,
    form: DecisionForm | None = None,
    offered: Sequence[Program] = (),
    findings: Sequence[Finding] = (),
    second: SecondPersonForm | None = None,
    refused: Sequence[Finding] = (),
) -> HttpResponse:
    """The page that lists what will move. Without ``form`` the decision stands already."""
    recommended = assessment.recommendation
    context = {
        "placement": placement,
        "client": placement.episode.client,
        "selected": selected,
        "recommended": assessment.recommendation,
        "findings": findings,
        "step": step_to(selected, present=placement.level, recommended=recommended["level"]),
        "plan": plan(placement, program, request.desk.now) if program else None,
        "program": program,
        "offered": offered,
        "form": form,
        "second": second,
        "refused": refused,
        "assessment": assessment,
        "key": uuid4(),
    }
    return render(request, "admissions/step.html", context, status=422 if refused else 200)
