"""Every table of the house, row by row, for what FHIR cannot say; and which are left out, and why."""

import re
from collections.abc import Iterator, Mapping

from django.apps import apps
from django.db import connection, models
from django.db.models import GeneratedField

APPS = ("programs", "privacy", "chart", "beds", "emar", "groups", "asam", "admissions", "fhir_r4", "staff", "audit")
LEFT_OUT: Mapping[str, str] = {
    "staff.Pin": "a secret of the person",
    "staff.PinTry": "of no use without the PIN",
    "staff.Proof": "of no use without the PIN",
    "staff.ServiceToken": "a secret of another system",
    "audit.Answer": "answers to requests that were repeated",
}
COLUMNS = frozenset(
    {"password", "last_login", "secret", "code_hash", "token_sha256", "secret_sha256", "session_key", "token_digest"}
)
"""Columns that are never written: secrets, and what only a running server needs."""
COUNSELING = re.compile(r"counsell?ing_?note", re.IGNORECASE)
"""SUD counseling notes stay where they are: their author's, under a key and a consent of their own (42 CFR 2.11, 2.31(b))."""


def tables() -> Iterator[type[models.Model]]:
    """The tables that are exported, in the order of the apps."""
    for label in APPS:
        if apps.is_installed(label):
            for model in apps.get_app_config(label).get_models(include_auto_created=True):
                if not left_out(model):
                    yield model


def left_out(model: type[models.Model]) -> str:
    """Why a table is not exported, '' where it is."""
    if COUNSELING.search(model.__name__):
        return "SUD counseling notes are their author's"
    plain = model._meta.label.replace("Historical", "")
    return LEFT_OUT.get(plain, "") or ("not kept in a table of its own" if not model._meta.managed else "")


def columns(model: type[models.Model]) -> list[str]:
    """The columns that are written: all that were entered, none that is a secret or derived."""
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, GeneratedField)]
    return [str(field.column) for field in fields if field.column not in COLUMNS]


def rows(model: type[models.Model]) -> Iterator[str]:
    """Each row as a JSON object, in the order of its key, streamed by the database. One query."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name in columns(model))
    key = quote(str(model._meta.pk.column))
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT row_to_json(t)::text FROM (SELECT {names} FROM {quote(model._meta.db_table)} ORDER BY {key}) t"  # noqa: S608
        )
        while found := cursor.fetchmany(1000):
            yield from (row[0] for row in found)
