"""The JSON API under ``/api/``: signed in by session, CSRF checked; every refusal has the same shape. See ``docs/api.md``."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.security import django_auth

from audit.rules.findings import Refused
from emar.api import router as emar
from staff.access import NotAllowed

api = NinjaAPI(title="Stepwell", version="1", auth=django_auth, docs_url=None)
api.add_router("/emar", emar)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """Nothing was written: 422 with the findings, 403 where the person may not."""
    findings = [{"code": f.code, "severity": f.severity.value, "message": f.message} for f in error.findings]
    return api.create_response(request, {"findings": findings}, status=403 if isinstance(error, NotAllowed) else 422)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A field that cannot be read: 422, with the field in the sentence."""
    return api.create_response(request, {"findings": [_said(each) for each in error.errors]}, status=422)


def _said(error: dict[str, Any]) -> dict[str, str]:
    where = ".".join(str(part) for part in error.get("loc", ()) if part not in ("body", "query", "path"))
    where = where.partition(".")[2] or where
    return {"code": "request.invalid", "severity": "stop", "message": f"{where}: {error.get('msg', 'not valid')}."}
