"""Rating: the question about danger, one screen a dimension that keeps itself, and the look over all of it before it is saved."""

from collections.abc import Iterable
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from asam.access import draft_for, placement_for
from asam.actions.assessments import Support
from asam.actions.drafts import attach, begin_rating, drop_rating, finish_rating, save_part, take_over_catalog
from asam.forms.ratings import BeginForm, read_part, version_in
from asam.models import Assessment, Draft, DraftPart
from asam.queries.catalogs import counting, known
from asam.queries.rating import looked_over, screen
from audit.rules.findings import Finding, Refused
from programs.desk import DeskRequest, at_desk, key_in
from programs.models import Placement
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

RATE = Capability.RATE


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(RATE)
def begin(request: DeskRequest, episode_id: int) -> HttpResponse:
    """Is anybody in danger? Then which kind of assessment; a POST begins a draft, or records the danger and stops."""
    desk, placement = request.desk, placement_for(request.desk, episode_id)
    if request.method != "POST":
        draft = Draft.objects.filter(episode_id=episode_id, closed_at=None).first()
        if draft is not None and "danger" not in request.GET:
            return redirect("asam:rate", episode_id, 1)
        return _begin(request, placement)
    form = BeginForm(request.POST)
    if not form.is_valid():
        return _begin(request, placement, form=form)
    typed = form.cleaned_data
    try:
        row = begin_rating(
            by=desk.person, at=desk.now, episode_id=episode_id, kind=typed["kind"], danger=typed["danger"],
            done=typed["done"], key=typed["key"],
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        return _begin(request, placement, refused.findings, form=form)
    if row.stops:
        return render(
            request, "asam/danger.html", {"row": row, "placement": placement, "client": placement.episode.client}
        )
    return redirect("asam:rate", episode_id, 1)


@require_safe
@at_desk(RATE)
def rate(request: DeskRequest, episode_id: int, number: int) -> HttpResponse:
    """One dimension."""
    placement = placement_for(request.desk, episode_id)
    draft = Draft.objects.filter(episode_id=episode_id, closed_at=None).select_related("source", "by").first()
    if draft is None:
        return redirect("asam:begin", episode_id)
    return _screen(request, draft, placement, number)


@require_POST
@at_desk(RATE)
def save(request: DeskRequest, pk: int, number: int) -> HttpResponse:
    """Keep one dimension: by itself as it is typed (htmx), or on the way to another screen (``go``)."""
    desk = request.desk
    draft, placement = draft_for(desk, pk)
    dimension = known(draft.source).catalog.dimension(number)
    if dimension is None:
        raise Http404
    ratings, words, views = read_part(request.POST, dimension)
    typed = DraftPart(draft=draft, number=number, ratings=ratings, evidence=words, views=views)
    findings: Iterable[Finding] = ()
    try:
        save_part(
            by=desk.person, at=desk.now, draft_id=pk, number=number, version=version_in(request.POST),
            ratings=ratings, evidence=words, views=views, window=request.POST.get("window", ""),
            leaves=not request.headers.get("HX-Request"),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        findings = refused.findings
    if not findings and not request.headers.get("HX-Request"):
        go = request.POST.get("go", "")
        return redirect("asam:rate", draft.episode_id, int(go)) if go.isdecimal() else redirect("asam:look_over", pk)
    return _screen(request, draft, placement, number, findings=tuple(findings), typed=typed if findings else None)


@require_POST
@at_desk(RATE)
def attach_support(request: DeskRequest, pk: int, number: int) -> HttpResponse:
    """Attach something of the chart to a dimension, or take it off; the words are the chart's, never the page's."""
    desk = request.desk
    draft, placement = draft_for(desk, pk)
    asked = (request.POST.get("kind", ""), request.POST.get("of", ""))
    page = screen(draft, placement, number, desk.now)
    found = [row for row in page.beside if (row.support.kind, str(row.support.pk)) == asked] if page else []
    if not found:
        raise Http404
    each, findings = found[0].support, ()
    try:
        attach(
            by=desk.person, at=desk.now, draft_id=pk, attached=request.POST.get("attached") == "1",
            support=Support(number, each.kind, each.pk, each.words, each.at),
        )  # fmt: skip
    except NotAllowed:
        raise
    except Refused as refused:
        findings = refused.findings  # type: ignore[assignment]
    page = screen(draft, placement, number, desk.now)
    return render(request, "asam/_beside.html", {"page": page, "findings": findings}, status=422 if findings else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(RATE)
def look_over(request: DeskRequest, pk: int) -> HttpResponse:
    """All of a draft; a POST saves it as an assessment."""
    desk = request.desk
    draft, placement = draft_for(desk, pk)
    findings: tuple[Finding, ...] = ()
    if request.method == "POST":
        try:
            made = finish_rating(
                by=desk.person, at=desk.now, draft_id=pk, seen=request.POST.get("seen", ""), key=key_in(request)
            )
            return redirect("asam:level", made.episode_id)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    elif draft.closed_at is not None:
        return redirect("asam:level", draft.episode_id)
    page = looked_over(draft, placement, counting(desk.site.organisation_id, desk.now), desk.now)
    context = {"page": page, "findings": findings, "key": uuid4(), "kinds": dict(Assessment.Kind.choices)}
    return render(request, "asam/look_over.html", context, status=422 if findings else 200)


@require_POST
@at_desk(RATE)
def drop(request: DeskRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    draft, _ = draft_for(request.desk, pk)
    drop_rating(by=request.desk.person, at=request.desk.now, draft_id=pk, key=key_in(request))
    return redirect("asam:level", draft.episode_id)


@require_POST
@at_desk(RATE)
def take_over(request: DeskRequest, pk: int) -> HttpResponse:
    """Move a draft to the catalog that counts now."""
    draft_for(request.desk, pk)
    take_over_catalog(by=request.desk.person, at=request.desk.now, draft_id=pk, key=key_in(request))
    return redirect("asam:look_over", pk)


def _begin(
    request: DeskRequest, placement: Placement, findings: tuple[Finding, ...] = (), *, form: BeginForm | None = None
) -> HttpResponse:
    before = Assessment.objects.filter(episode_id=placement.episode_id, at__lte=request.desk.now).exists()
    kind = Assessment.Kind.REASSESSMENT if before else Assessment.Kind.LEVEL
    context = {
        "form": form or BeginForm(initial={"key": uuid4(), "kind": kind}), "placement": placement, "findings": findings,
        "client": placement.episode.client, "kinds": Assessment.Kind.choices, "key": uuid4(),
        "kind": form["kind"].value() if form else kind, "danger": form["danger"].value() if form else "",
    }  # fmt: skip
    return render(request, "asam/begin.html", context, status=422 if findings or (form and form.errors) else 200)


def _screen(
    request: DeskRequest,
    draft: Draft,
    placement: Placement,
    number: int,
    *,
    findings: tuple[Finding, ...] = (),
    typed: DraftPart | None = None,
) -> HttpResponse:
    page = screen(draft, placement, number, request.desk.now, typed=typed)
    if page is None:
        raise Http404
    small = bool(request.headers.get("HX-Request"))
    template = "asam/_saved.html" if small else "asam/rate.html"
    return render(
        request, template, {"page": page, "findings": findings, "window": uuid4()}, status=422 if findings else 200
    )
