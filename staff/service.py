"""Another system asks, with ``Authorization: Bearer swt_...``: which account is it, and may it do this?

``service_of(request)`` for a plain view, ``Bearer(Scope.FHIR_READ)`` as the ``auth=`` of a django-ninja route (which then finds the
account under ``request.auth``). The address of who shows wrong tokens is slowed down, and so is a token that asks too often.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from audit.rules.findings import Refused, stop
from staff.access import NotAllowed
from staff.models import ServiceAccount, ServiceToken
from staff.rules.services import A_MINUTE, MARK, WRONG_A_MINUTE, Scope
from staff.throttle import address_of, too_often

FRESH = timedelta(minutes=1)  # how right ``used_at`` is


class TooMany(Refused):
    """Asked too often: pages and the API answer 429 with the sentence."""


def digest(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so nothing slower than SHA-256 is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def service_of(request: HttpRequest) -> ServiceAccount | None:
    """The account whose live token the request shows; None where it shows none, or one that is not good now.

    One query, and one write a minute. Raises TooMany.
    """
    kind, _, shown = request.headers.get("Authorization", "").partition(" ")
    return _account(request, shown.strip(), timezone.now()) if kind.lower() == "bearer" and shown.strip() else None


def require_scope(account: ServiceAccount, scope: Scope) -> None:
    """Raise NotAllowed where the account does not carry the scope."""
    if not account.may(scope):
        sentence = f"The service account '{account}' may not {scope.label}: it lacks the scope {scope.value}."
        raise NotAllowed(stop("service.scope", sentence, scope=scope.value))


class Bearer(HttpBearer):
    """``auth=Bearer(Scope.FHIR_READ)``: lets service accounts with all of these scopes in; ``request.auth`` is the account.

    Raises NotAllowed (403) for a scope that is missing, TooMany (429); no good token is ninja's 401.
    """

    def __init__(self, *scopes: Scope) -> None:
        super().__init__()
        self.scopes = scopes

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The account, None where the token is none that is good now."""
        account = _account(request, token, timezone.now())
        if account is None:
            return None
        for scope in self.scopes:
            require_scope(account, scope)
        return account


def _account(request: HttpRequest, shown: str, at: datetime) -> ServiceAccount | None:
    if not shown.startswith(MARK) or len(shown) > 100:
        _count_wrong(request)
        return None
    found = (
        ServiceToken.objects.select_related("account__person", "account__site")
        .filter(digest=digest(shown), revoked_at=None, account__closed_at=None, made_at__lte=at, expires_at__gt=at)
        .first()
    )
    if found is None:
        _count_wrong(request)
        return None
    if too_often("service", str(found.pk), A_MINUTE):
        raise TooMany(
            stop("service.too_often", f"This token asked more than {A_MINUTE} times in a minute. Wait a minute.")
        )
    if found.used_at is None or at - found.used_at >= FRESH:
        ServiceToken.objects.filter(pk=found.pk).update(used_at=at)
    return found.account


def _count_wrong(request: HttpRequest) -> None:
    """Count a token that is none against the address it came from."""
    if too_often("service_wrong", address_of(request), WRONG_A_MINUTE):
        raise TooMany(stop("service.wrong_too_often", "Too many wrong tokens came from this address. Wait a minute."))
