"""The database server as backups use it: its programs, a connection without Django, and what is counted."""

import os
import subprocess
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import sql

from config import embedded

SYSTEM = "postgres"  # the database one stands in to make another
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


class Trouble(Exception):
    """A backup or restore could not be done; the sentence says why and what to do."""


class Server:
    """The server of DATABASE_URL, or the embedded one."""

    def __init__(self, url: str = "") -> None:
        parts = urlsplit(url or embedded.database_url())
        query = parse_qs(parts.query)
        self.database = parts.path.lstrip("/")
        self._known = {
            "host": query.get("host", [parts.hostname or ""])[0], "port": str(parts.port or ""),
            "user": parts.username or "", "password": parts.password or "",
        }  # fmt: skip

    def connect(self, database: str = "", *, autocommit: bool = False) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection of one's own. Raises Trouble."""
        given = {name: value for name, value in self._known.items() if value}
        try:
            return psycopg.connect(dbname=database or self.database, autocommit=autocommit, **given)  # type: ignore[arg-type]
        except psycopg.OperationalError as error:
            raise Trouble(f"The database does not answer: {_last(str(error))}") from None

    def start(self, program: str, *arguments: str, **pipes: int) -> "subprocess.Popen[bytes]":
        """One of PostgreSQL's programs; the password goes by the environment, where no process list shows it."""
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
        given = {names[name]: value for name, value in self._known.items() if value}
        binary = embedded.postgres_program(program)
        command = [str(binary), *arguments]
        return subprocess.Popen(command, env={**os.environ, **given}, **pipes)  # type: ignore[call-overload,no-any-return]  # noqa: S603  our own

    def exists(self, database: str) -> bool:
        """Whether there is such a database."""
        with self.connect(SYSTEM, autocommit=True) as made:
            return made.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is not None

    def run(self, words: str, *names: str) -> None:
        """One statement outside every database, with names of databases in it. Raises Trouble."""
        with self.connect(SYSTEM, autocommit=True) as made:
            try:
                made.execute(sql.SQL(words).format(*map(sql.Identifier, names)))
            except psycopg.Error as error:
                raise Trouble(f"The database refused: {error.diag.message_primary or error}") from None


def counted(made: "psycopg.Connection[tuple[object, ...]]") -> dict[str, int]:
    """The rows of every table, by its name, as this transaction sees them."""
    names = [str(row[0]) for row in made.execute(TABLES)]
    counts = {}
    for name in names:
        found = made.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        counts[name] = int(str(found[0])) if found else 0
    return counts


def differences(expected: Mapping[str, int], found: Mapping[str, int]) -> list[str]:
    """Every table whose rows differ, in words."""
    words = []
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            words.append(f"The table {name} is missing.")
        elif name not in expected:
            words.append(f"The table {name} was not in the backup.")
        elif expected[name] != found[name]:
            words.append(f"The table {name} has {found[name]} rows; the backup says {expected[name]}.")
    return words


def _last(words: str) -> str:
    return (words.strip().splitlines() or ["it said nothing"])[-1]
