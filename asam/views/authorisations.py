"""What payers authorised: of one client, entered and corrected; and of a site, what does not fit first."""

from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from asam.access import authorisation_for, placement_for
from asam.actions.authorisations import authorise, correct_authorisation
from asam.forms.authorisations import AuthorisationForm
from asam.models import Authorisation
from asam.queries.authorised import authorised, of_site
from audit.rules.findings import Finding, Refused, stop
from programs.desk import DeskRequest, at_desk
from programs.models import Placement
from staff.access import NotAllowed
from staff.rules.capabilities import Capability, who_may


@require_safe
@at_desk(Capability.AUTHORISE, Capability.SEE_LEVELS)
def site_list(request: DeskRequest) -> HttpResponse:
    """Everybody in a program of the site, those first whose payer and level do not go together."""
    rows = of_site(request.desk.site, request.desk.now)
    return render(request, "asam/authorised.html", {"rows": rows, "loud": sum(row.loud for row in rows)})


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.AUTHORISE, Capability.SEE_LEVELS)
def of_client(request: DeskRequest, episode_id: int) -> HttpResponse:
    """All that payers answered for an episode; a POST enters another answer."""
    desk, placement = request.desk, placement_for(request.desk, episode_id)
    if request.method != "POST":
        return _page(
            request, placement, AuthorisationForm(initial={"payer": placement.episode.payer, "named": _now(placement)})
        )
    if not desk.may(Capability.AUTHORISE):
        raise NotAllowed(*_not_mine())
    form = AuthorisationForm(request.POST)
    findings: tuple[Finding, ...] = ()
    if form.is_valid():
        try:
            authorise(
                by=desk.person, at=desk.now, episode_id=episode_id, key=form.cleaned_data["key"], **form.asked_for()
            )
            return redirect("asam:authorisations", episode_id)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    return _page(request, placement, form, findings)


@require_http_methods(["GET", "HEAD", "POST"])
@at_desk(Capability.AUTHORISE)
def correct(request: DeskRequest, pk: int) -> HttpResponse:
    """Put an entry right, or take it back (``withdrawn``): the old one stays in the history."""
    desk = request.desk
    row, placement = authorisation_for(desk, pk)
    if request.method != "POST":
        return _page(request, placement, AuthorisationForm.of(row), correcting=row)
    form = AuthorisationForm(request.POST, correcting=True)
    findings: tuple[Finding, ...] = ()
    if form.is_valid():
        try:
            correct_authorisation(
                by=desk.person, at=desk.now, authorisation_id=pk, key=form.cleaned_data["key"],
                withdrawn="withdraw" in request.POST, **form.asked_for(),
            )  # fmt: skip
            return redirect("asam:authorisations", row.episode_id)
        except NotAllowed:
            raise
        except Refused as refused:
            findings = refused.findings
    return _page(request, placement, form, findings, correcting=row)


def _page(
    request: DeskRequest,
    placement: Placement,
    form: AuthorisationForm,
    findings: tuple[Finding, ...] = (),
    *,
    correcting: Authorisation | None = None,
) -> HttpResponse:
    found = authorised([placement.episode_id], request.desk.now)[placement.episode_id]
    context = {
        "paid": found, "placement": placement, "client": placement.episode.client, "form": form, "findings": findings,
        "correcting": correcting, "may_authorise": request.desk.may(Capability.AUTHORISE), "key": uuid4(),
        "may_see_level": request.desk.may(Capability.SEE_LEVELS),
    }  # fmt: skip
    wrong = bool(findings) or (form.is_bound and not form.is_valid())
    return render(request, "asam/authorisations.html", context, status=422 if wrong else 200)


def _now(placement: Placement) -> str:
    return f"{placement.program.edition}:{placement.level}"


def _not_mine() -> tuple[Finding, ...]:
    wanted = Capability.AUTHORISE
    return (stop("staff.not_allowed", f"You may not {wanted.label} here. Ask {who_may(wanted)}."),)
