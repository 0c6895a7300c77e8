"""The JSON API under ``/api/``: signed in by session, CSRF checked; every refusal has the same shape. See ``docs/api.md``."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.security import django_auth

from audit import sight
from audit.rules.findings import Refused
from emar.api import router as emar
from staff.access import NotAllowed
from staff.service import TooMany

api = NinjaAPI(title="Stepwell", version="1", auth=django_auth, docs_url=None)
api.add_router("/emar", emar)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """Nothing was written: 422 with the findings, 403 where the person may not, 429 where they ask too often."""
    sight.refused(error)
    findings = [{"code": f.code, "severity": f.severity.value, "message": f.message} for f in error.findings]
    status = 403 if isinstance(error, NotAllowed) else 429 if isinstance(error, TooMany) else 422
    return api.create_response(request, {"findings": findings}, status=status)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """401 signed out, 403 the page's token is missing, 400 no JSON: each as a sentence."""
    code, message = WORDS.get(error.status_code, ("request.invalid", str(error)))
    return api.create_response(request, _one(code, message), status=error.status_code)


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """Not there, or not at this site: 404."""
    words = (
        str(error.args[0]) if error.args and isinstance(error.args[0], str) else "There is nothing of that kind here."
    )
    return api.create_response(request, _one("request.not_found", words), status=404)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A field that cannot be read: 422, with the field in the sentence."""
    return api.create_response(request, {"findings": [_said(each) for each in error.errors]}, status=422)


WORDS = {
    400: ("request.unreadable", "The request is no JSON that can be read. Send one JSON object in UTF-8."),
    401: ("request.signed_out", "You are not signed in, or your session ended. Sign in and send it again."),
    403: ("request.token", "The CSRF token is missing or old. Send the cookie's value in the header X-CSRFToken."),
}


def _one(code: str, message: str) -> dict[str, Any]:
    return {"findings": [{"code": code, "severity": "stop", "message": message}]}


def _said(error: dict[str, Any]) -> dict[str, str]:
    where = ".".join(str(part) for part in error.get("loc", ()) if part not in ("body", "query", "path"))
    where = where.partition(".")[2] or where
    kind, message = str(error.get("type", "")), str(error.get("msg", "not valid")).removesuffix(".")
    code = kind if kind.startswith("dose.") else "request.invalid"
    return {"code": code, "severity": "stop", "message": f"{where}: {message}."}
