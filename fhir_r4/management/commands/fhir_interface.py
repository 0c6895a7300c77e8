"""``manage.py fhir_interface ACCOUNT --recipient NAME --purpose TREAT --by USERNAME``: for whom a service account reads; ``--end``."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.rules.findings import Refused
from fhir_r4.actions.interfaces import connect, disconnect
from privacy.models import Recipient
from privacy.rules.classes import Purpose
from staff.access import posts
from staff.models import Person, ServiceAccount
from staff.rules.capabilities import Capability, allows


class Command(BaseCommand):
    """Writes one row. Whoever is named by --by has to be allowed to keep service accounts."""

    help = "Say for which recipient and purpose a service account reads over FHIR, or end that."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Account, recipient, purpose, who."""
        parser.add_argument("account", help="the name of the service account")
        parser.add_argument(
            "--recipient", default="", help="the recipient's name, as it stands in the list of recipients"
        )
        parser.add_argument("--purpose", default="TREAT", choices=[each.value for each in Purpose])
        parser.add_argument("--by", required=True, help="the user name of whoever answers for it")
        parser.add_argument("--end", action="store_true", help="it reads for nobody from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Connect or disconnect."""
        at = timezone.now()
        by = Person.objects.filter(username=options["by"]).first()
        account = ServiceAccount.objects.filter(name=options["account"]).first()
        if by is None or account is None:
            raise CommandError("There is no such person or no such service account. Check --by and the account's name.")
        sites = [post.site_id for post in posts(by, at) if allows(post.role, Capability.SERVICES)]
        who: dict[str, Any] = {"by": by, "at": at, "site_id": sites[0] if sites else 0, "account": account}
        try:
            if options["end"]:
                disconnect(**who)
                self.stdout.write(f"{account} reads for nobody now.")
                return
            found = list(Recipient.objects.current(at).filter(name=options["recipient"], client=None)[:2])
            if len(found) != 1:
                raise CommandError(
                    "Name one recipient of the list, exactly as it stands there: --recipient 'Harbour Clinic'."
                )
            row = connect(**who, recipient=found[0], purpose=Purpose(options["purpose"]))
            self.stdout.write(f"{row} from now on.")
        except Refused as refused:
            raise CommandError(str(refused)) from refused
