"""The database of a test run: a copy of one that all migrations made, kept as a template until a migration changes.

Running every migration costs most of a minute for each worker; copying costs one second. The first who needs the template
makes it under a lock of the server, the others wait for it. New migrations run on top of the template that is there.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from psycopg import Connection, connect, sql

from config import embedded

LOCK = 7_305_001  # of the server, not of a database: an advisory lock taken in 'postgres'
RUN = "STEPWELL_TEST_RUN"  # in the environment: the number of the process that began the run, which its workers inherit
PREFIX = "stepwell_made_"
Made = dict[str, str]  # what a template was made by: file to a hash of its text


@contextmanager
def copied(name: str, of: str = "") -> Iterator[None]:
    """The default database is a fresh one of this name, a copy ``of`` another or of what all migrations made.

    It is dropped afterwards, whoever is still connected, and the default database is again what it was before.
    """
    before = connection.settings_dict["NAME"]
    with _server() as server:
        _drop(server, name)
        _create(server, name, of or _template(server))
    _use(name)
    try:
        yield
    finally:
        _leave()
        with _server() as server:
            _drop(server, name)
        _use(before)


def own(name: str) -> str:
    """A name for a database of this process, with its number, by which one sees later whether anybody may still need it."""
    return f"test_{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"


def filled(name: str, fill: Callable[[], object]) -> str:
    """The name of a database that ``fill`` filled, once in a run; whoever needs it first makes it, the others wait.

    It is there to be copied: whoever connected to it would stand in the way of the next copy. The run drops it at its end (``forget``).
    """
    whole = f"test_{name}_{os.environ[RUN]}"
    with _server() as server, _alone(server, whole):
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [whole]).fetchone():
            half = f"{whole}_half"
            with copied(half):
                fill()
                _leave()
                _rename(server, half, whole)
    return whole


def forget() -> None:
    """Drop what this run filled. For the process that began it, once its workers are gone."""
    _leave()
    with _server() as server:
        for name, process in _numbered(server):
            if process == int(os.environ[RUN]):
                _drop(server, name)


def _template(server: Connection) -> str:
    """The name of the template for the migrations as they are; made first where there is none."""
    wanted = _made_by()
    name = PREFIX + hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:16]
    with _alone(server, PREFIX):
        _sweep(server)
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
            _rename(server, half, name)
            for old in found:
                _drop(server, old)
    return name


@contextmanager
def _alone(server: Connection, what: str) -> Iterator[None]:
    """One process at a time does ``what``."""
    server.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [LOCK, what])
    try:
        yield
    finally:
        server.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [LOCK, what])


def _sweep(server: Connection) -> None:
    """Drop what runs left behind that were killed. Only on a server of our own, whose runs are processes of this machine."""
    for name, process in _numbered(server) if embedded.wanted() else ():
        if not _lives(process):
            _drop(server, name)


def _numbered(server: Connection) -> list[tuple[str, int]]:
    """The databases of tests, and the process whose number each has in its name."""
    found = [str(name) for (name,) in server.execute("SELECT datname FROM pg_database")]
    parts = [re.fullmatch(r"test_\w+?_(\d+)(?:_\w+)?", name) for name in found]
    return [(each[0], int(each[1])) for each in parts if each]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _made_by() -> Made:
    """Every migration, what migrations call (``audit/database.py``) and Django itself."""
    found = {"django": django.get_version()}
    for config in apps.get_app_configs():
        for path in [
            *Path(config.path).glob("migrations/*.py"),
            *Path(config.path).glob("database.py"),
            *Path(config.path).glob("migrating.py"),
        ]:
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


def _rename(server: Connection, name: str, new: str) -> None:
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new)))


def _drop(server: Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
