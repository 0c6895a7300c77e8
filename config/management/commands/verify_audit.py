"""``manage.py verify_audit``: walk the hash chain and say what is wrong with it."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.anchors import anchors_in
from audit.chain import head, verify
from config import env

STEP = 10_000  # links between two lines of progress


class Command(BaseCommand):
    """Exits with 1 where there is any fault."""

    help = (
        "Check every link of the audit trail's hash chain: nothing changed, added, removed, cut off or left unsealed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--head, --anchors."""
        parser.add_argument("--head", default="", help="a head from the paper log; it must still be there")
        parser.add_argument("--anchors", type=Path, help="an anchor file (AUDIT_ANCHORS where left out)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, and report."""
        path = options["anchors"] or env.audit_anchors()
        try:
            anchors, wrong = anchors_in(path)
        except OSError as trouble:
            raise CommandError(f"The anchor file {path} cannot be read: {trouble.strerror}.") from None
        self.total = head()[0]
        report = verify(datetime.now(UTC), kept_head=options["head"], anchors=anchors, progress=self.tell)
        self.stdout.write(f"{report.links} links, head {report.head}")
        self.stdout.write(
            f"{report.anchored} of {len(anchors)} anchors in {path} stand."
            if anchors
            else f"There is no anchor in {path} yet: a chain written anew as a whole would not be found. Run anchor_audit."
        )
        faults = [*wrong, *report.faults]
        for fault in faults:
            self.stdout.write(f"  {fault}")
        if faults:
            raise CommandError(f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'} in the audit trail.")
        self.stdout.write("The chain is whole.")

    def tell(self, done: int) -> None:
        """A line now and then."""
        if done % STEP == 0:
            self.stdout.write(f"{done} of {self.total} links looked at")
            self.stdout.flush()
