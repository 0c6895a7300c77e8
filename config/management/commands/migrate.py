"""``manage.py migrate``, for a system that is being used: it never has pages wait behind it for long.

A change of a table waits until nobody is in a transaction with it, and whoever comes meanwhile waits behind the change. So it
gives up after a few seconds, leaves everything as it was, lets the others through, and tries again.
"""

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState
from psycopg.errors import LockNotAvailable


class Polite(MigrationExecutor):
    """Waits ``wait`` seconds for a lock in a migration that is one transaction.

    One that is not (an index built concurrently) may wait as long as it likes: nobody waits behind it, and it would leave half an index.
    """

    wait = 3.0

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        """As Django's, with the bound on waiting."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('lock_timeout', %s, false)",
                [f"{self.wait * 1000:.0f}ms" if migration.atomic else "0"],
            )
        try:
            return super().apply_migration(state, migration, fake, fake_initial)
        finally:
            with self.connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


class Command(migrate.Command):
    """Django's own, polite and patient."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Two more: how long one try waits, and how many there are."""
        super().add_arguments(parser)
        parser.add_argument(
            "--wait", type=float, default=3.0, help="Seconds to wait for a lock before others are let through."
        )
        parser.add_argument("--tries", type=int, default=20, help="How often to try.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; where a lock was not to be had, let everybody through and go on where it stopped."""
        wait, tries = options.pop("wait", 3.0), options.pop("tries", 20)
        polite = type("Polite", (Polite,), {"wait": wait})
        usual, migrate.MigrationExecutor = migrate.MigrationExecutor, polite  # type: ignore[attr-defined]
        try:
            for left in reversed(range(tries)):
                try:
                    super().handle(*args, **options)
                    return
                except OperationalError as trouble:
                    if not isinstance(trouble.__cause__, LockNotAvailable):
                        raise
                    self._told(left, wait, tries)
                    time.sleep(wait)
        finally:
            migrate.MigrationExecutor = usual  # type: ignore[attr-defined]

    def _told(self, left: int, wait: float, tries: int) -> None:
        if not left:
            raise CommandError(
                f"Somebody has had a table in use each of {tries} times. Nothing of this migration was done. Look in pg_stat_activity "
                "for the oldest transaction, end it, and run the same command again."
            )
        self.stdout.write(
            f"\n  A table is in use; nothing of this migration was done. Trying again in {wait:g} s, {left} times at most."
        )
