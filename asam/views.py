"""Who is due for review, and one client's level of care: rating, the live recommendation, the decision's panel."""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asam import queries
from asam.access import placement_for
from asam.actions import assess
from asam.forms import DecisionForm, RatingForm, read_ratings
from asam.models import Assessment
from asam.queries.level import LevelPage, Step, shown, step_to
from asam.rules.level_of_care import InvalidRating, load_catalog, recommend
from audit.rules.findings import Refused
from programs.desk import DeskRequest, at_desk
from programs.models import Placement
from staff.access import NotAllowed
from staff.rules.capabilities import Capability


@require_safe
@at_desk(Capability.SEE_LEVELS)
def review_list(request: DeskRequest) -> HttpResponse:
    """Who is due for review at this site."""
    rows = queries.reviews(request.desk.site, request.desk.now)
    return render(request, "asam/reviews.html", {"rows": rows, "late": sum(row.late for row in rows)})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.SEE_LEVELS)
def level(request: DeskRequest, episode_id: int) -> HttpResponse:
    """The level page; a POST saves the ratings."""
    desk, placement = request.desk, placement_for(request.desk, episode_id)
    if request.method != "POST":
        return level_response(request, placement)
    ratings, evidence = read_ratings(request.POST, load_catalog())
    form, problems = RatingForm(request.POST), {}
    try:
        if form.is_valid():
            assess(
                by=desk.person, at=desk.now, episode_id=episode_id, kind=form.cleaned_data["kind"],
                ratings=ratings, evidence=evidence, key=form.cleaned_data["key"],
            )  # fmt: skip
            return redirect("asam:level", episode_id)
        problems[""] = "Choose which kind of assessment it is, then save again."
    except NotAllowed:
        raise
    except Refused as refused:
        problems = {str(finding.detail.get("key", "")): finding.message for finding in refused.findings}
    page = queries.level_page(placement, desk.now, ratings=ratings, evidence=evidence)
    return level_response(request, placement, page=page, problems=problems, status=422)


def level_response(
    request: DeskRequest,
    placement: Placement,
    *,
    page: LevelPage | None = None,
    problems: dict[str, str] | None = None,
    form: DecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The whole level page, with what was typed and what is wrong with it."""
    desk = request.desk
    page = page or queries.level_page(placement, desk.now)
    if form is None and page.open is not None and desk.may(Capability.DECIDE):
        form = decision_form(request, placement, page.open)
    context = {
        "page": page,
        "problems": problems or {},
        "form": form,
        "step": _step(page, form) if form else None,
        "key": uuid4(),
        "kinds": Assessment.Kind.choices,
        "kind": request.POST.get("kind") or (Assessment.Kind.REASSESSMENT if page.newest else Assessment.Kind.LEVEL),
        "may_rate": desk.may(Capability.RATE) and page.current,
        "may_decide": desk.may(Capability.DECIDE) and page.current,
    }
    return render(request, "asam/level.html", context, status=status)


def decision_form(request: DeskRequest, placement: Placement, assessment: Assessment) -> DecisionForm:
    """The decision on an assessment: blank on a GET of the page, else with what was typed."""
    typed = request.POST if request.method == "POST" and "selected" in request.POST else None
    return DecisionForm(
        typed, placement=placement, at=request.desk.now, by=request.desk.person, present=placement.level,
        recommended=assessment.recommendation["level"],
    )  # fmt: skip


def _step(page: LevelPage, form: DecisionForm) -> Step | None:
    """How the chosen level stands; the form is told what that asks for."""
    recommended = page.open.recommendation["level"] if page.open else ""
    step = step_to(form.chosen, present=page.placement.level, recommended=recommended)
    form.ask(uncovered=step is not None and step.uncovered)
    return step


@require_POST
@at_desk(Capability.RATE)
def preview(request: DeskRequest, episode_id: int) -> HttpResponse:
    """What these ratings would come to; nothing is written."""
    placement, catalog = placement_for(request.desk, episode_id), load_catalog()
    ratings, evidence = read_ratings(request.POST, catalog)
    page = queries.level_page(placement, request.desk.now, ratings=ratings, evidence=evidence)
    given = {key: codes for key, codes in ratings.items() if codes}
    words = {key: text.strip() for key, text in evidence.items() if text.strip()}
    same = page.open is not None and (page.open.ratings, page.open.evidence) == (given, words)
    try:
        proposal, problem = shown(recommend(given, catalog), catalog, len(given)), ""
    except InvalidRating as error:
        proposal, problem = None, str(error)
    context = {"page": page, "proposal": proposal, "problem": problem, "saved": same}
    return render(request, "asam/_preview.html", context)


@require_POST
@at_desk(Capability.DECIDE)
def choice(request: DeskRequest, episode_id: int) -> HttpResponse:
    """How the chosen level stands to the present one, and what choosing it asks for; nothing is written."""
    placement = placement_for(request.desk, episode_id)
    page = queries.level_page(placement, request.desk.now)
    if page.open is None:
        return render(request, "asam/_choice.html", {"page": page, "form": None, "step": None})
    form = decision_form(request, placement, page.open)
    step = _step(page, form)
    form.errors.clear()
    return render(request, "asam/_choice.html", {"page": page, "form": form, "step": step})
