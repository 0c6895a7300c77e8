"""Writes what was seen, printed, searched and refused: the part of the trail that changes nothing, so that nobody writes it but the
page itself. Each is a transaction of its own, without a lock on anything shared."""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from audit.models import Event, Sight
from audit.rules.findings import Finding, Refused
from audit.trail import Actor, circumstances

OPENED, PRINTED, EXPORTED, SEARCHED = "chart.opened", "file.printed", "file.exported", "client.searched"
NOT_ALLOWED, REFUSED, NOT_FOUND = "refused.not_allowed", "refused.rule", "refused.not_found"
LOOKED = (OPENED, PRINTED, EXPORTED)
KEPT = timedelta(days=2)  # how long the reminder of a sight is of use
MANY = 20  # refusals of one request that are told one by one
CLAIM = "INSERT INTO audit_sight (by_id, what, hour) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"


@dataclass(frozen=True)
class Told:
    """What an event says: a short sentence without a full name, whose record, and facts (never shown raw)."""

    summary: str
    client_id: int | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    subject_kind: str = ""
    subject_id: int | None = None


def once(
    what: Sequence[str], *, verb: str, by: Actor, at: datetime, site_id: int | None, tell: Callable[[], tuple[str, Told] | None]
) -> Event | None:  # fmt: skip
    """Write an event where this person's sight of ``what`` is not on the trail of this hour yet; None where it is.

    One statement for what is known. ``tell`` is called only for what is new: it gives the name under which the thing is one (two
    addresses may lead to the same part of one chart) and what to say; None says nothing. The event and its reminder stand or fall
    together; two requests at once write one event.
    """
    name = " ".join(what)[:120]
    with transaction.atomic(savepoint=False):
        if not _claim(by, name, at):
            return None
        said = tell()
        if said is None or (said[0] != name and not _claim(by, said[0][:120], at)):
            return None
        return write(verb, by=by, at=at, site_id=site_id, told=said[1])


def write(verb: str, *, by: Actor, at: datetime, site_id: int | None, told: Told) -> Event:
    """Write one event with the role and the request of now. One statement."""
    return Event.objects.create(**_fields(verb, by, at, site_id, told))


def _fields(verb: str, by: Actor, at: datetime, site_id: int | None, told: Told) -> dict[str, object]:
    around = circumstances.get()
    return {
        "at": at, "verb": verb, "by_id": by.pk, "by_name": by.signature, "as_role": around.as_role, "site_id": site_id,
        "client_id": told.client_id, "subject_kind": told.subject_kind[:60], "subject_id": told.subject_id,
        "summary": _plain(told.summary)[:300], "detail": {name: _plain(value) for name, value in told.detail.items()},
        "request_id": around.request_id,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """The same without the one sign that PostgreSQL keeps nowhere: a refusal may quote what was typed."""
    return value.replace("\x00", "") if isinstance(value, str) else value


def _claim(by: Actor, what: str, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [by.pk, what, at.replace(minute=0, second=0, microsecond=0)])
        return bool(cursor.rowcount == 1)


def forget(now: datetime) -> int:
    """Clear away reminders that nobody needs any more; how many."""
    return Sight.objects.filter(hour__lt=now - KEPT).delete()[0]


def kept_words(words: str, *, hidden: bool) -> str:
    """The words of a search as the trail keeps them: the same words give the same text, and with ``hidden`` only who has the
    server's key can tell which. Case and spaces do not count."""
    plain = " ".join(words.casefold().split())
    if not hidden:
        return plain
    return hmac.new(f"searched {settings.SECRET_KEY}".encode(), plain.encode(), hashlib.sha256).hexdigest()[:24]


# Refusals: whoever refuses says so here, and the request writes them when it is over and nothing of them can be rolled back.

refusals: ContextVar[list[Refused] | None] = ContextVar("refusals", default=None)


def refused(error: Refused) -> None:
    """Remember that something was refused in this request; nothing outside one. The same refusal counts once."""
    heard = refusals.get()
    if heard is not None and len(heard) < MANY and not any(each is error for each in heard):
        heard.append(error)


def write_refusals(
    errors: Sequence[Refused], *, by: Actor, at: datetime, site_id: int | None, detail: Mapping[str, object],
    verb: Callable[[Refused], str], client_id: int | None = None,
) -> None:  # fmt: skip
    """Write an event for each of these refusals: its sentence, its codes, and where it was. One statement."""
    events = [
        Event(
            **_fields(
                verb(each), by, at, site_id, Told(str(each), client_id, {**detail, "codes": _codes(each.findings)})
            )
        )
        for each in errors
    ]
    Event.objects.bulk_create(events)


def _codes(findings: Sequence[Finding]) -> list[str]:
    return [finding.code for finding in findings][:10]
