"""The database of a test run: a copy of one that all migrations made, kept as a template until a migration changes.

Running every migration costs most of a minute for each worker; copying costs one second. The first who needs the template
makes it under a lock of the server, the others wait for it. New migrations run on top of the template that is there.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from psycopg import Connection, connect, sql

LOCK = 7_305_001  # of the server, not of a database: an advisory lock taken in 'postgres'
PREFIX = "stepwell_made_"
Made = dict[str, str]  # what a template was made by: file to a hash of its text


@contextmanager
def copied(name: str) -> Iterator[None]:
    """The default database is a fresh one of this name; it is dropped afterwards, whoever is still connected."""
    before = connection.settings_dict["NAME"]
    with _server() as server:
        _drop(server, name)
        _create(server, name, _template(server))
    _use(name)
    try:
        yield
    finally:
        _leave()
        with _server() as server:
            _drop(server, name)
        _use(before)


def _template(server: Connection) -> str:
    """The name of the template for the migrations as they are; made first where there is none."""
    wanted = _made_by()
    name = PREFIX + hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:16]
    server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        found = dict(_templates(server))
        if name not in found:
            base = next((old for old, made in found.items() if made and made.items() <= wanted.items()), "template1")
            half = f"{PREFIX}half"
            _drop(server, half)
            _create(server, half, base)
            _use(half)
            call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
            _leave()
            server.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(half), json.dumps(wanted)))
            server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(half), sql.Identifier(name)))
            for old in found:
                _drop(server, old)
        return name
    finally:
        server.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _made_by() -> Made:
    """Every migration, what migrations call (``audit/database.py``) and Django itself."""
    found = {"django": django.get_version()}
    for config in apps.get_app_configs():
        for path in [*Path(config.path).glob("migrations/*.py"), *Path(config.path).glob("database.py")]:
            found[f"{config.label}/{path.name}"] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return found


def _templates(server: Connection) -> Iterator[tuple[str, Made]]:
    words = "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname LIKE %s"
    for name, made in server.execute(words, [f"{PREFIX}%"]):
        yield name, json.loads(made) if made else {}


def _use(name: str) -> None:
    _leave()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def _leave() -> None:
    """Give back every connection to the database, pooled ones too."""
    here: Any = connections["default"]
    here.close()
    here.close_pool()


def _server() -> Connection:
    parameters = connection.get_connection_params()
    known = {key: parameters[key] for key in ("user", "password", "host", "port") if key in parameters}
    return connect(dbname="postgres", **known, autocommit=True)


def _create(server: Connection, name: str, template: str) -> None:
    words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    server.execute(words.format(sql.Identifier(name), sql.Identifier(template)))


def _drop(server: Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
