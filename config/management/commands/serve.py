"""``manage.py serve``: nginx and N web processes, as ``make serve`` starts them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config.embedded import CannotStart
from config.serving.launch import serve
from config.serving.web import CannotServe


class Command(BaseCommand):
    """Runs until Ctrl-C, and leaves nothing running."""

    help = "Serve with several processes behind nginx: the demonstration, or the servers of DATABASE_URL and REDIS_URL."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many, and where."""
        parser.add_argument("--processes", type=int, default=2)
        parser.add_argument("--port", type=int, default=8000, help="where nginx listens")
        parser.add_argument("--bind", default="127.0.0.1", help="the address nginx listens on (see ALLOWED_HOSTS)")
        parser.add_argument("--first", type=int, help="the port of the first process (the port after nginx's)")
        parser.add_argument("--no-sealer", dest="sealer", action="store_false", help="another sealer runs already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, or say in one sentence why not."""
        names = ("bind", "port", "processes", "first", "sealer")
        try:
            serve(**{name: options[name] for name in names}, say=self.say)
        except (CannotServe, CannotStart) as problem:
            raise SystemExit(str(problem)) from None
        except KeyboardInterrupt:
            self.say("\nStopped.")

    def say(self, words: str) -> None:
        """One thing at a time, at once, also into a file."""
        self.stdout.write(words)
        self.stdout.flush()
