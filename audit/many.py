"""Several acts of one kind in one request: their keys claimed, answered and written to the trail in one statement each."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction

from audit.actions import fingerprint
from audit.models import Answer, Event, Override
from audit.rules.findings import Finding, Refused, stop
from audit.trail import Actor, circumstances

CLAIM = """
    INSERT INTO audit_answer (key, verb, by_id, asked, model, at)
    SELECT key, %s, %s, asked, '', now() FROM unnest(%s::uuid[], %s::text[]) AS wanted (key, asked) ORDER BY key
    ON CONFLICT (key) DO NOTHING RETURNING key
"""


@dataclass(frozen=True)
class Entry:
    """One event of the trail, as ``audit.trail.record`` takes it; ``second_person_id`` goes with its overrides."""

    verb: str
    at: datetime
    subject: models.Model
    summary: str
    site_id: int | None
    client_id: int | None = None
    detail: Mapping[str, object] = field(default_factory=dict)
    overridden: Iterable[Finding] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)
    second_person_id: int | None = None


def record_all(entries: Sequence[Entry], *, by: Actor) -> list[Event]:
    """Write one event for each entry (and its overrides) into the current transaction; two statements at most.

    Raises RuntimeError outside a transaction: an event must stand or fall with what it describes.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An audit event is written in the transaction of the act it describes.")
    around = circumstances.get()
    events = Event.objects.bulk_create(
        Event(
            at=each.at, verb=each.verb, by_id=by.pk, by_name=by.signature, as_role=around.as_role, site_id=each.site_id,
            client_id=each.client_id, subject_kind=each.subject._meta.label, subject_id=each.subject.pk,
            summary=each.summary[:300], detail=dict(each.detail), request_id=around.request_id,
        )
        for each in entries
    )  # fmt: skip
    overrides = [
        Override(
            event=event, code=finding.code, message=finding.message, reason=each.reasons[finding.code].strip(),
            second_person_id=each.second_person_id if finding.detail.get("ask") == "prescriber" else None,
        )
        for event, each in zip(events, entries, strict=True)
        for finding in each.overridden
    ]  # fmt: skip
    if overrides:
        Override.objects.bulk_create(overrides)
    return events


def claim_all(
    verb: str, questions: Mapping[UUID, Mapping[str, Any]], *, by: Actor
) -> tuple[dict[UUID, models.Model], dict[UUID, Refused]]:
    """Take these keys in their order, waiting for whoever holds one; the rows that answered some before.

    The second mapping names the keys that were used for another question. Two statements at most, one more for each model.
    """
    if not questions:
        return {}, {}
    asked = {key: fingerprint(kwargs) for key, kwargs in questions.items()}
    ordered = sorted(asked)
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [verb, by.pk, ordered, [asked[key] for key in ordered]])
        taken = {row[0] for row in cursor.fetchall()}
    rest = [key for key in ordered if key not in taken]
    answers, reused = {}, {}
    for earlier in Answer.objects.filter(key__in=rest) if rest else ():
        if (earlier.verb, earlier.by_id, earlier.asked) != (verb, by.pk, asked[earlier.key]):
            words = "This request was already used for something else. Reload the page and try again."
            reused[earlier.key] = Refused(stop("request.key_reused", words))
        else:
            answers[earlier.key] = apps.get_model(earlier.model)._default_manager.get(pk=earlier.pk_answered)
    return answers, reused


def answer_all(answered: Mapping[UUID, models.Model]) -> None:
    """Write down which row answered each key. One statement."""
    keys = list(answered)
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_answer SET model = %s, pk_answered = done.pk "
            "FROM unnest(%s::uuid[], %s::bigint[]) AS done (key, pk) WHERE audit_answer.key = done.key",
            [answered[keys[0]]._meta.label, keys, [answered[key].pk for key in keys]],
        )


def release_all(keys: Collection[UUID]) -> None:
    """Give keys back whose question was refused: a refused request does not use up its key."""
    if keys:
        Answer.objects.filter(key__in=keys, model="").delete()
