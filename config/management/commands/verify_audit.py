"""``manage.py verify_audit``: walk the hash chain and say what is wrong with it."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.chain import verify


class Command(BaseCommand):
    """Exits with 1 where there is any fault."""

    help = "Check every link of the audit trail's hash chain: nothing changed, removed or left unsealed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--head."""
        parser.add_argument("--head", default="", help="the head that an earlier check printed; it must still be there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Walk, and report."""
        report = verify(datetime.now(UTC), kept_head=options["head"])
        self.stdout.write(f"{report.links} links, head {report.head}")
        for fault in report.faults:
            self.stdout.write(f"  {fault}")
        if report.faults:
            raise CommandError(f"{len(report.faults)} faults in the audit trail.")
        self.stdout.write("The chain is whole.")
