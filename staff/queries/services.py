"""Which other systems may ask, and with which tokens?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch

from staff.models import ServiceAccount, ServiceToken
from staff.rules.services import Scope


@dataclass(frozen=True)
class Token:
    """A token as the page tells it: ``state`` is good, expired or revoked."""

    row: ServiceToken
    state: str


@dataclass(frozen=True)
class Service:
    """An account, what it may do in words, and its tokens, the newest first."""

    account: ServiceAccount
    may: tuple[str, ...]
    tokens: tuple[Token, ...]


def services(at: datetime) -> list[Service]:
    """Every account, the open ones first. Two queries."""
    tokens = Prefetch("tokens", ServiceToken.objects.select_related("by").order_by("-made_at"))
    found = ServiceAccount.objects.select_related("site", "by").prefetch_related(tokens)
    return [
        Service(
            account, tuple(_words(account.scopes)), tuple(Token(row, _state(row, at)) for row in account.tokens.all())
        )
        for account in sorted(found, key=lambda each: (each.closed_at is not None, each.name.lower()))
    ]


def _words(scopes: Iterable[str]) -> Iterable[str]:
    known = {scope.value: scope.label for scope in Scope}
    return (known.get(scope, scope) for scope in scopes)


def _state(row: ServiceToken, at: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at <= at else "good"
