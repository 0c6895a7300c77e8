"""A consent as it is being filled in: what the form says, what the client would read, and what is still missing."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from privacy.consent_texts import forms
from privacy.models import Recipient
from privacy.rules.classes import TPO_CLASS, Hipaa, InfoClass, Purpose, RecipientKind
from privacy.rules.consents import ConsentType, ExpiryKind
from privacy.rules.elements import Named, Proposed, Signer
from privacy.rules.texts import Form, Words, carried, composed
from programs.models import Client, Site

MEANING = "What signing means"


@dataclass(frozen=True)
class Sketch:
    """What staff chose on the page, in the words of ``privacy.rules``. ``everywhere``: every site of the organisation may give it.
    ``classed``: the class of recipients that a TPO consent may name."""

    type: ConsentType
    recipients: tuple[int, ...] = ()
    classed: bool = False
    everywhere: bool = False
    purposes: frozenset[Purpose] = frozenset()
    classes: frozenset[InfoClass] = frozenset()
    scope_words: str = ""
    expiry: ExpiryKind | None = None
    expires_on: date | None = None
    participants: str = ""
    proceeding: str = ""
    required_by: str = ""
    period_words: str = ""
    revocable_on: date | None = None
    conditioned: bool = False
    also: tuple[ConsentType, ...] = ()
    signers: tuple[Signer, ...] = (Signer.CLIENT,)
    minor_alone: bool = False


@dataclass(frozen=True)
class Sheet:
    """The sketch worked out: what the rules judge, and the text that would be signed, with what a signature means at its end."""

    proposed: Proposed
    form: Form
    words: Words = field(default=())


def sheet(sketch: Sketch, client: Client, site: Site, at: datetime) -> Sheet:
    """Work a sketch out for a client, as taken at a site. One query, and one for its recipients."""
    today = at.astimezone(site.tz).date()
    form = forms()[sketch.type]
    named = Recipient.objects.filter(pk__in=sketch.recipients, organisation=client.organisation_id, ended_at=None)
    asked = Proposed(
        type=sketch.type, client_name=f"{client.first_name} {client.last_name}",
        discloser=f"{site.organisation.name}, every site" if sketch.everywhere else f"{site.name}, {site.organisation.name}",
        recipients=tuple(
            Named(row.pk, row.name, RecipientKind(row.kind), Hipaa(row.hipaa))
            for row in named.order_by("name", "pk") if row.client_id in (None, client.pk)
        ),
        kinds=TPO_CLASS if sketch.classed else frozenset(),
        purposes=sketch.purposes, classes=sketch.classes, expiry=sketch.expiry,
        expires_on=sketch.expires_on if sketch.expiry is ExpiryKind.DATE else None,
        clauses=frozenset(), signers=sketch.signers, today=today, age=client.age(today), scope_words=sketch.scope_words,
        participants=sketch.participants if sketch.type is ConsentType.INTERMEDIARY else "", proceeding=sketch.proceeding,
        required_by=sketch.required_by, period_words=sketch.period_words, revocable_on=sketch.revocable_on,
        conditioned=sketch.conditioned, also=sketch.also, minor_alone=sketch.minor_alone,
    )  # fmt: skip
    whole = replace(asked, clauses=carried(form, asked))
    return Sheet(whole, form, (*composed(form, whole), (MEANING, form.intent)))
