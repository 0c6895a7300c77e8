"""``manage.py backup``: the whole database into one encrypted file."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config import env
from config.backup.make import backup, kept
from config.backup.sealed import Key
from config.backup.server import Trouble


class Command(BaseCommand):
    """Safe while people work: it reads one consistent moment and locks nobody out."""

    help = "Write an encrypted backup of the database (BACKUP_FOLDER, BACKUP_KEY or BACKUP_KEY_FILE)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where, how many, and a new key."""
        parser.add_argument("--folder", type=Path, help="where backups are kept (BACKUP_FOLDER where left out)")
        parser.add_argument("--keep", type=int, help="how many are kept (BACKUP_KEEP where left out; 0: all)")
        parser.add_argument("--new-key", action="store_true", help="print a fresh key and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write one, and say what is in it."""
        if options["new_key"]:
            self.stdout.write(Key.new())
            return
        folder = options["folder"] or env.backup_folder()
        try:
            keep = env.backup_keep() if options["keep"] is None else options["keep"]
            key = Key.read(env.backup_key())
            path, rows = backup(folder, key, datetime.now(UTC))
            removed = kept(folder, keep) if keep > 0 else []
        except (Trouble, ValueError, env.BadEnvironment) as trouble:
            raise CommandError(str(trouble)) from None
        self.stdout.write(
            f"{path}: {sum(rows.values())} rows of {len(rows)} tables, {path.stat().st_size} bytes, key {key.id}."
        )
        for old in removed:
            self.stdout.write(f"Removed {old.name}: {keep} are kept.")
        self.stdout.write(f"Prove it: manage.py restore {path} --verify")
