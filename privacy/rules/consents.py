"""Consents as they stand: what one allows, to whom, for what, and whether it may be relied on at an instant. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from audit.rules.findings import Finding, stop
from privacy.rules.classes import InfoClass, Purpose, RecipientKind


class ConsentType(StrEnum):
    """The sort of a consent; which may stand together is in ``privacy.rules.combining``."""

    TPO_SINGLE = "tpo_single"
    SPECIFIC = "specific"
    SUD_COUNSELING_NOTES = "sud_counseling_notes"
    LEGAL_PROCEEDING = "legal_proceeding"
    CRIMINAL_JUSTICE_REFERRAL = "criminal_justice_referral"
    PRESENCE_ACK = "presence_ack"
    INTERMEDIARY = "intermediary"
    RESEARCH = "research"
    PDMP = "pdmp"
    CENTRAL_REGISTRY = "central_registry"

    @property
    def label(self) -> str:
        """The type as staff call it."""
        return _TYPE_LABELS[self]


class ExpiryKind(StrEnum):
    """How a consent ends by itself. All but ``DATE`` and ``NONE`` end with an event that is observed or that a person attests."""

    DATE = "date"
    END_OF_TREATMENT = "end_of_treatment"
    END_OF_STUDY = "end_of_study"
    END_OF_CASE = "end_of_case"
    NONE = "none"

    @property
    def label(self) -> str:
        """The end in the words of a form."""
        return _EXPIRY_LABELS[self]


@dataclass(frozen=True)
class HeldConsent:
    """A signed consent with everything that happened to it up to the instant it was asked for.

    ``site_ids``: whose records it lets out (empty: every site of the organisation). ``recipients`` are keys of ``Recipient``; ``kinds``
    is a class of them (a TPO consent's class wording). ``expires_at``: the instant from which it no longer counts, by its date or
    because its event was observed (None: not known to end). ``revoked_at``: wholly, or because another one took its place
    (``superseded_by``); ``revoked_recipients``, ``revoked_kinds`` and ``revoked_classes`` are what was taken out of it.
    ``held_since``: the client revoked by word and the paper is awaited; nothing is sent meanwhile. ``deficiencies``: what 2.31(a) asks
    for and it lacks (a paper from elsewhere, or a fact that turned out untrue). ``proceeding``: the one that a LEGAL_PROCEEDING consent
    names, by docket or name; the gate asks for the same one.
    """

    pk: int
    client_id: int
    type: ConsentType
    version: str
    sha256: str
    site_ids: frozenset[int]
    recipients: frozenset[int]
    kinds: frozenset[RecipientKind]
    purposes: frozenset[Purpose]
    classes: frozenset[InfoClass]
    signed_at: datetime
    expiry: ExpiryKind
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    superseded_by: int | None = None
    revoked_recipients: frozenset[int] = frozenset()
    revoked_kinds: frozenset[RecipientKind] = frozenset()
    revoked_classes: frozenset[InfoClass] = frozenset()
    held_since: datetime | None = None
    deficiencies: tuple[str, ...] = ()
    scope: str = ""
    recipient_names: tuple[str, ...] = field(default=())
    proceeding: str = ""

    def reaches(self, recipient_id: int, kind: RecipientKind) -> bool:
        """True where this recipient is named, or belongs to a class that is, and was not taken out again."""
        if recipient_id in self.revoked_recipients:
            return False
        return recipient_id in self.recipients or (kind in self.kinds and kind not in self.revoked_kinds)

    @property
    def allowed(self) -> frozenset[InfoClass]:
        """The classes of information it still lets out."""
        return self.classes - self.revoked_classes


def valid_at(held: HeldConsent, at: datetime) -> bool:
    """True where the consent may be relied on at this instant (42 CFR 2.31(c))."""
    return not against(held, at)


def against(held: HeldConsent, at: datetime) -> tuple[Finding, ...]:
    """Why a consent may not be relied on at this instant; nothing where it may. Stable codes: ``consent.not_yet``,
    ``consent.deficient``, ``consent.revoked``, ``consent.superseded``, ``consent.held``, ``consent.expired``."""
    found = []
    name = held.type.label
    if at < held.signed_at:
        found.append(stop("consent.not_yet", f"{name} was not signed yet at that time.", consent=held.pk))
    if held.deficiencies:
        words = f"{name} lacks what a consent must have: {'; '.join(held.deficiencies)}. Have a new one signed."
        found.append(stop("consent.deficient", words, consent=held.pk))
    if held.superseded_by is not None and held.revoked_at is not None and held.revoked_at <= at:
        words = f"A newer consent took the place of {name}. Use that one."
        found.append(stop("consent.superseded", words, consent=held.pk))
    elif held.revoked_at is not None and held.revoked_at <= at:
        found.append(
            stop("consent.revoked", f"The client revoked {name}. Nothing more is sent on it.", consent=held.pk)
        )
    if held.held_since is not None and held.held_since <= at:
        words = f"The client revoked {name} by word; it is held until they sign the revocation or take it back."
        found.append(stop("consent.held", words, consent=held.pk))
    if held.expires_at is not None and held.expires_at <= at:
        found.append(stop("consent.expired", f"{name} has ended. Have a new one signed.", consent=held.pk))
    return tuple(found)


_TYPE_LABELS = {
    ConsentType.TPO_SINGLE: "Treatment, payment and operations",
    ConsentType.SPECIFIC: "Named recipient and purpose",
    ConsentType.SUD_COUNSELING_NOTES: "SUD counseling notes",
    ConsentType.LEGAL_PROCEEDING: "Legal proceeding",
    ConsentType.CRIMINAL_JUSTICE_REFERRAL: "Criminal-justice referral",
    ConsentType.PRESENCE_ACK: "Who may be told that the client is here",
    ConsentType.INTERMEDIARY: "Exchange of records (intermediary)",
    ConsentType.RESEARCH: "Research",
    ConsentType.PDMP: "Prescription monitoring program",
    ConsentType.CENTRAL_REGISTRY: "Central registry",
}
_EXPIRY_LABELS = {
    ExpiryKind.DATE: "on a date",
    ExpiryKind.END_OF_TREATMENT: "at the end of the treatment",
    ExpiryKind.END_OF_STUDY: "at the end of the research study",
    ExpiryKind.END_OF_CASE: "when the case is closed",
    ExpiryKind.NONE: "no end: it counts until it is revoked",
}
