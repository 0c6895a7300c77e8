"""Accounts of other systems: make one, give it a token (shown once), revoke a token, close it."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from staff.access import require
from staff.models import Person, ServiceAccount, ServiceToken
from staff.rules.capabilities import Capability
from staff.rules.services import LONGEST, MARK, SHORTEST, Scope
from staff.service import digest


def new_token() -> str:
    """A token with 256 random bits. Only its hash is ever kept."""
    return MARK + secrets.token_urlsafe(32)


def _named(kwargs: Mapping[str, Any]) -> Finding:
    return stop("service.name", "There is an account of that name, or there was one. Choose another name.")


@action("services.make", explain={"staff_serviceaccount_name_key": _named, "staff_person_username_key": _named})
def make_service(
    *, by: Person, at: datetime, site_id: int, name: str, scopes: Collection[Scope], only_site: bool = False,
    key: UUID | None = None,
) -> ServiceAccount:  # fmt: skip
    """An account for another system, of the whole organisation or (``only_site``) of this site. It has no token yet.

    Raises Refused (``service.name``, ``service.scopes``), NotAllowed.
    """
    require(by, Capability.SERVICES, site_id, at)
    name = " ".join(name.split())
    findings = []
    if not 3 <= len(name) <= 80 or "\x00" in name:
        findings.append(stop("service.name", "Name the system, in 3 to 80 characters: 'Laboratory feed'."))
    if not scopes:
        findings.append(stop("service.scopes", "Choose at least one thing it may do."))
    if findings:
        raise Refused(*findings)

    person = Person(username=f"service {name}".lower(), name=f"{name} (system)", is_active=False)
    person.set_unusable_password()
    person.save()
    made = ServiceAccount.objects.create(
        name=name, person=person, scopes=sorted(scope.value for scope in scopes), made_at=at, by=by,
        site_id=site_id if only_site else None,
    )  # fmt: skip
    trail.record(
        "services.make", by=by, at=at, subject=made, site_id=site_id,
        summary=f"Account of another system made: {name}", detail={"scopes": made.scopes},
    )  # fmt: skip

    return made


@action("services.give_token")
def give_token(
    *, by: Person, at: datetime, site_id: int, account_id: int, token: str, good_for: timedelta
) -> ServiceToken:  # fmt: skip
    """Keep the hash of a ``new_token()`` for an account, for at most a year. Who calls shows the token once, and forgets it.

    Takes no key: what was asked would be kept with it. Raises Refused (``service.closed``, ``service.good_for``), NotAllowed.
    """
    require(by, Capability.SERVICES, site_id, at)
    account = _open(account_id)
    if not SHORTEST <= good_for <= LONGEST:
        raise Refused(
            stop("service.good_for", f"A token is good for 1 hour to {LONGEST.days} days. Choose a time between.")
        )

    made = ServiceToken.objects.create(
        account=account,
        digest=digest(token),
        begins=token[: len(MARK) + 4],
        made_at=at,
        by=by,
        expires_at=at + good_for,
    )
    trail.record(
        "services.give_token", by=by, at=at, subject=made, site_id=site_id,
        summary=f"Token {made.begins}... given to {account.name}", detail={"expires_at": made.expires_at.isoformat()},
    )  # fmt: skip

    return made


@action("services.revoke_token")
def revoke_token(*, by: Person, at: datetime, site_id: int, token_id: int, key: UUID | None = None) -> ServiceToken:
    """A token is good no longer, from now on. Raises Refused ``service.revoked``, NotAllowed, ServiceToken.DoesNotExist."""
    require(by, Capability.SERVICES, site_id, at)
    token = ServiceToken.objects.select_for_update(of=("self",)).select_related("account").get(pk=token_id)
    if token.revoked_at is not None:
        raise Refused(stop("service.revoked", "That token was revoked already. Reload the page."))

    token.revoked_at, token.revoked_by = at, by
    token.save(update_fields=["revoked_at", "revoked_by"])
    trail.record(
        "services.revoke_token", by=by, at=at, subject=token, site_id=site_id,
        summary=f"Token {token.begins}... of {token.account.name} revoked",
    )  # fmt: skip

    return token


@action("services.close")
def close_service(
    *, by: Person, at: datetime, site_id: int, account_id: int, key: UUID | None = None
) -> ServiceAccount:
    """The system may ask no more: the account is closed for good, and with it every token. Raises Refused, NotAllowed."""
    require(by, Capability.SERVICES, site_id, at)
    account = _open(account_id)

    account.closed_at, account.closed_by = at, by
    account.save(update_fields=["closed_at", "closed_by"])
    trail.record(
        "services.close", by=by, at=at, subject=account, site_id=site_id, summary=f"Account closed: {account.name}"
    )

    return account


def _open(account_id: int) -> ServiceAccount:
    account: ServiceAccount = ServiceAccount.objects.select_for_update(of=("self",)).get(pk=account_id)
    if account.closed_at is not None:
        raise Refused(stop("service.closed", f"The account '{account}' is closed. Make a new one."))
    return account
