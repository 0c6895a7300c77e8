"""Writes the trail: one event per act, in the acting transaction, without a lock on anything shared."""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import models, transaction

from audit.models import Event, Override
from audit.rules.findings import Finding


class Actor(Protocol):
    """Who acts: a person with an id and a name."""

    pk: int

    @property
    def signature(self) -> str: ...


@dataclass(frozen=True)
class Circumstances:
    """Where an act came from: the role the person stood in and the request's id (never client data)."""

    as_role: str = ""
    request_id: str = ""


circumstances: ContextVar[Circumstances] = ContextVar("circumstances", default=Circumstances())


def record(
    verb: str,
    *,
    by: Actor,
    at: datetime,
    subject: models.Model,
    summary: str,
    site_id: int | None,
    client_id: int | None = None,
    detail: Mapping[str, object] | None = None,
    overridden: Iterable[Finding] = (),
    reasons: Mapping[str, str] | None = None,
) -> Event:
    """Write one event (and its overrides) into the current transaction.

    ``summary`` is a short sentence for an activity line: it names beds, doses and places, never a full client name.
    Raises RuntimeError outside a transaction: an event must stand or fall with what it describes.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit event is written in the transaction of the act it describes.")
    around = circumstances.get()
    event = Event.objects.create(
        at=at,
        verb=verb,
        by_id=by.pk,
        by_name=by.signature,
        as_role=around.as_role,
        site_id=site_id,
        client_id=client_id,
        subject_kind=subject._meta.label,
        subject_id=subject.pk,
        summary=summary[:300],
        detail=dict(detail or {}),
        request_id=around.request_id,
    )
    Override.objects.bulk_create(
        Override(event=event, code=finding.code, message=finding.message, reason=(reasons or {})[finding.code])
        for finding in overridden
    )
    return event


def record_each(
    said: Iterable[tuple[str, models.Model, str]],
    *,
    by: Actor,
    at: datetime,
    site_id: int | None,
    client_id: int | None = None,
) -> None:
    """Write an event for each (verb, subject, summary) of one act, in one statement; as ``record`` for the rest."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit event is written in the transaction of the act it describes.")
    around = circumstances.get()
    Event.objects.bulk_create(
        Event(
            at=at, verb=verb, by_id=by.pk, by_name=by.signature, as_role=around.as_role, site_id=site_id, client_id=client_id,
            subject_kind=subject._meta.label, subject_id=subject.pk, summary=summary[:300], detail={},
            request_id=around.request_id,
        )
        for verb, subject, summary in said
    )  # fmt: skip
