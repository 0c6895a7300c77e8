"""Where one is signed in, and where somebody is: each session by its device, with 'End'."""

from uuid import UUID

from django.contrib.auth import logout
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from audit.rules.findings import Finding, Refused
from programs.desk import DeskRequest, at_desk
from staff.actions import end_session
from staff.models import Person, SignedIn
from staff.queries import sessions_of
from staff.rules.capabilities import Capability
from staff.sessions import NUMBER


@require_safe
@at_desk()
def mine(request: DeskRequest) -> HttpResponse:
    """My sessions."""
    return _page(request, request.desk.person)


@require_POST
@at_desk()
def end(request: DeskRequest, number: UUID) -> HttpResponse:
    """End one of mine; this one is signed out."""
    _theirs(request.desk.person, number)
    if str(number) == request.session.get(NUMBER):
        logout(request)
        return HttpResponseRedirect(reverse("account_login"))
    return _ended(request, request.desk.person, number, reverse("staff:sessions"))


@require_safe
@at_desk(Capability.END_SESSIONS)
def of(request: DeskRequest, pk: int) -> HttpResponse:
    """The sessions of somebody who works at this site."""
    return _page(request, _here(request, pk))


@require_POST
@at_desk(Capability.END_SESSIONS)
def end_of(request: DeskRequest, pk: int, number: UUID) -> HttpResponse:
    """End one of theirs."""
    person = _here(request, pk)
    _theirs(person, number)
    return _ended(request, person, number, reverse("staff:sessions_of", args=[pk]))


def _page(request: DeskRequest, person: Person, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    desk = request.desk
    context = {
        "person": person, "mine": person == desk.person, "findings": findings,
        "sessions": sessions_of(person.pk, desk.now, request.session.get(NUMBER)),
    }  # fmt: skip
    return render(request, "staff/sessions.html", context, status=422 if findings else 200)


def _ended(request: DeskRequest, person: Person, number: UUID, back: str) -> HttpResponse:
    desk = request.desk
    try:
        end_session(by=desk.person, at=desk.now, number=number, site_id=desk.site.pk)
    except Refused as refused:
        return _page(request, person, refused.findings)
    return HttpResponseRedirect(back)


def _here(request: DeskRequest, pk: int) -> Person:
    """Somebody who holds, or held, a role at the desk's site."""
    return get_object_or_404(Person.objects.filter(assignments__site=request.desk.site).distinct(), pk=pk)


def _theirs(person: Person, number: UUID) -> None:
    """A session of somebody else does not exist here; one that ended already is told by the act."""
    row = SignedIn.objects.filter(number=number).first()
    if row is not None and row.person_id != person.pk:
        raise Http404
