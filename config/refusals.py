"""Turns a refusal that no view caught into a page, a fragment or JSON that says what is wrong and what to do.

So is what the database cannot keep in a text: the character NUL, which nobody types and some programs send.
"""

from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from audit import sight
from audit.rules.findings import Refused, stop
from chart.access import GlassShut
from config import glass
from staff.access import NotAllowed
from staff.service import TooMany

NUL = stop("typed.nul", "What was sent holds a character that cannot be kept (NUL). Take it out and try again.")


class RefusalMiddleware:
    """Refused answers 422, NotAllowed 403, TooMany 429: nothing was written."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DataError) and "NUL" in str(error):
            error = Refused(NUL)
        if not isinstance(error, Refused):
            return None
        sight.refused(error)
        if isinstance(error, GlassShut):
            return glass.shut(request, error)
        status = 403 if isinstance(error, NotAllowed) else 429 if isinstance(error, TooMany) else 422
        if request.headers.get("Accept") == "application/json":
            return JsonResponse(
                {"findings": [{"code": f.code, "message": f.message} for f in error.findings]}, status=status
            )
        context = {"findings": error.findings, "status": status}
        if request.headers.get("HX-Request"):
            response = render(request, "components/findings.html", context, status=status)
            response["HX-Retarget"] = "#refusal"
            response["HX-Reswap"] = "innerHTML"
            return response
        return render(request, "errors/refused.html", context, status=status)
