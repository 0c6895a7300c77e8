"""A tablet in a client's hands: while the session says so, no address but the client's own page answers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from live.access import HANDED_OVER

SENTENCE = "This tablet is handed over to one form. Hand it back first."


class HandOverMiddleware:
    """Every other address leads to the page of the hand-over: a page by a redirect, anything else by a 403.

    What a signed-in browser was shown is not kept by it (``no-store``), so that 'back' shows nothing of before either.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if HANDED_OVER in request.session and not _own(request.path):
            return _kept_out(request)
        response = self.get_response(request)
        if request.user.is_authenticated and response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _own(path: str) -> bool:
    return path in {reverse(f"chart:{name}") for name in ("hand_over", "hand_over_back", "hand_over_out")}


def _kept_out(request: HttpRequest) -> HttpResponse:
    where = reverse("chart:hand_over")
    if request.headers.get("HX-Request"):
        return HttpResponse(SENTENCE, status=403, headers={"HX-Redirect": where})
    page = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", "text/html")
    return HttpResponseRedirect(where) if page else HttpResponse(SENTENCE, status=403)
