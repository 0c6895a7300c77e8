"""Give a client the accounting of what left of their record, and keep the paper that was given."""

from datetime import datetime
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Refused, stop
from documents import render
from privacy.actions.release import keep_bytes
from privacy.models import AccountingGiven
from privacy.pdf.accounting import accounting_document
from privacy.queries.accounting import accounting
from privacy.rules.accounting import YEARS
from programs.models import Client, Site
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


@action("privacy.account")
def account(
    *, by: Person, at: datetime, client_id: int, site_id: int, years: int, key: UUID | None = None
) -> AccountingGiven:
    """The accounting as it is now, as a paper that is kept. Raises Refused, NotAllowed. Source: 42 CFR 2.25, 45 CFR 164.528(d)."""
    client = Client.objects.get(pk=client_id)
    site = Site.objects.select_related("organisation").get(pk=site_id)
    require(by, Capability.RELEASE, site_id, at)
    if years not in YEARS:
        raise Refused(stop("accounting.years", "An accounting covers three years or six."))
    found = accounting(client, site, years, at)

    file = keep_bytes(f"accounting-{client.record_number}.pdf", render(accounting_document(found, by)))
    row = AccountingGiven.objects.create(client=client, years=years, lines=len(found.lines), file=file, at=at, by=by)
    trail.record(
        "privacy.accounted", by=by, at=at, subject=row, site_id=site_id, client_id=client.pk,
        summary=f"Accounting of disclosures of {client.record_number} given, {years} years", detail={"sha256": file.sha256},
    )  # fmt: skip
    return row
