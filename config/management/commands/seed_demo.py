"""``manage.py seed_demo``: fill an empty database with the demonstration organisation."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.demo.bar import Bar
from config.demo.people import SIGN_INS
from config.demo.seed import HISTORY, STEPS, NotEmpty, seed
from staff.models import Person


def instant(text: str) -> datetime:
    """An instant in ISO 8601; UTC where it names no zone."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def kept(now: datetime) -> str:
    """What is said on a second start; an old day is worth a hint."""
    made = Person.objects.filter(username=SIGN_INS[0].username).values_list("date_joined", flat=True).first()
    days = (now - made).days if made else 0
    if days < 1:
        return "The data of the last time was kept."
    return f"The data of the last time was kept; its day is {days} days old. For a fresh one: make demo-reset"


class Command(BaseCommand):
    """Deterministic for a given --seed and --now; invented names only."""

    help = "Fill an empty database with the demonstration organisation: two sites, about 140 people in care, 90 days of history."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The three that make it repeatable, and the one for the second start."""
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--now", type=instant, help="the instant to stand at, in ISO 8601 (the current one if left out)"
        )
        parser.add_argument("--days", type=int, default=HISTORY, help="days of doses, groups and notes")
        parser.add_argument("--if-empty", action="store_true", help="keep what is there instead of refusing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seed, or say why not."""
        bar = Bar(STEPS)
        try:
            seed(seed=options["seed"], now=options["now"] or datetime.now(UTC), days=options["days"], tell=bar.step)
        except NotEmpty as refusal:
            if not options["if_empty"]:
                raise CommandError(str(refusal)) from None
            self.stdout.write(kept(datetime.now(UTC)))
        else:
            bar.done("The demonstration is there")
