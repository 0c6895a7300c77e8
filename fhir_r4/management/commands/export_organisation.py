"""``manage.py export_organisation DIR --by USERNAME --why '...'``: everything, documented, for leaving the vendor."""

import hashlib
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.rules.findings import Refused
from fhir_r4.actions.organisation import begin_export, end_export
from fhir_r4.bulk.write import MANIFEST, write
from staff.models import Person

WIDE = 30  # characters of the bar


class Command(BaseCommand):
    """Writes FHIR and tables as NDJSON; progress goes to standard error. Stopped on its way, it is run again into the same directory."""

    help = "Export the whole organisation as FHIR R4 and tables (NDJSON)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The directory, who, why."""
        parser.add_argument("directory", type=Path, help="a new directory, or that of an export that was interrupted")
        parser.add_argument("--by", required=True, help="the user name of whoever answers for it")
        parser.add_argument("--why", required=True, help="what it is for, in a sentence")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export."""
        directory: Path = options["directory"]
        if directory.exists() and not directory.is_dir():
            raise CommandError(f"{directory} is a file. Name a directory.")
        if (directory / MANIFEST).exists():
            raise CommandError(f"{directory} holds a finished export. Name another directory.")
        if directory.exists() and any(not _ours(path.name) for path in directory.iterdir()):
            raise CommandError(f"{directory} holds other files. Name an empty directory.")
        by = Person.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(f"Nobody signs in as {options['by']}. Name somebody who works here: --by USERNAME.")
        try:
            begin_export(by=by, at=timezone.now(), why=options["why"], where=str(directory))
            manifest = write(directory, at=timezone.now(), by=by.username, tell=self.tell)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        except OSError as error:
            raise CommandError(
                f"The export stopped: {error}. Make room or choose another place, and run it again."
            ) from error
        counts = {each["type"]: each["count"] for each in manifest["output"]}
        sealed = hashlib.sha256((directory / MANIFEST).read_bytes()).hexdigest()
        end_export(by=by, at=timezone.now(), counts=counts, sha256=sealed)
        lines = sum(line.get("count", 0) for line in manifest["files"].values())
        self.stdout.write(f"{lines} lines in {len(manifest['files'])} files. Manifest SHA-256 {sealed}")

    def tell(self, done: int, of: int, what: str) -> None:
        """The bar."""
        full = WIDE * done // max(of, 1)
        end = "\n" if done == of else ""
        self.stderr.write(f"\r[{'#' * full}{' ' * (WIDE - full)}] {done} of {of} {what}", ending=end)
        sys.stderr.flush()


def _ours(name: str) -> bool:
    return name.removesuffix(".part") in {"fhir", "tables", "README.md", "NOTICE.txt", MANIFEST}
