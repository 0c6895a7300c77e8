"""``manage.py demo``: the living demonstration, as ``make demo`` starts it; ``--reset`` removes its data."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config.demo.launch import CannotRun, demonstrate, reset
from config.demo.seed import HISTORY


class Command(BaseCommand):
    """Runs until Ctrl-C, and leaves nothing running."""

    help = "Run the demonstration: embedded servers, invented data, the web server and simulated colleagues."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Port, history, colleagues, reset."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--days", type=int, default=HISTORY, help="days of history, where there is none yet")
        parser.add_argument("--activity", action="store_true", default=True, help="simulated colleagues (the default)")
        parser.add_argument("--no-activity", dest="activity", action="store_false", help="nobody but you")
        parser.add_argument("--reset", action="store_true", help="remove the demonstration's data and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, or say in one sentence why not."""
        try:
            if options["reset"]:
                self.say(f"Removed the demonstration's data in {reset()}. 'make demo' makes it anew.")
            else:
                demonstrate(port=options["port"], activity=options["activity"], say=self.say, days=options["days"])
        except CannotRun as problem:
            raise SystemExit(str(problem)) from None

    def say(self, words: str) -> None:
        """One thing at a time, at once, also into a file."""
        self.stdout.write(words)
        self.stdout.flush()
