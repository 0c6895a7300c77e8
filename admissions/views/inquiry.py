"""A new inquiry: first who it is, so that nobody gets a second record; then what they ask for."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from admissions.access import list_sites
from admissions.actions.inquiry import ask
from admissions.forms import AskForm, PersonForm
from admissions.queries.people import Known, known_like
from admissions.views.requests import shown_in
from audit.rules.findings import Finding, Refused
from programs.desk import DeskRequest, at_desk
from programs.models import PlacementRequest, Site
from programs.rules.duplicates import Match, Someone
from staff.access import NotAllowed
from staff.rules.capabilities import Capability

FACTS = ("level_wanted", "ready_on", "payer", "contact", "pregnant", "injects")


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.ADMIT)
def new(request: DeskRequest) -> HttpResponse:
    """Name and birth date; then, with who is known like that, the rest; then the inquiry is written."""
    site, _ = shown_in(request, list_sites(request.desk))
    with timezone.override(site.tz):
        if request.method != "POST":
            return _who(request, site, PersonForm(request.desk, site))
        person = PersonForm(request.desk, site, request.POST)
        if not person.is_valid() or "back" in request.POST:
            return _who(request, site, person, status=200 if person.is_valid() else 422)
        known = _known(request, site, person)
        if "ask" not in request.POST:
            form = AskForm(request.desk, site, initial={"who": "" if known else "new"})
            return _what(request, site, person, form, known)
        form = AskForm(request.desk, site, request.POST)
        refused: list[Finding] = []
        if _chosen(form, known):
            try:
                return redirect("admissions:requests:line", _ask(request, site, form).pk)
            except NotAllowed:
                raise
            except Refused as refusal:
                refused = form.take(refusal.findings)
                known = _known(request, site, person)
        return _what(request, site, person, form, known, refused=refused, status=422)


def _known(request: DeskRequest, site: Site, person: PersonForm) -> list[Known]:
    typed = person.cleaned_data
    who = Someone(typed["first_name"], typed["last_name"], typed["born_on"], typed["preferred_name"])
    return known_like(site.organisation, site.pk, who, request.desk.now)


def _chosen(form: AskForm, known: Sequence[Known]) -> bool:
    """True where nothing is wrong with the form and, of who is known, one was chosen or none."""
    if form.is_valid() and known and form.client_id is None and form.cleaned_data["who"] != "new":
        form.add_error("who", "Choose one of these people, or ‘None of these’.")  # noqa: RUF001
    return form.is_valid()


def _ask(request: DeskRequest, site: Site, form: AskForm) -> PlacementRequest:
    typed = form.cleaned_data
    names = ("first_name", "last_name", "preferred_name", "born_on") if form.client_id is None else ()
    return ask(
        by=request.desk.person, at=request.desk.now, site_id=site.pk, client_id=form.client_id, key=typed["key"],
        reasons={"request.same_person": typed["reason"]}, **{name: typed[name] for name in (*FACTS, *names)},
    )  # fmt: skip


def _who(request: DeskRequest, site: Site, person: PersonForm, *, status: int = 200) -> HttpResponse:
    return render(request, "admissions/request_who.html", {"site": site, "form": person}, status=status)


def _what(
    request: DeskRequest, site: Site, person: PersonForm, form: AskForm, known: Sequence[Known], *,
    refused: Sequence[Finding] = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    context = {
        "site": site, "person": person.cleaned_data, "form": form, "known": known, "refused": refused,
        "same": any(one.match is Match.SAME for one in known), "chosen": form["who"].value(),
    }  # fmt: skip
    return render(request, "admissions/request_new.html", context, status=status)
