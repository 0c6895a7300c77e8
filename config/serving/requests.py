"""One line and one count a request: which view, how it ended, how long it took, who asked. Never a path, a query or a name."""

import logging
import re
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.serving.metrics import IN_FLIGHT, REQUESTS, SECONDS
from programs.desk import Desk
from staff.models import ServiceAccount

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[0-9a-f]{32}", re.ASCII)  # as nginx makes them ($request_id)
UNKNOWN, STATIC = "(none)", "(static)"

log = logging.getLogger("stepwell.request")


class RequestMiddleware:
    """The outermost: gives the request its id (the proxy's, where there is one), and tells how it went."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "") if settings.BEHIND_PROXY else ""
        request.request_id = given if GIVEN.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request_id=request_id(request))
        began = time.perf_counter()
        try:
            with IN_FLIGHT.track_inprogress():
                response = self.get_response(request)
            response.headers[HEADER] = request_id(request)
            _tell(request, response, time.perf_counter() - began)
            return response
        finally:
            structlog.contextvars.unbind_contextvars("request_id")


def request_id(request: HttpRequest) -> str:
    """The id of a request: on the proxy's line, on ours, in the answer and in the trail."""
    return str(getattr(request, "request_id", "") or uuid.uuid4().hex)


def view_of(request: HttpRequest) -> str:
    """The name of the view, which is the same for every client."""
    match = getattr(request, "resolver_match", None)
    if match is not None:
        return str(match.view_name)
    return STATIC if request.path.startswith(f"/{settings.STATIC_URL.lstrip('/')}") else UNKNOWN


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    view = view_of(request)
    REQUESTS.labels(view, f"{response.status_code // 100}xx").inc()
    SECONDS.labels(view).observe(seconds)
    if view == STATIC or not log.isEnabledFor(logging.INFO):
        return
    said: dict[str, object] = {
        "method": request.method,
        "view": view,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
    log.info("answered", extra={"said": said | _asked_by(request)})


def _asked_by(request: HttpRequest) -> dict[str, object]:
    """Who asked, as numbers; empty for who is signed out."""
    desk: Desk | None = getattr(request, "desk", None)
    account = getattr(request, "auth", None)
    if isinstance(account, ServiceAccount):
        return {"person": account.person_id, "site": account.site_id, "role": "service"}
    return {"person": desk.person.pk, "site": desk.site.pk, "role": desk.role.value} if desk else {}
