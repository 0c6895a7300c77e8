"""Keep who records may go to, and what is agreed with them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from privacy.models import Agreement, Recipient
from privacy.rules.classes import AgreementKind, RecipientKind
from privacy.rules.recipients import check_recipient
from programs.models import Client, Site
from programs.rules.words import check_words, tidy
from programs.scene import after
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

KEPT = ("kind", "name", "relation", "address", "phone", "hipaa", "part2", "medical")


def _same(kwargs: Mapping[str, Any]) -> Finding:
    words = (
        "There is one of that name already. Choose that one, or write what sets this one apart: a place, a department."
    )
    return stop("recipient.same", words, field="name")


@action("privacy.recipient", explain={"privacy_recipient_once": _same, "privacy_recipient_of_a_client_once": _same})
def keep_recipient(
    *,
    by: Person,
    at: datetime,
    site: Site,
    name: str,
    kind: str,
    relation: str = "",
    address: str = "",
    phone: str = "",
    hipaa: str = "unknown",
    part2: str = "unknown",
    medical: bool = False,
    client: Client | None = None,
    recipient_id: int | None = None,
    key: UUID | None = None,
) -> Recipient:
    """Write a recipient, or change what is known of one (``recipient_id``); what stood before stays in its history.

    With ``client`` it is a person of that client alone: whoever takes consents may write them. Raises Refused, NotAllowed.
    """
    require(by, Capability.RECIPIENTS if client is None else Capability.KEEP_CONSENTS, site.pk, at)
    old = _standing(recipient_id, site, client) if recipient_id is not None else None
    asked = {
        "kind": RecipientKind.PERSON.value if client is not None else kind, "name": tidy(name), "relation": tidy(relation),
        "address": address.strip(), "phone": tidy(phone), "hipaa": hipaa, "part2": part2, "medical": medical,
    }  # fmt: skip
    if findings := check_recipient(**asked):  # type: ignore[arg-type]
        raise Refused(*findings)

    if old is None:
        row = Recipient.objects.create(organisation=site.organisation, client=client, started_at=at, by=by, **asked)
    else:
        row = old
        for field, value in asked.items():
            setattr(row, field, value)
        row.save(update_fields=list(KEPT))
    who = client.short_name if client is not None else row.name
    what = "a person who belongs to them" if client is not None else "recipient of records"
    trail.record(
        "privacy.recipient", by=by, at=at, subject=row, site_id=site.pk, client_id=client.pk if client else None,
        summary=f"{who}: {what} {'changed' if old else 'written'}",
    )  # fmt: skip
    return row


@action("privacy.end_recipient")
def end_recipient(*, by: Person, at: datetime, site: Site, recipient_id: int, key: UUID | None = None) -> Recipient:
    """Take a recipient out of the lists; what names it stays. Raises Refused, NotAllowed."""
    require(by, Capability.RECIPIENTS, site.pk, at)
    row = _standing(recipient_id, site, None)

    row.ended_at = after(row.started_at, at)
    row.save(update_fields=["ended_at"])
    trail.record(
        "privacy.end_recipient",
        by=by,
        at=at,
        subject=row,
        site_id=site.pk,
        summary=f"{row.name}: taken out of the lists",
    )
    return row


@action("privacy.agreement")
def keep_agreement(
    *,
    by: Person,
    at: datetime,
    site: Site,
    recipient_id: int,
    kind: str,
    starts_on: date,
    ends_on: date | None = None,
    reference: str = "",
    key: UUID | None = None,
) -> Agreement:
    """Write an agreement with a recipient. Raises Refused (``agreement.*``), NotAllowed."""
    require(by, Capability.RECIPIENTS, site.pk, at)
    recipient = _standing(recipient_id, site, None)
    findings = check_words(reference, "reference", longest=120)
    if kind not in set(AgreementKind):
        findings.append(stop("agreement.kind", "Choose the kind of agreement.", field="kind"))
    if ends_on is not None and ends_on < starts_on:
        findings.append(
            stop("agreement.dates", "It would end before it begins. Write a later last day.", field="ends_on")
        )
    standing = recipient.agreements.filter(kind=kind)
    for each in standing if not findings else ():
        if (each.ends_on is None or each.ends_on >= starts_on) and (ends_on is None or each.starts_on <= ends_on):
            words = f"There is one of this kind from {each.starts_on} on already. End that one first."
            findings.append(stop("agreement.twice", words, field="starts_on"))
    if findings:
        raise Refused(*findings)

    row = Agreement.objects.create(
        recipient=recipient, kind=kind, starts_on=starts_on, ends_on=ends_on, reference=tidy(reference), at=at, by=by
    )
    trail.record(
        "privacy.agreement",
        by=by,
        at=at,
        subject=row,
        site_id=site.pk,
        summary=f"{recipient.name}: {AgreementKind(kind).label} written",
    )
    return row


@action("privacy.end_agreement")
def end_agreement(
    *, by: Person, at: datetime, site: Site, agreement_id: int, ends_on: date, key: UUID | None = None
) -> Agreement:
    """Write the last day of an agreement. Raises Refused, NotAllowed."""
    require(by, Capability.RECIPIENTS, site.pk, at)
    row = (
        Agreement.objects.select_for_update(of=("self",))
        .select_related("recipient")
        .filter(pk=agreement_id, recipient__organisation=site.organisation_id)
        .first()
    )
    if row is None:
        raise Refused(stop("agreement.unknown", "There is no such agreement. Reload the page."))
    if ends_on < row.starts_on:
        raise Refused(
            stop("agreement.dates", f"It began on {row.starts_on}. Write that day or a later one.", field="ends_on")
        )

    row.ends_on, row.ended_by = ends_on, by
    row.save(update_fields=["ends_on", "ended_by"])
    trail.record(
        "privacy.end_agreement",
        by=by,
        at=at,
        subject=row,
        site_id=site.pk,
        summary=f"{row.recipient.name}: agreement ends {ends_on}",
    )
    return row


def _standing(pk: int, site: Site, client: Client | None) -> Recipient:
    row = Recipient.objects.select_for_update(of=("self",)).filter(
        pk=pk, organisation=site.organisation_id, client=client, ended_at=None
    ).first()  # fmt: skip
    if row is None:
        raise Refused(stop("recipient.unknown", "That recipient is not in the lists any more. Reload the page."))
    return row
