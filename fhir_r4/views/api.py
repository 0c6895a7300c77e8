"""The FHIR interface for other systems: read one resource, search by patient, a whole chart. Read only."""

import functools
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from audit.rules.findings import Refused
from fhir_r4.access import Hidden, Reader, reader
from fhir_r4.actions.read import read
from fhir_r4.kinds import SUPPORTING, TYPES
from fhir_r4.mappings.location import one as location
from fhir_r4.mappings.medication import medications
from fhir_r4.mappings.organization import organizations, practitioners
from fhir_r4.owners import OWNERS, owner, patient_key
from fhir_r4.rules.capability import capability_statement, outcome
from fhir_r4.rules.elements import Resource
from fhir_r4.rules.labels import labelled
from staff.access import NotAllowed
from staff.rules.services import Scope
from staff.service import TooMany, require_scope, service_of

NOTHING = "There is nothing of that kind here."


def fhir(content: Resource, status: int = 200) -> HttpResponse:
    """An answer as FHIR JSON, never kept by anything on its way."""
    made = HttpResponse(json.dumps(content, ensure_ascii=False), content_type="application/fhir+json", status=status)
    made["Cache-Control"] = "no-store"
    return made


def for_service(view: Callable[..., Resource]) -> Callable[..., HttpResponse]:
    """Let a service account with the scope in. 401, 403, 404, 429 and 400 are OperationOutcomes; 404 is one answer, whatever the reason."""

    @functools.wraps(view)
    def run(request: HttpRequest, /, **named: Any) -> HttpResponse:
        try:
            account = service_of(request)
            if account is None:
                made = fhir(
                    outcome("login", "Send the token of a service account: 'Authorization: Bearer swt_...'."), 401
                )
                made["WWW-Authenticate"] = "Bearer"
                return made
            require_scope(account, Scope.FHIR_READ)
            return fhir(view(request, reader(account, timezone.now()), **named))
        except TooMany as refused:
            return fhir(outcome("throttled", str(refused)), 429)
        except NotAllowed as refused:
            return fhir(outcome("forbidden", str(refused)), 403)
        except Hidden:
            return fhir(outcome("not-found", NOTHING), 404)
        except Refused as refused:
            return fhir(outcome("invalid", str(refused)), 400)

    return csrf_exempt(require_safe(run))


def base_of(request: HttpRequest) -> str:
    """The address of the interface, as the caller wrote it."""
    return request.build_absolute_uri("/fhir")


@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    """What the interface can do; the one address that asks for no token."""
    return fhir(capability_statement(TYPES, SUPPORTING, base_of(request), timezone.now()))


@for_service
def everything(request: HttpRequest, who: Reader, *, name: str) -> Resource:
    """``GET /fhir/Patient/<id>/$everything``: what the consents in force let out of one chart."""
    key = patient_key(name)
    if key is None:
        raise Hidden
    return read(who=who, at=timezone.now(), client_id=key, types=(), base=base_of(request), kind="searchset")


@for_service
def search(request: HttpRequest, who: Reader, *, kind: str) -> Resource:
    """``GET /fhir/Observation?patient=12``. No totals, no search over several people."""
    words = request.GET.get("patient", request.GET.get("subject", ""))
    key = patient_key(words)
    if kind not in TYPES or key is None:
        raise Hidden
    return read(who=who, at=timezone.now(), client_id=key, types=(kind,), base=base_of(request), kind="searchset")


@for_service
def one(request: HttpRequest, who: Reader, *, kind: str, name: str) -> Resource:
    """``GET /fhir/Observation/score-3``: one resource, labelled."""
    if kind in SUPPORTING:
        return supporting(kind, name)
    key = owner(kind, name) if kind in OWNERS else None
    if key is None:
        raise Hidden
    return read(
        who=who,
        at=timezone.now(),
        client_id=key,
        types=(kind,),
        base=base_of(request),
        kind="searchset",
        only=f"{kind}/{name}",
    )


def supporting(kind: str, name: str) -> Resource:
    """An organisation, person, place or medication: it says nothing about any client. Raises Hidden."""
    if kind == "Location":
        found = location(name)
    elif not name.isdecimal() or len(name) > 18:
        raise Hidden
    else:
        rows = {"Organization": organizations, "Practitioner": practitioners, "Medication": medications}[kind](
            [int(name)]
        )
        found = next(iter(rows), None)
    if found is None:
        raise Hidden
    return labelled(found)
