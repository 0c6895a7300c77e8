"""Nobody touched a page for too long: the session is locked, whatever the browser thinks.

A locked session gets its lock page and nothing else: a page by a redirect, a form or a script by a 401 (they keep what was typed and
come back), a background reading by a 423 (what this device keeps for a fire stays). What counts as a touch: a page that is opened,
an act of htmx, and the page's own word that somebody touched it (``static/js/idle.js``); polls and sockets do not.
"""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from config.sessions import idle_minutes
from live.idle import HANDED_OVER, LOCKED, MINUTES, SEEN, is_locked
from programs.desk import Desk
from staff.sessions import BEGUN, PLACE

SHIFT = 12 * 60 * 60  # seconds a session lives at most, however busy it is
OFTEN = 60  # seconds between two writes of the last touch
SENTENCE = "This screen is locked. Enter your PIN on it, or sign in again."
OPEN = ("staff:lock", "staff:resume", "account_logout")


class IdleMiddleware:
    """After the desk (it knows the site's minutes), before anything that shows a client."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        at, desk = time.time(), getattr(request, "desk", None)
        if at - request.session.get(BEGUN, at) > SHIFT:
            logout(request)
            request.desk = None  # type: ignore[attr-defined]
            return self.get_response(request)
        if is_locked(dict(request.session.items()) | {MINUTES: idle_minutes(request, desk)}, at):
            request.session.setdefault(LOCKED, int(at))
            if request.path not in {reverse(name) for name in OPEN}:
                return _kept_out(request)
        elif _touches(request):
            touch(request, desk, at)
        return self.get_response(request)


def touch(request: HttpRequest, desk: Desk | None, at: float) -> None:
    """Write when, where and by whose rules this session was touched last: at most once a minute."""
    session, minutes = request.session, idle_minutes(request, desk)
    if session.get(MINUTES) != minutes:
        session[MINUTES] = minutes
    if at - session.get(SEEN, 0) >= OFTEN:
        session[SEEN] = int(at)
        if desk is not None:
            session[PLACE] = desk.site.pk
        session.setdefault(BEGUN, int(at))


def back_from(request: HttpRequest) -> str:
    """The page to come back to after the PIN: ``next`` where it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else reverse("home")


def _touches(request: HttpRequest) -> bool:
    if HANDED_OVER in request.session:
        return True  # the client's page answers by script
    if request.headers.get("X-Background"):
        return False
    return bool(request.headers.get("HX-Request")) or request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"


def _kept_out(request: HttpRequest) -> HttpResponse:
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    if request.path == reverse("account_login"):
        return HttpResponseRedirect(f"{reverse('staff:lock')}?{urlencode({'next': back_from(request)})}")
    if request.headers.get("Accept") == "application/json" or request.path.startswith("/api/"):
        finding = {"code": "request.locked", "severity": "stop", "message": SENTENCE}
        return JsonResponse({"findings": [finding]}, status=401)
    if request.headers.get("HX-Request") or (request.method not in ("GET", "HEAD") and mode != "navigate"):
        return HttpResponse(SENTENCE, status=401)
    if mode != "navigate":
        return HttpResponse(SENTENCE, status=423)
    back = request.get_full_path() if request.method in ("GET", "HEAD") else _page_of(request)
    return HttpResponseRedirect(f"{reverse('staff:lock')}?{urlencode({'next': back})}")


def _page_of(request: HttpRequest) -> str:
    """The page a form stood on, which has what was typed in it (``static/js/forms.js`` keeps it)."""
    came = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure()):
        _, _, rest = came.partition(request.get_host())
        return rest or request.path
    return request.path
