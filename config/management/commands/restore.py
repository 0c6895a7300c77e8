"""``manage.py restore``: prove a backup in a scratch database (``--verify``), or bring it back (``--into``)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.anchors import anchors_in
from config import env
from config.backup.restore import prove, restore
from config.backup.sealed import BadFile, Key
from config.backup.server import Server, Trouble


class Command(BaseCommand):
    """Exits with 1 where the file is not whole or what came back is not what was backed up."""

    help = "Prove a backup (--verify), or restore it into a database (--into NAME)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and what to do with it."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--verify", action="store_true", help="restore into a scratch database, compare, and drop it"
        )
        parser.add_argument(
            "--anchors", type=Path, help="the anchor file to compare with (AUDIT_ANCHORS where left out)"
        )
        parser.add_argument("--into", default="", help="the database to restore into")
        parser.add_argument(
            "--yes", action="store_true", help="also where it is there; the old one is kept by another name"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prove or restore."""
        if options["verify"] == bool(options["into"]):
            raise CommandError(
                "Say what to do: --verify proves the backup and changes nothing; --into NAME restores it into a new database. "
                f"The database in use is {Server().database}."
            )
        try:
            key = Key.read(env.backup_key())
            if options["verify"]:
                self.prove(options["file"], key, options["anchors"] or env.audit_anchors())
            else:
                restore(options["file"], key, options["into"], over=options["yes"], say=self.stdout.write)
                self.stdout.write(
                    f"Restored into {options['into']}. Run verify_audit there, and see docs/backup.md for the anchors."
                )
        except (BadFile, Trouble, ValueError, env.BadEnvironment) as trouble:
            raise CommandError(str(trouble)) from None
        except OSError as trouble:
            raise CommandError(f"{options['file']} cannot be read: {trouble.strerror}.") from None

    def prove(self, path: Path, key: Key, anchors: Path) -> None:
        """--verify."""
        known, wrong = anchors_in(anchors)
        faults = [*wrong, *prove(path, key, known, self.stdout.write)]
        for fault in faults:
            self.stdout.write(f"  {fault}")
        if faults:
            raise CommandError(
                f"{len(faults)} {'thing is' if len(faults) == 1 else 'things are'} wrong with this backup."
            )
        self.stdout.write("The backup is good.")
