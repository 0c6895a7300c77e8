"""Recipients and consents as rows, as the acts write them, for tests of what leaves."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from privacy.models import Consent, ConsentEvent, ConsentRecipient, ConsentSignature, Recipient
from privacy.queries.gate import Going
from privacy.queries.sealing import seal_of
from privacy.rules.classes import ORDINARY, TPO_CLASS, Hipaa, InfoClass, Purpose, RecipientKind
from privacy.rules.consents import ConsentType, ExpiryKind
from privacy.rules.notices import Channel
from programs.models import Client
from tests.factories import World

DAY = timedelta(days=1)
C = InfoClass
WANTED = frozenset({C.IDENTITY, C.MEDICATIONS, C.ALLERGIES})


def recipient(
    here: World, name: str = "Harbour Clinic", kind: RecipientKind = RecipientKind.PROVIDER, **more: object
) -> Recipient:
    """Somebody outside; a covered entity where nothing else is said."""
    fields: dict[str, object] = {"hipaa": Hipaa.COVERED_ENTITY, "address": "1 Quay Street, Riverbend"} | more
    return Recipient.objects.create(
        organisation=here.site.organisation,
        name=name,
        kind=kind,
        started_at=here.now - 90 * DAY,
        by=here.director,
        **fields,
    )


def consent(
    here: World, who: Client, *to: Recipient, kind: ConsentType = ConsentType.TPO_SINGLE,
    purposes: Iterable[Purpose] = (Purpose.TREAT, Purpose.HPAYMT, Purpose.HOPERAT), classes: Iterable[InfoClass] = ORDINARY,
    proceeding: str = "", at: datetime | None = None,
) -> Consent:  # fmt: skip
    """A consent signed on paper a month ago; a TPO consent without names goes to its class."""
    when = at or here.now - 30 * DAY
    row = Consent(
        client=who, type=kind, version=1, client_name=who.called, discloser=here.site.organisation.name,
        kinds=[] if to else sorted(TPO_CLASS), purposes=sorted(purposes), classes=sorted(classes), expiry=ExpiryKind.NONE,
        proceeding=proceeding, signers=["client"], clauses=[], words=[["Who", "The words that were signed."], ["Intent", "I sign."]],
        at=when, by=here.director,
    )  # fmt: skip
    named = [(each.pk, each.name) for each in to]
    row.sha256 = seal_of(row, named)
    row.save()
    ConsentRecipient.objects.bulk_create(
        ConsentRecipient(consent=row, recipient_id=pk, name=name) for pk, name in named
    )
    ConsentSignature.objects.create(
        consent=row, role="client", name=who.called, how="paper", paper="Binder 4", intent="I sign.", signed_on=when.date(),
        sha256="0" * 64, at=when, by=here.director,
    )  # fmt: skip
    return row


def revoke(here: World, row: Consent, at: datetime) -> ConsentEvent:
    """The client revoked it in writing."""
    return ConsentEvent.objects.create(
        consent=row, kind="revoked", paper="Binder 4", sha256="0" * 64, at=at, by=here.director
    )


def going(here: World, who: Client, to: Recipient | None, **more: object) -> Going:
    """Medications and allergies of a client, as a file, for treatment."""
    fields: dict[str, object] = {
        "purpose": Purpose.TREAT, "classes": WANTED, "channel": Channel.FILE, "summary": "Medications and allergies",
    } | more  # fmt: skip
    return Going(who, here.site, to, **fields)  # type: ignore[arg-type]
