"""The shape every action shares: one transaction, one answer a key, and a broken constraint told as a sentence."""

import functools
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from audit import sight
from audit.models import Answer
from audit.rules.findings import Finding, Refused, stop

P = ParamSpec("P")
R = TypeVar("R", bound=models.Model)
Explain = Callable[[Mapping[str, Any]], Finding]


def action(verb: str, *, explain: Mapping[str, Explain] | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a keyword-only function an action of this verb.

    The function runs in one transaction (a savepoint where it is called by another action) and returns the row that answers
    the request. It takes ``by`` and ``at``; where it also takes ``key`` (a client-made UUID), the same key with the same
    question answers the same row again, and with another question is refused (``request.key_reused``).
    ``explain`` maps the name of a database constraint to the finding its violation is told as; it gets the arguments.
    """

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            key = kwargs.get("key")
            try:
                with transaction.atomic():
                    if isinstance(key, UUID):
                        earlier = _claim(key, verb, kwargs)
                        if earlier is not None:
                            return earlier  # type: ignore[return-value]
                    result = function(*args, **kwargs)
                    if isinstance(key, UUID):
                        _answer(key, result)
                    return result
            except Refused as error:
                sight.refused(error)
                raise
            except IntegrityError as error:
                name = constraint_of(error)
                if explain and name in explain:
                    told = Refused(explain[name](kwargs))
                    sight.refused(told)
                    raise told from error
                raise

        return run

    return wrap


def answered(key: UUID | None, by: models.Model) -> bool:
    """Whether this person's request with this key was done: for a page that would call what it changed a change by others."""
    return key is not None and Answer.objects.filter(key=key, by_id=by.pk).exclude(pk_answered=None).exists()


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that refused, '' where the database named none."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


def _claim(key: UUID, verb: str, kwargs: Mapping[str, Any]) -> models.Model | None:
    """Take the key, waiting for whoever holds it; the earlier answer where there is one."""
    by, asked = kwargs["by"].pk, fingerprint(kwargs)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_answer (key, verb, by_id, asked, model, at) VALUES (%s, %s, %s, %s, '', now()) "
            "ON CONFLICT (key) DO NOTHING",
            [key, verb, by, asked],
        )
        if cursor.rowcount:
            return None
    earlier = Answer.objects.get(key=key)
    if (earlier.verb, earlier.by_id, earlier.asked) != (verb, by, asked):
        raise Refused(
            stop(
                "request.key_reused", "This request was already used for something else. Reload the page and try again."
            )
        )
    answered: models.Model = apps.get_model(earlier.model)._default_manager.get(pk=earlier.pk_answered)
    return answered


def _answer(key: UUID, result: models.Model) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_answer SET model = %s, pk_answered = %s WHERE key = %s", [result._meta.label, result.pk, key]
        )


def fingerprint(kwargs: Mapping[str, Any]) -> str:
    """One hash for what was asked: every argument but who, when and the key itself."""

    def plain(value: object) -> object:
        if isinstance(value, models.Model):
            return [value._meta.label, value.pk]
        if isinstance(value, Mapping):
            return sorted([str(name), plain(inner)] for name, inner in value.items())
        if isinstance(value, (list, tuple)):
            return [plain(inner) for inner in value]
        if isinstance(value, (set, frozenset)):
            return sorted(str(inner) for inner in value)
        return str(value)

    asked = {name: plain(value) for name, value in kwargs.items() if name not in {"by", "at", "key"}}
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
