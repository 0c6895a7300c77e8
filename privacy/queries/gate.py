"""The gate with what is on record: who would receive it, which consents and restrictions there are, and the decision on them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from privacy.models import Agreement, Recipient
from privacy.queries.consents import held
from privacy.queries.restrictions import in_force
from privacy.rules.classes import AgreementKind, Hipaa, InfoClass, Part2, Purpose, RecipientKind
from privacy.rules.consents import HeldConsent, against
from privacy.rules.disclosure import Asked, Attachment, Decision, decide
from privacy.rules.grounds import Ground
from privacy.rules.notices import Channel
from privacy.rules.parties import Party
from programs.models import Client, Site
from programs.people import ids_of


@dataclass(frozen=True)
class Going:
    """What is to leave: whose record, from which site, to whom (``recipient`` None: the client in person), for what, which classes,
    how, and on which ground where none is a consent. ``summary``: what it is in words, for the accounting. ``first``: its first day."""

    client: Client
    site: Site
    recipient: Recipient | None
    purpose: Purpose
    classes: frozenset[InfoClass]
    channel: Channel
    summary: str
    attachment: Attachment = Attachment.SCOPE
    proceeding: str = ""
    consent: int | None = None
    ground: Ground | None = None
    first: date | None = None

    def __str__(self) -> str:
        """The same words for the same question, in every process: a retry is known by them."""
        whom = self.recipient.pk if self.recipient else "client"
        told = (
            self.client.pk,
            self.site.pk,
            whom,
            self.purpose,
            ",".join(sorted(self.classes)),
            self.channel,
            self.summary,
        )
        more = (self.attachment, self.proceeding, self.consent, "" if self.ground is None else str(self.ground))
        return "|".join(map(str, (*told, *more)))


@dataclass(frozen=True)
class Looked:
    """A decision with what it was made of."""

    asked: Asked
    consents: tuple[HeldConsent, ...]
    decision: Decision

    @property
    def states(self) -> list[dict[str, object]]:
        """The state of every consent of the client at that instant, for the trail: key, type, and the codes against it."""
        return [
            {"consent": each.pk, "type": each.type.value, "against": [f.code for f in against(each, self.asked.at)]}
            for each in self.consents
        ]


def party(recipient: Recipient | None, client: Client, at: datetime) -> Party:
    """A recipient as the gate sees it at an instant; the client in person where there is none. One query, none for the client."""
    if recipient is None:
        return Party(None, f"{client.called} in person", kind=RecipientKind.PERSON, is_client=True)
    today = at.date()
    agreed = Agreement.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), recipient=recipient, starts_on__lte=today
    )
    return Party(
        recipient.pk, recipient.name, recipient.address, RecipientKind(recipient.kind), Hipaa(recipient.hipaa), Part2(recipient.part2),
        recipient.medical, frozenset(AgreementKind(kind) for kind in agreed.values_list("kind", flat=True)),
    )  # fmt: skip


def look(going: Going, at: datetime) -> Looked:
    """The decision at an instant, on what is recorded then. A constant number of queries."""
    ids = ids_of(going.client)
    asked = Asked(
        at, going.site.pk, party(going.recipient, going.client, at), going.purpose, going.classes, going.channel,
        proceeding=going.proceeding, ground=going.ground, consent=going.consent, attachment=going.attachment, first=going.first,
    )  # fmt: skip
    consents = held(ids, at)
    return Looked(asked, consents, decide(asked, consents, in_force(ids, at)))


def offered(organisation_id: int, client_ids: Collection[int], at: datetime) -> list[Recipient]:
    """Who may be chosen as a recipient of a client's record: the organisation's, and the client's own people. One query."""
    rows = Recipient.objects.current(at).filter(Q(client=None, organisation=organisation_id) | Q(client__in=client_ids))
    return list(rows.order_by("client_id", "name"))
