"""Say for which recipient and purpose a service account reads, and end that."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from fhir_r4.models import Interface
from privacy.models import Recipient
from privacy.rules.classes import Purpose
from staff.access import require
from staff.models import Person, ServiceAccount
from staff.rules.capabilities import Capability

NO_SYSTEM = frozenset(
    {Purpose.ETREAT, Purpose.AUDIT, Purpose.PUBHLTH, Purpose.HLEGAL, Purpose.PRESENCE, Purpose.FUNDRAISING}
)
"""What takes facts or a judgement at each release, so that a person releases it."""


def _taken(kwargs: Mapping[str, Any]) -> Finding:
    return stop("interface.taken", "This account reads for a recipient already. End that first.")


@action("fhir.connect", explain={"fhir_interface_once": _taken})
def connect(
    *,
    by: Person,
    at: datetime,
    site_id: int,
    account: ServiceAccount,
    recipient: Recipient,
    purpose: Purpose,
    key: UUID | None = None,
) -> Interface:
    """From now on the account reads for this recipient and purpose, each time as the gate decides. Raises Refused, NotAllowed."""
    require(by, Capability.SERVICES, site_id, at)
    if purpose in NO_SYSTEM:
        words = f"For {purpose.label} a person releases the record, each time. Choose another purpose."
        raise Refused(stop("interface.purpose", words))
    if account.closed_at is not None or recipient.ended_at is not None:
        raise Refused(stop("interface.closed", "The account or the recipient is no longer in use. Choose another one."))

    row = Interface.objects.create(account=account, recipient=recipient, purpose=purpose.value, started_at=at, by=by)
    trail.record(
        "fhir.connect",
        by=by,
        at=at,
        subject=row,
        site_id=site_id,
        summary=f"{account} reads over FHIR for {recipient}: {purpose.label}",
    )
    return row


@action("fhir.disconnect")
def disconnect(
    *, by: Person, at: datetime, site_id: int, account: ServiceAccount, key: UUID | None = None
) -> Interface:
    """The account reads for nobody from now on. Raises Refused, NotAllowed."""
    require(by, Capability.SERVICES, site_id, at)
    row: Interface | None = Interface.objects.current(at).filter(account=account).select_for_update().first()
    if row is None:
        raise Refused(stop("interface.none", "This account reads for nobody, so there is nothing to end."))

    row.ended_at = at
    row.save(update_fields=["ended_at"])
    trail.record(
        "fhir.disconnect", by=by, at=at, subject=row, site_id=site_id, summary=f"{account} reads over FHIR no more"
    )
    return row
