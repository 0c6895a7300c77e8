"""Error pages that help: each says what happened and what to do next."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from config import outages


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open across a sign-in, so its key is old."""
    return render(request, "errors/page_expired.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """One neutral page for whatever is not there, or not for this person."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke on our side, or the database is away (503); needs no database and no session."""
    away = outages.told(sys.exc_info()[1])
    if away is not None:
        return outages.answer(request, away)
    return HttpResponse(render_to_string("500.html"), status=500)
