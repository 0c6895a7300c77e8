"""``manage.py reassess FILE``: run all old ratings against another catalog and print what would change. Nothing is written."""

import sys
import time
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from asam.models import Assessment
from asam.rules.catalog import InvalidCatalog, load_catalog, parse_catalog
from asam.rules.history import rerun
from asam.rules.levels import LEVELS

BAR = 32  # characters
CHUNK = 2_000


class Command(BaseCommand):
    """Reads every assessment in a read-only transaction. The old records keep their own catalog and their recommendation."""

    help = "Run the history of ratings against a catalog, with a progress bar; print what would change, write nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, --since, --show."""
        parser.add_argument("file", type=Path, nargs="?", help="a catalog as TOML; without one, the catalog that ships")
        parser.add_argument("--since", help="only ratings from this day on, as 2025-01-31")
        parser.add_argument("--show", type=int, default=20, help="how many changed assessments are named")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, count, say."""
        catalog = self._catalog(options["file"])
        asked = Assessment.objects.order_by("pk")
        if options["since"]:
            asked = asked.filter(at__date__gte=options["since"])
        rows = asked.values_list("pk", "ratings", "recommendation")
        total, started = asked.count(), time.perf_counter()
        counts: Counter[str] = Counter()
        named: list[str] = []
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = on")
        try:
            for number, (pk, ratings, kept) in enumerate(rows.iterator(chunk_size=CHUNK), start=1):
                change = (
                    rerun(ratings, kept["level"], kept["recovery_residence"], catalog)
                    if kept["level"] in LEVELS
                    else None
                )
                if change is not None:
                    counts[change.order or "unreadable"] += 1
                    if len(named) < options["show"]:
                        named.append(
                            f"  assessment {pk}: {change.was} would be {change.now or f'unreadable: {change.why}'}"
                        )
                if number % 500 == 0 or number == total:
                    self._bar(number, total)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET default_transaction_read_only = off")
        self._said(catalog.name, catalog.version, total, time.perf_counter() - started, counts, named)

    def _catalog(self, file: Path | None) -> Any:
        if file is None:
            return load_catalog()
        try:
            return parse_catalog(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        except InvalidCatalog as error:
            raise CommandError(str(error)) from error

    def _bar(self, number: int, total: int) -> None:
        """A line that is drawn over itself; on stderr, so that what would change can be kept in a file."""
        done = BAR * number // max(total, 1)
        end = "\n" if number == total else ""
        self.stderr.write(f"\r[{'#' * done}{'.' * (BAR - done)}] {number:,} of {total:,}", ending=end)
        sys.stderr.flush()

    def _said(
        self, name: str, version: str, total: int, seconds: float, counts: Counter[str], named: list[str]
    ) -> None:
        rate = total / seconds * 60 if seconds else 0
        self.stdout.write(f"{total:,} assessments against {name}, version {version}: {rate:,.0f} a minute.")
        words = {
            "lower": "would be lower", "higher": "would be higher", "different": "would be a different service",
            "same": "would differ in housing only", "unreadable": "could not be read",
        }  # fmt: skip
        if not counts:
            self.stdout.write("Nothing would change.")
        for order, count in counts.most_common():
            self.stdout.write(f"{count:,} {words[order]}.")
        for line in named:
            self.stdout.write(line)
        self.stdout.write("Nothing was written: every record keeps its own catalog and its recommendation.")
