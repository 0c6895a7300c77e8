"""``manage.py downtime_packet --to DIR``: keep the newest downtime packet of every site as a file, where a printer can reach it."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections
from django.utils import timezone

from documents import render
from emar.pdf.downtime import packet_document
from emar.queries.downtime import packet
from programs.models import Site


class Command(BaseCommand):
    """Writes a file a site, each whole or not at all: while the database is away the last good ones stay.

    Rule 41 of docs/rules/medication-safety.md: a tablet is never the only record.
    """

    help = "Write the downtime packet of every site as a PDF, again and again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--to, --every, --once."""
        parser.add_argument(
            "--to", type=Path, required=True, help="a folder on a machine that prints without the server"
        )
        parser.add_argument("--every", type=int, default=300, help="seconds between two packets")
        parser.add_argument("--once", action="store_true", help="write them once and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, wait, write again."""
        folder: Path = options["to"]
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            try:
                self._write_all(folder)
            except (Error, OSError) as error:
                self.stderr.write(f"Not written, the last good packet stays: {error}")
                if options["once"]:
                    raise SystemExit(1) from error
            if options["once"]:
                return
            close_old_connections()
            time.sleep(options["every"])

    def _write_all(self, folder: Path) -> None:
        for site in Site.objects.select_related("organisation").order_by("pk"):
            found = packet(site, timezone.now())
            wall = found.at.astimezone(site.tz)
            content = render(packet_document(found, printed_by=f"Written by the server at {wall:%H:%M %Z}"))
            half = folder / f".downtime-{site.slug}.pdf"
            half.write_bytes(content)
            half.chmod(0o600)
            half.replace(folder / f"downtime-{site.slug}.pdf")
            self.stdout.write(f"{site.name}: {found.clients} clients, {wall:%H:%M}")
