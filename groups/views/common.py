"""What the views of this room share: do something as this person now, with the request's key and the reasons that were given."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from audit.rules.findings import Refused, stop
from groups import board
from groups.access import session_for
from groups.forms import KeyForm
from groups.models import Series, Session
from groups.queries import Card, SessionPage, session_page
from programs.desk import DeskRequest

REASON = "reason-"


def reasons_in(request: HttpRequest) -> dict[str, str]:
    """Reasons for overrides: fields named ``reason-<code>``."""
    return {name.removeprefix(REASON): str(value) for name, value in request.POST.items() if name.startswith(REASON)}


def act(request: DeskRequest, action: Callable[..., Any], **asked: Any) -> Any:
    """Do it as this person, now. Raises Refused, and Http404 where something of it is not there."""
    form = KeyForm(request.POST)
    if not form.is_valid():
        raise Refused(stop("request.bad_key", "The page sent a wrong key. Reload it and try again."))
    try:
        return action(by=request.desk.person, at=request.desk.now, key=form.cleaned_data["key"], **asked)
    except ObjectDoesNotExist as error:
        raise Http404 from error


def series_of(request: DeskRequest, pk: int) -> Series:
    """The series, where it is the desk's site's. Raises Http404."""
    found = Series.objects.select_related("site").prefetch_related("programs", "patterns")
    series = found.filter(pk=pk, site=request.desk.site).first()
    if series is None:
        raise Http404
    return series


def page_of(request: DeskRequest, session: Session) -> SessionPage:
    """The session's page as it stands now."""
    found, viewer = session_for(request.desk.person, session.pk, request.desk.now)
    return session_page(found, viewer, request.desk.now)


def card_of(page: SessionPage, part: str) -> Card:
    """One part of the note. Raises Http404."""
    card = page.card(part)
    if card is None:
        raise Http404
    return card


def answer(request: DeskRequest, session: Session, piece: str, findings: Any = (), **extra: object) -> HttpResponse:
    """A piece of the page as it stands now, with what was refused; without htmx the whole page."""
    if not request.headers.get("HX-Request"):
        return redirect("groups:session", session.pk)
    drawn = board.draw(page_of(request, session), piece, findings=findings, answer=True, **extra)
    return HttpResponse(drawn, status=422 if findings else 200)
