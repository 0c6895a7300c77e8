"""``manage.py anchor_audit``: write the head of the audit chain into a file outside the database, and print it for paper."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.anchors import anchor, broken
from audit.chain import seal_new
from config import env


class Command(BaseCommand):
    """The sealer does it by itself each day; this is for an hour of one's own choosing."""

    help = "Append date, position and head of the audit chain to the anchor file (AUDIT_ANCHORS)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal what waits, look whether the last anchor still stands, and append."""
        path = env.audit_anchors()
        while seal_new():
            pass
        try:
            fallen = broken(path)
            new = anchor(path, datetime.now(UTC))
        except OSError as trouble:
            raise CommandError(
                f"The anchor file {path} cannot be written: {trouble.strerror}. Set AUDIT_ANCHORS."
            ) from None
        assert new is not None
        self.stdout.write(f"Anchored in {path}. For the paper log:\n{new.line}")
        if fallen:
            raise CommandError(f"The chain no longer has what {fallen.words} says. Run verify_audit.")
