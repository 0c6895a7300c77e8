"""``manage.py migrate`` on a table that somebody has in use: it lets others through, tries again, and says so where it gives up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from threading import Event, Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from config.management.commands.migrate import Command
from tests import databases

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, ADDED = "0014_patches", "witness_proof_id"


class Telling(StringIO):
    """Output that calls somebody when a try has failed."""

    def __init__(self, then: Callable[[], object]) -> None:
        super().__init__()
        self._then = then

    def write(self, text: str) -> int:
        """Kept, as always."""
        if "Trying again" in text:
            self._then()
        return super().write(text)


@contextmanager
def in_use(table: str) -> Iterator[Event]:
    """Somebody reads this table in a transaction that goes on until the event is set."""
    reading, done = Event(), Event()

    def read() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            reading.set()
            done.wait(60)
        connections.close_all()

    reader = Thread(target=read)
    reader.start()
    assert reading.wait(30)
    try:
        yield done
    finally:
        done.set()
        reader.join(60)


def columns() -> set[str]:
    with connection.cursor() as cursor:
        return {column.name for column in connection.introspection.get_table_description(cursor, "emar_administration")}


def test_it_waits_for_nobody_long_and_tries_again() -> None:
    with databases.copied(databases.own("migrate")):
        call_command("migrate", "emar", BEFORE, verbosity=0)
        assert ADDED not in columns()
        with in_use("emar_administration"), pytest.raises(CommandError, match="each of 2 times"):
            call_command(Command(), "emar", verbosity=0, wait=0.1, tries=2, stdout=StringIO())
        assert ADDED not in columns()
        with in_use("emar_administration") as done:
            said = Telling(done.set)
            call_command(Command(), "emar", verbosity=0, wait=0.5, tries=20, stdout=said)
        assert "A table is in use; nothing of this migration was done. Trying again in 0.5 s" in said.getvalue()
        assert ADDED in columns()
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("0",)
