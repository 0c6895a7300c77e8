"""Lock this session, and bring it back: by the same person's PIN, or their password. Locked, it shows nothing else (``config/idle.py``)."""

import time

from allauth.core import ratelimit
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from audit.rules.findings import Finding, Refused, stop
from config.idle import back_from
from live.idle import HANDED_OVER, LOCKED, SEEN
from programs.desk import DeskRequest, at_desk
from staff.actions.pins import recognise
from staff.queries import PinState, pin_state


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_desk()
def lock(request: DeskRequest) -> HttpResponse:
    """POST locks; GET shows the lock screen of a locked session, and leads on where it is not locked."""
    if request.method == "POST":
        if HANDED_OVER not in request.session:
            request.session[LOCKED] = int(time.time())
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"locked": True})
        return _screen(request)
    return _screen(request) if LOCKED in request.session else HttpResponseRedirect(back_from(request))


@never_cache
@require_POST
@at_desk()
def resume(request: DeskRequest) -> HttpResponse:
    """The PIN, or the password, of whoever is signed in; then back to where they were."""
    desk, json = request.desk, request.headers.get("Accept") == "application/json"
    pin, password = request.POST.get("pin", "")[:8], request.POST.get("password", "")[:200]
    try:
        if password:
            _check_password(request, password)
        else:
            recognise(person_id=desk.person.pk, pin=pin, site=desk.site, at=desk.now)
    except Refused as refused:
        if json:
            return JsonResponse({"said": str(refused), "by_password": _by_password(request)}, status=422)
        return _screen(request, refused.findings)
    request.session.pop(LOCKED, None)
    request.session[SEEN] = int(time.time())
    return JsonResponse({"person": desk.person.pk}) if json else HttpResponseRedirect(back_from(request))


@require_POST
@at_desk()
def still_here(request: DeskRequest) -> HttpResponse:
    """The page's word that somebody touched it, at most once a minute."""
    if not request.session.get(LOCKED) and time.time() - request.session.get(SEEN, 0) >= 50:
        request.session[SEEN] = int(time.time())
    return HttpResponse(status=204)


def _screen(request: DeskRequest, findings: tuple[Finding, ...] = ()) -> HttpResponse:
    context = {
        "person": request.desk.person, "next": back_from(request), "findings": findings,
        "by_password": _by_password(request),
    }  # fmt: skip
    return render(request, "staff/lock.html", context, status=422 if findings else 200)


def _by_password(request: DeskRequest) -> bool:
    """True where a password is asked for: they chose so, or have no PIN that can be tried."""
    if request.GET.get("by") == "password" or request.POST.get("password"):
        return True
    return pin_state(request.desk.person.pk, request.desk.now).state is not PinState.SET


def _check_password(request: DeskRequest, password: str) -> None:
    """As often as allauth asks a password again, and no oftener. Raises Refused."""
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        raise Refused(stop("pin.too_often", "That was too many passwords in a minute. Wait a minute and try again."))
    if not request.desk.person.check_password(password):
        raise Refused(stop("lock.password", "That is not the password you sign in with."))
