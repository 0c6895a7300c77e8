"""Incidents: the list, a new report, a correction, one report with what came of it, its paper."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.rules.findings import Refused
from chart.actions import incidents
from chart.forms.incidents import FIELD_OF, PEOPLE, TOLD, IncidentForm, ReviewForm, ToldForm
from chart.pdf.incidents import incident_document
from chart.queries.incidents import Report, as_line, colleagues, incident_list, one_report, people_to_name
from chart.rules.incidents import Kind, Step
from chart.views.unit.tabs import tabs_of
from documents import render as render_pdf
from programs.desk import Desk, DeskRequest, at_desk, key_in
from programs.files import pdf_file
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

ON_A_PAGE = 30


def report_for(desk: Desk, pk: int) -> Report:
    """The report, where the person wrote it or may read reports at this site; else Http404."""
    found = one_report(desk.site, pk)
    if found is None or (found.row.by_id != desk.person.pk and not desk.may(Capability.SEE_INCIDENTS)):
        raise Http404
    return found


@require_safe
@at_desk(Capability.REPORT_INCIDENTS)
def every(request: DeskRequest) -> HttpResponse:
    """The reports of the site; who may not read them all sees their own."""
    desk = request.desk
    state, kind = request.GET.get("state", "open"), request.GET.get("kind", "")
    mine = None if desk.may(Capability.SEE_INCIDENTS) else desk.person
    rows = incident_list(desk.site, desk.now, only_by=mine, state=state, kind=kind if kind in set(Kind) else "")
    found = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "lines": [as_line(row) for row in found.object_list], "found": found, "state": state, "kind": kind, "kinds": tuple(Kind),
        "mine": mine is not None, "states": (("open", "Open"), ("closed", "Closed"), ("all", "All")), "page": "incidents",
    }  # fmt: skip
    return render(request, "chart/unit/incidents.html", context | tabs_of(desk))


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.REPORT_INCIDENTS)
def new(request: DeskRequest) -> HttpResponse:
    """Write a report."""
    return _write(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.REPORT_INCIDENTS)
def correct(request: DeskRequest, pk: int) -> HttpResponse:
    """Write a whole new report in the place of one that is wrong."""
    found = report_for(request.desk, pk)
    if found.row.by_id != request.desk.person.pk and not request.desk.may(Capability.REVIEW_INCIDENTS):
        raise Http404
    return _write(request, found)


@require_safe
@at_desk(Capability.REPORT_INCIDENTS)
def one(request: DeskRequest, pk: int) -> HttpResponse:
    """One report, and what may be added to it."""
    return _one(request, report_for(request.desk, pk))


@require_safe
@at_desk(Capability.REPORT_INCIDENTS)
def pdf(request: DeskRequest, pk: int) -> HttpResponse:
    """One report on paper."""
    desk, found = request.desk, report_for(request.desk, pk)
    content = render_pdf(incident_document(found, at=desk.now, tz=desk.tz, by=desk.person))
    return pdf_file(content, f"incident-{pk}.pdf")


@require_POST
@at_desk(Capability.REPORT_INCIDENTS)
def told(request: DeskRequest, pk: int) -> HttpResponse:
    """Say that somebody was told."""
    desk, found = request.desk, report_for(request.desk, pk)
    form = ToldForm(request.POST)
    try:
        if form.is_valid():
            typed = form.cleaned_data
            incidents.say_told(
                by=desk.person, at=desk.now, incident_id=pk, who=typed["who"], how=typed["how"], told_at=typed["told_at"],
                key=typed["key"],
            )  # fmt: skip
            return redirect("unit:incident", pk)
    except NotAllowed:
        raise
    except Refused as refused:
        return _one(request, found, told_form=form, refused=refused)
    return _one(request, found, told_form=form)


@require_POST
@at_desk(Capability.REVIEW_INCIDENTS)
def review(request: DeskRequest, pk: int) -> HttpResponse:
    """Write a step of the review."""
    desk, found = request.desk, report_for(request.desk, pk)
    form = ReviewForm(request.POST)
    try:
        if form.is_valid():
            typed = form.cleaned_data
            incidents.review(
                by=desk.person, at=desk.now, incident_id=pk, step=typed["step"], text=typed["text"], key=key_in(request)
            )
            return redirect("unit:incident", pk)
    except NotAllowed:
        raise
    except Refused as refused:
        return _one(request, found, review_form=form, refused=refused)
    return _one(request, found, review_form=form)


def _one(
    request: DeskRequest,
    found: Report,
    *,
    told_form: ToldForm | None = None,
    review_form: ReviewForm | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    desk = request.desk
    own = IncidentForm(clients=(), staff=())  # for its key
    steps = (
        {Step.REOPENED.value} if found.state == "closed" else {each.value for each in Step if each is not Step.REOPENED}
    )
    again = review_form or ReviewForm(initial={"key": own["key"].initial})
    again.fields["step"].choices = [(each.value, each.label) for each in Step if each.value in steps]  # type: ignore[attr-defined]
    context = {
        "found": found, "findings": refused.findings if refused else (), "page": "incidents",
        "told_form": told_form or ToldForm(initial={"key": own["key"].initial, "told_at": timezone.localtime(desk.now)}),
        "review_form": again, "may_review": desk.may(Capability.REVIEW_INCIDENTS) and found.state != "corrected",
        "may_correct": found.newer is None and (found.row.by_id == desk.person.pk or desk.may(Capability.REVIEW_INCIDENTS)),
    }  # fmt: skip
    wrong = refused is not None or told_form is not None or review_form is not None
    return render(request, "chart/unit/incident.html", context | tabs_of(desk), status=422 if wrong else 200)


def _write(request: DeskRequest, old: Report | None) -> HttpResponse:
    desk = request.desk
    people, staff = people_to_name(desk.site, desk.now), colleagues(desk.site, desk.now)
    initial = {"happened_at": timezone.localtime(desk.now)} if old is None else _initial(old)
    form = IncidentForm(request.POST or None, clients=people, staff=staff, initial=initial)
    findings = ()
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = incidents.report(
                by=desk.person, at=desk.now, site_id=desk.site.pk, kind=typed["kind"], severity=typed["severity"],
                happened_at=typed["happened_at"], place=typed["place"], what=typed["what"], done=typed["done"],
                clients=form.involved(), staff_ids=typed["staff"], told=form.told(), corrects_id=old.row.pk if old else None,
                corrected_why=typed["corrected_why"], key=typed["key"],
            )  # fmt: skip
            return redirect("unit:incident", made.pk)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = tuple(each for each in refused.findings if each.code not in FIELD_OF)  # type: ignore[assignment]
            for each in refused.findings:
                if each.code in FIELD_OF:
                    form.add_error(FIELD_OF[each.code], each.message)
    wrong = request.method == "POST"
    context = {"form": form, "old": old, "findings": findings, "page": "incidents"} | tabs_of(desk)
    return render(request, "chart/unit/incident_write.html", context, status=422 if wrong else 200)


def _initial(old: Report) -> dict[str, object]:
    """The fields of a report that is to be corrected."""
    row = old.row
    found: dict[str, object] = {
        "kind": row.kind, "severity": row.severity, "happened_at": timezone.localtime(row.happened_at), "place": row.place,
        "what": row.what, "done": row.done, "staff": [str(each.person_id) for each in row.staff_there.all()],
    }  # fmt: skip
    for n, each in enumerate(list(row.clients.all())[:PEOPLE]):
        found |= {
            f"client{n}": each.client_id,
            f"part{n}": each.part,
            f"about{n}": each.about,
            f"injury{n}": each.injury,
        }
    for n, said in enumerate(list(row.told.all())[:TOLD]):
        found |= {f"who{n}": said.who, f"how{n}": said.how, f"told{n}": timezone.localtime(said.told_at)}
    return found
