"""``manage.py load_formulary --by chief``: bring the starter formulary, or a file of one's own, in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.rules.findings import Refused
from emar.actions.formulary import import_formulary
from emar.formulary import starter
from emar.queries.formulary import known, labels
from emar.rules.formulary import Kind, Unreadable, decode, plan, read, summary
from staff.access import posts
from staff.models import Person
from staff.rules.capabilities import Capability, allows


class Command(BaseCommand):
    """All or nothing, in the name of a person who may keep the formulary. Run again it changes nothing."""

    help = "Load the starter formulary, or a CSV file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--by, --file, --dry-run."""
        parser.add_argument("--by", required=True, help="the username of who answers for it")
        parser.add_argument("--file", type=Path, help="a CSV file instead of the starter set")
        parser.add_argument("--dry-run", action="store_true", help="say what it would do, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load."""
        now, by = timezone.now(), Person.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(f"Nobody signs in as '{options['by']}'.")
        site = next((post.site_id for post in posts(by, now) if allows(post.role, Capability.FORMULARY)), None)
        if site is None:
            raise CommandError(f"{by.name} may not {Capability.FORMULARY.label} at any site.")
        try:
            rows = read(decode(options["file"].read_bytes() if options["file"] else starter()))
        except (OSError, Unreadable) as error:
            raise CommandError(str(error)) from error
        will = plan(rows, known(now), labels())
        for problem in will.problems:
            self.stderr.write(f"Row {problem.row}, {problem.column or 'the row'}: {problem.sentence}")
        if will.problems:
            raise CommandError("Nothing was imported.")
        numbers = summary(will.entries)
        self.stdout.write(", ".join(f"{number} {kind.value}" for kind, number in numbers.items()) + ".")
        if options["dry_run"] or not numbers[Kind.NEW] + numbers[Kind.CHANGED]:
            return
        try:
            event = import_formulary(by=by, at=now, site_id=site, rows=rows, shown=will.digest)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{event.summary}.")
