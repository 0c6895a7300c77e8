"""``manage.py seal_audit``: link what was recorded into the hash chain, once or every second."""

import signal
from argparse import ArgumentParser
from datetime import UTC, datetime
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from audit.anchors import anchor, broken
from audit.chain import seal_new
from audit.sight import forget
from config import env

EVERY = 1.0  # seconds
EVERYWHERE = 600  # looks between two through the whole trail


class Command(BaseCommand):
    """With --watch it runs until SIGINT or SIGTERM; two of them take turns. It anchors the chain each day, too."""

    help = "Seal new audit events into the hash chain."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--watch."""
        parser.add_argument("--watch", action="store_true", help="go on, looking every second, until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal."""
        if not options["watch"]:
            total = 0
            while sealed := seal_new():
                total += sealed
            self.stdout.write(f"{total} events sealed.")
            return
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        look = 0
        while not stop.wait(EVERY):
            try:
                close_old_connections()
                while seal_new(everywhere=look % EVERYWHERE == 0) and not stop.is_set():
                    pass
                if look % EVERYWHERE == 0:
                    self.keep_house()
                look += 1
            except OperationalError as trouble:  # the database is away for a moment; the next look finds everything
                self.stderr.write(f"Not sealed just now: {trouble}")

    def keep_house(self) -> None:
        """Anchor the chain where it is time, and clear away reminders. A file that cannot be written stops no sealing."""
        now, path = datetime.now(UTC), env.audit_anchors()
        forget(now)
        try:
            fallen = broken(path)
            if fallen:
                self.stderr.write(f"The chain no longer has what {fallen.words} says. Run verify_audit.")
            made = anchor(path, now, env.anchor_every())
            if made:
                self.stdout.write(f"Anchored: {made.line}")
                self.stdout.flush()
        except OSError as trouble:
            self.stderr.write(
                f"Not anchored: {path}: {trouble.strerror}. Set AUDIT_ANCHORS to a file that can be written."
            )
