"""``manage.py web``: one web process, as ``manage.py serve`` and systemd start them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config.serving.web import CannotServe, serve


class Command(BaseCommand):
    """Runs until SIGTERM, and then finishes what it has begun."""

    help = "One Daphne behind the proxy: no access log, and it drains when it is asked to end."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where it listens."""
        parser.add_argument("--port", type=int, required=True)
        parser.add_argument(
            "--host", default="127.0.0.1", help="the proxy's side; loopback unless the proxy is elsewhere"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve, or say in one sentence why not."""
        try:
            if not serve(options["host"], options["port"]):
                raise SystemExit(f"Port {options['port']} cannot be opened. Is another process on it?")
        except CannotServe as problem:
            raise SystemExit(str(problem)) from None
