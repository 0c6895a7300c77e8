"""Recipients and signed consents, as the actions write them."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from privacy.actions.consents import sign_consent, write_consent
from privacy.models import Consent, Recipient
from privacy.queries.proposing import Sketch
from privacy.rules.classes import TPO, InfoClass, Purpose, RecipientKind
from privacy.rules.consents import ConsentType, ExpiryKind
from privacy.rules.shapes import SHAPES
from programs.models import Client
from staff.models import Person
from tests.factories.places import World
from tests.factories.plans import SIGNATURE

T = ConsentType


def recipient(
    here: World, name: str = "Harbour Clinic", kind: str = "provider", *, client: Client | None = None, **more: Any
) -> Recipient:
    """Somebody outside who may be named."""
    return Recipient.objects.create(
        organisation=here.site.organisation,
        client=client,
        name=name,
        kind=kind,
        by=here.director,
        started_at=here.now,
        **more,
    )


def sketch(type: ConsentType = T.TPO_SINGLE, *named: Recipient, **more: Any) -> Sketch:
    """A whole consent of a type, as a coordinator would fill it in."""
    shape = SHAPES[type]
    more = {"expiry": shape.expiries[0], **more}
    if more["expiry"] is ExpiryKind.DATE and "expires_on" not in more:
        more["expires_on"] = datetime(2099, 1, 1).date()
    begun = Sketch(
        type=type, recipients=tuple(row.pk for row in named), classed=shape.classed, purposes=shape.purposes & TPO or shape.purposes,
        classes=shape.begun or frozenset({InfoClass.IDENTITY}), everywhere=shape.classed,
    )  # fmt: skip
    if type is T.SPECIFIC:
        begun = replace(begun, purposes=frozenset({Purpose.TREAT}))
    return replace(begun, **more)


def written(
    here: World, client: Client, what: Sketch | None = None, *, at: datetime | None = None, **more: Any
) -> Consent:
    """A consent that nobody signed yet."""
    return write_consent(by=here.intake, at=at or here.now, client_id=client.pk, sketch=what or sketch(), **more)


def consent(
    here: World, client: Client, what: Sketch | None = None, *, at: datetime | None = None, **more: Any
) -> Consent:
    """A consent that the client signed on the tablet."""
    row = written(here, client, what, at=at, **more)
    drawn(row, here.intake, at or here.now)
    return row


def drawn(row: Consent, by: Person, at: datetime) -> None:
    """The client signs on the tablet."""
    sign_consent(by=by, at=at, consent_id=row.pk, strokes=SIGNATURE)


KINDS = {
    T.CRIMINAL_JUSTICE_REFERRAL: RecipientKind.CRIMINAL_JUSTICE, T.INTERMEDIARY: RecipientKind.INTERMEDIARY,
    T.RESEARCH: RecipientKind.RESEARCHER, T.PDMP: RecipientKind.PDMP, T.CENTRAL_REGISTRY: RecipientKind.REGISTRY,
}  # fmt: skip
