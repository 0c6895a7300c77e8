"""Bring a backup back: into a scratch database to prove it, or into a new one to use it. Never over one that is in use."""

import contextlib
import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from django.db import connections

from audit import chain
from audit.rules.anchors import Anchor
from config.backup.sealed import DATA, BadFile, Key, read
from config.backup.server import Server, Trouble, counted, differences

ALIAS = "restored"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Facts:
    """What a backup says of itself: rows by table, and the chain's links and head at that moment."""

    rows: dict[str, int]
    links: int
    head: str


def look(path: Path, key: Key) -> Facts:
    """Read the whole file and prove every piece of it; nothing is restored from a file that was not. Raises BadFile, OSError."""
    with path.open("rb") as file:
        text = b"".join(content for kind, content in read(file, key) if kind != DATA)
    try:
        known = json.loads(text)
        return Facts(dict(known["rows"]), int(known["links"]), str(known["head"]))
    except (ValueError, KeyError, TypeError):
        raise BadFile("This backup does not say what is in it. Use another one.") from None


def prove(path: Path, key: Key, anchors: Sequence[Anchor], say: Say, server: Server | None = None) -> list[str]:
    """Restore into a scratch database, compare rows, chain and anchors with what the file says, and drop it again; what is wrong, in
    words. Raises BadFile, Trouble, OSError."""
    server = server or Server()
    facts = look(path, key)
    say(
        f"The file is whole: {sum(facts.rows.values())} rows in {len(facts.rows)} tables, {facts.links} links of the audit chain."
    )
    scratch = f"stepwell_check_{token_hex(4)}"
    with _fresh(server, scratch):
        fill(path, key, scratch, server)
        say("Restored into a scratch database.")
        with server.connect(scratch) as made:
            wrong = differences(facts.rows, counted(made))
        say("Every table has as many rows as when it was backed up." if not wrong else f"{len(wrong)} tables differ.")
        with _as_alias(server, scratch):
            known = [anchor for anchor in anchors if anchor.position <= facts.links]
            report = chain.verify(_moment_of(server, scratch), kept_head=facts.head, anchors=known, using=ALIAS)
        say(
            f"The audit chain was walked: {report.links} links, {report.anchored} of {len(known)} anchors of that time stand."
        )
        if report.links != facts.links:
            wrong.append(f"The audit chain has {report.links} links; the backup says {facts.links}.")
    return [*wrong, *report.faults]


def restore(path: Path, key: Key, into: str, *, over: bool, say: Say, server: Server | None = None) -> str:
    """Restore into the database ``into``; the name under which the one that was there is kept, '' where there was none.

    It is filled under another name and takes its name when it is whole. Raises Trouble where there is such a database and ``over`` is
    False, or somebody is connected to it; BadFile, OSError.
    """
    server = server or Server()
    was_there = server.exists(into)
    if was_there and not over:
        raise Trouble(
            f"There is a database {into}. Name another with --into, or say --yes: the old one is kept under another name."
        )
    facts = look(path, key)
    half = f"{into}_restoring_{token_hex(3)}"
    with _fresh(server, half, keep=True):
        fill(path, key, half, server)
        with server.connect(half) as made:
            wrong = differences(facts.rows, counted(made))
        if wrong:
            raise Trouble(f"What was restored is not what was backed up, and nothing was changed: {wrong[0]}")
        aside = ""
        if was_there:
            aside = f"{into}_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
            server.run("ALTER DATABASE {} RENAME TO {}", into, aside)
            say(f"The database that was there is kept as {aside}.")
        try:
            server.run("ALTER DATABASE {} RENAME TO {}", half, into)
        except Trouble:
            if aside:
                server.run("ALTER DATABASE {} RENAME TO {}", aside, into)
            raise
    return aside


def fill(path: Path, key: Key, database: str, server: Server) -> None:
    """Stream the dump into an empty database, all or nothing. Raises Trouble, BadFile, OSError."""
    with tempfile.TemporaryFile() as said, path.open("rb") as file:
        into = server.start(
            "pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", f"--dbname={database}",
            stdin=subprocess.PIPE, stdout=said.fileno(), stderr=said.fileno(),
        )  # fmt: skip
        assert into.stdin is not None
        stopped = contextlib.suppress(BrokenPipeError)  # it says why itself
        try:
            with stopped:
                for kind, content in read(file, key):
                    if kind == DATA:
                        into.stdin.write(content)
        finally:
            with stopped:
                into.stdin.close()
            into.wait()
        if into.returncode:
            said.seek(0)
            words = said.read().decode(errors="replace").strip().splitlines() or ["it said nothing"]
            raise Trouble(f"pg_restore failed: {words[-1]}")


@contextmanager
def _fresh(server: Server, name: str, *, keep: bool = False) -> Iterator[None]:
    """An empty database of this name. It is dropped at the end (``keep``: only where something went wrong)."""
    server.run("CREATE DATABASE {} TEMPLATE template0", name)
    try:
        yield
    except BaseException:
        server.run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        raise
    if not keep:
        server.run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def _as_alias(server: Server, database: str) -> Iterator[None]:
    """The database as one that models can be read from; its connections are given back at the end."""
    settings = {**connections.settings["default"], "NAME": database}
    settings["OPTIONS"] = {name: value for name, value in settings.get("OPTIONS", {}).items() if name != "pool"}
    connections.settings[ALIAS] = settings
    made = connections.create_connection(ALIAS)
    del connections.settings[ALIAS]  # a name of this moment, none of the settings
    connections[ALIAS] = made
    try:
        yield
    finally:
        made.close()
        del connections[ALIAS]


def _moment_of(server: Server, database: str) -> datetime:
    """When the backup was made, near enough: what came in its last seconds waited for its seal, and that is no fault."""
    with server.connect(database) as made:
        found = made.execute("SELECT max(recorded_at) FROM audit_event").fetchone()
    newest = found[0] if found else None
    return newest if isinstance(newest, datetime) else datetime.now(UTC)
