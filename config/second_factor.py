"""A second factor for everybody (outside the demonstration): who has none is led to set one up before any page."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

HAS = "second_factor"  # in a session: this person has one (asked once)
SENTENCE = "Set up a second factor first: your initials, Second factor."
OPEN = ("/accounts/", "/static/")  # where one is set up, and where one signs out


class SecondFactorMiddleware:
    """Every page of a person without a second factor is the page where they set one up; anything else is a 403.

    Costs one query at the first page of a session. ``REQUIRE_SECOND_FACTOR`` turns it off (docs/operators.md).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.REQUIRE_SECOND_FACTOR or not request.user.is_authenticated or request.session.get(HAS):
            return self.get_response(request)
        if is_mfa_enabled(request.user):
            request.session[HAS] = True
            return self.get_response(request)
        if request.path.startswith(OPEN):
            return self.get_response(request)
        page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate" and not request.headers.get("HX-Request")
        if page and request.headers.get("Accept") != "application/json":
            return HttpResponseRedirect(reverse("mfa_index"))
        return HttpResponse(SENTENCE, status=403)
