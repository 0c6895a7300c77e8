"""``manage.py import_catalog FILE --by NAME --site SLUG``: bring a catalog in, as the page does. It counts for nothing yet."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from asam.actions.catalogs import import_catalog
from audit.rules.findings import Refused
from programs.models import Site
from staff.models import Person


class Command(BaseCommand):
    """The file is checked whole before anything is written."""

    help = "Import a catalog of rating codes (TOML) for the organisation of a site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """FILE, --by, --site."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="sign-in name of the person who imports it")
        parser.add_argument("--site", required=True, help="a site of the organisation, by its slug")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read it, bring it in."""
        site = Site.objects.filter(slug=options["site"]).first()
        person = Person.objects.filter(username=options["by"], is_active=True).first()
        if site is None or person is None:
            raise CommandError("There is no such site." if site is None else "Nobody signs in with that name.")
        try:
            content = options["file"].read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        try:
            row = import_catalog(by=person, at=timezone.now(), site_id=site.pk, content=content)
        except Refused as refused:
            raise CommandError(" ".join(finding.message for finding in refused.findings)) from refused
        self.stdout.write(f"Catalog {row} is here ({row.digest[:12]}). It counts for nothing until somebody lets it.")
