"""Holds the ways out at run time: an answer that is no page goes only from a view that is named in ``privacy/ways.py``."""

import inspect
import logging
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.rules.findings import stop
from privacy.ways import way_of

PAGES = ("text/html",)
SAID = "Nothing was sent: this way out is not declared. Tell whoever keeps the program (privacy/ways.py)."
log = logging.getLogger(__name__)


class WaysMiddleware:
    """Marks what leaves with its way, for the trail; refuses what leaves on none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match is None or response.status_code != HTTPStatus.OK or _is_page(response):
            return response
        view = inspect.unwrap(match.func)
        name = f"{view.__module__}.{getattr(view, '__qualname__', '')}"
        out = way_of(name, match.route)
        if out is None:
            log.error("A way out that is not declared: %s", name)
            findings = (stop("ways.not_declared", SAID),)
            return render(request, "errors/refused.html", {"findings": findings, "status": 403}, status=403)
        response.way = out.way.value  # type: ignore[attr-defined]  # the trail reads it
        return response


def _is_page(response: HttpResponse) -> bool:
    """True for HTML, and for an answer without any content."""
    kind = response.get("Content-Type", "").partition(";")[0].strip()
    return kind in PAGES or (not response.streaming and not response.content)
