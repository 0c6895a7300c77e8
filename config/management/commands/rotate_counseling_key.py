"""``manage.py rotate_counseling_key``: a new key for SUD counseling notes, and every note sealed anew under it."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from privacy.models import CounselingNote
from privacy.sealing import NoKey, Unreadable, add_key, drop_keys, keys, seal, unseal


class Command(BaseCommand):
    """May be stopped and run again: each note is a transaction of its own, and both keys open until the last is done."""

    help = "Put a new key first in COUNSELING_KEYS_FILE (made where there is none) and seal every counseling note anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--finish, --drop-old."""
        parser.add_argument("--finish", action="store_true", help="no new key: go on with a rotation that was stopped")
        parser.add_argument(
            "--drop-old", action="store_true", help="take the old keys out of the file; backups made before need them"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Add the key, walk the notes, say what is left."""
        if CounselingNote.objects.exists() and not settings.COUNSELING_KEYS_FILE.exists():
            raise CommandError(f"There are notes, and no key file {settings.COUNSELING_KEYS_FILE}. Put it back first.")
        try:
            first = keys()[0] if options["finish"] else add_key()
            done, wrong = self.walk(first.id)
        except (NoKey, OSError) as trouble:
            raise CommandError(str(trouble)) from None
        self.stdout.write(f"{done} sealed anew under the key {first.id} in {settings.COUNSELING_KEYS_FILE}.")
        for line in wrong:
            self.stdout.write(f"  {line}")
        if wrong:
            raise CommandError(f"{len(wrong)} could not be opened and stay as they were; no key was dropped.")
        if options["drop_old"]:
            with transaction.atomic(), connection.cursor() as cursor:  # nobody is writing a note meanwhile
                cursor.execute("LOCK TABLE privacy_counselingnote IN SHARE MODE")
                used = set(CounselingNote.objects.values_list("key", flat=True))
                drop_keys({each.id for each in keys()} - used)
            self.stdout.write(
                "The old keys are out of the file. Keep them apart, as long as backups made before are kept."
            )

    def walk(self, key_id: str) -> tuple[int, list[str]]:
        """Seal anew whatever is under another key. How many were, and a line for each that could not be opened."""
        done, wrong = 0, []
        for pk in CounselingNote.objects.exclude(key=key_id).order_by("pk").values_list("pk", flat=True):
            with transaction.atomic():
                row = CounselingNote.objects.select_for_update(of=("self",)).get(pk=pk)
                try:
                    words = unseal(row.key, bytes(row.sealed), row.uid, row.bound)
                except (NoKey, Unreadable) as trouble:
                    wrong.append(f"note {pk}: {trouble}")
                    continue
                row.key, row.sealed = seal(words, row.uid, row.bound)
                row.save(update_fields=["key", "sealed"])
            done += 1
        return done, wrong
