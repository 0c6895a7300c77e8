"""Databases of the benchmark's own, made anew for each run: what an earlier run left never counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper


def fresh(name: str, like: str | None = None) -> BaseDatabaseWrapper:
    """A connection to a database made anew: migrated, or a copy of the one that is ``like`` it (nobody may be in that)."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {like}" if like else ""))
    made = connections.create_connection("default")
    made.settings_dict = {**made.settings_dict, "NAME": name, "OPTIONS": {}}  # the pool is one for all of an alias
    if like is None:
        with using(made):
            call_command("migrate", verbosity=0)
        made.close()
    return made


def drop(*names: str) -> None:
    """Remove these databases, and whoever is still in them."""
    with connection._nodb_cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def using(database: BaseDatabaseWrapper) -> Iterator[None]:
    """In here everything is read from and written to this database, in other threads as well."""
    usual: Any = connections["default"]
    settings = connections.settings["default"]
    name = settings["NAME"]
    usual.close()
    usual.close_pool()
    connections["default"], settings["NAME"] = database, database.settings_dict["NAME"]
    try:
        yield
    finally:
        usual.close_pool()
        connections["default"], settings["NAME"] = usual, name


def analyze() -> None:
    """Have PostgreSQL know its tables, as it does in a database that lives longer than a benchmark."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
