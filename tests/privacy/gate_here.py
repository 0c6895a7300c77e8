"""Consents, recipients and grounds of the gate's tests, as small descriptions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from privacy.rules.classes import ORDINARY, TPO, TPO_CLASS, AgreementKind, Hipaa, InfoClass, Purpose, RecipientKind
from privacy.rules.consents import ConsentType, ExpiryKind, HeldConsent
from privacy.rules.disclosure import Asked
from privacy.rules.grounds import (
    Audit,
    ChildAbuse,
    CourtOrder,
    Crime,
    Emergency,
    GeneralAuthorization,
    Ground,
    OwnAccess,
    Research,
)
from privacy.rules.notices import Channel
from privacy.rules.parties import Party

NOW = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SITE = 7
CASE = "24-CR-118"
K = RecipientKind
PARTIES = {
    "clinic": Party(1, "Harbour Clinic", kind=K.PROVIDER, hipaa=Hipaa.COVERED_ENTITY),
    "friend": Party(2, "Ida Amari", kind=K.PERSON, hipaa=Hipaa.NEITHER),
    "stranger": Party(3, "Dr. Somebody", kind=K.PROVIDER),
    "court": Party(4, "County Court", kind=K.COURT, hipaa=Hipaa.NEITHER),
    "officer": Party(5, "Officer Bright", kind=K.CRIMINAL_JUSTICE, hipaa=Hipaa.NEITHER),
    "vendor": Party(6, "Lab Inc.", kind=K.OPERATIONS, agreements=frozenset({AgreementKind.QSOA})),
    "medic": Party(8, "Dr. Wu, City Hospital", kind=K.PROVIDER, hipaa=Hipaa.COVERED_ENTITY, medical=True),
    "agency": Party(9, "City Police", kind=K.AGENCY, hipaa=Hipaa.NEITHER),
    "self": Party(None, "Sara Amari", kind=K.PERSON, is_client=True),
}
ALL = frozenset(party.pk for party in PARTIES.values() if party.pk is not None)
T = ConsentType
PURPOSES = {
    T.TPO_SINGLE: TPO, T.LEGAL_PROCEEDING: frozenset({Purpose.HLEGAL}), T.SUD_COUNSELING_NOTES: frozenset({Purpose.TREAT}),
    T.CRIMINAL_JUSTICE_REFERRAL: frozenset({Purpose.MONITOR}), T.PRESENCE_ACK: frozenset({Purpose.PRESENCE}),
    T.RESEARCH: frozenset({Purpose.HRESCH}), T.PDMP: frozenset({Purpose.PDMP}), T.CENTRAL_REGISTRY: frozenset({Purpose.REGISTRY}),
}  # fmt: skip
STATES: dict[str, dict[str, object]] = {
    "valid": {}, "": {}, "revoked": {"revoked_at": NOW}, "held": {"held_since": NOW - DAY}, "expired": {"expires_at": NOW},
    "deficient": {"deficiencies": ("the date",)}, "early": {"signed_at": NOW + DAY},
}  # fmt: skip


def held(kind: ConsentType, state: str = "valid", pk: int = 1, proceeding: str = CASE) -> HeldConsent:
    """A consent as broad as its type may be: named recipients (a TPO consent: the class), every purpose and class of the type."""
    notes = kind is T.SUD_COUNSELING_NOTES
    made = HeldConsent(
        pk=pk, client_id=1, type=kind, version="1", sha256="0" * 64, site_ids=frozenset(),
        recipients=frozenset() if kind is T.TPO_SINGLE else ALL, kinds=TPO_CLASS if kind is T.TPO_SINGLE else frozenset(),
        purposes=PURPOSES.get(kind, frozenset(Purpose)), classes=frozenset({InfoClass.COUNSELING_NOTES}) if notes else ORDINARY,
        signed_at=NOW - 30 * DAY, expiry=ExpiryKind.DATE, proceeding=proceeding if kind is T.LEGAL_PROCEEDING else "",
    )  # fmt: skip
    return replace(made, **STATES[state])  # type: ignore[arg-type]


def ground(words: str) -> Ground:
    """'emergency', 'emergency [nature]': a whole one, without the fact in brackets."""
    name, _, left_out = words.partition(" [")
    whole: Ground = {
        "emergency": Emergency("Dr. Wu", "City Hospital", "RN Cole", NOW, "Overdose"),
        "court": CourtOrder("2.64", "Order of 2 March", "Subpoena 8", frozenset({InfoClass.PLAN, InfoClass.IDENTITY}), frozenset({4})),
        "authorization": GeneralAuthorization("A form of the insurer"),
        "crime": Crime("A window was broken", "City Police"),
        "child_abuse": ChildAbuse("State law", "What was seen"),
        "audit": Audit("State agency", "Agreement 4", ORDINARY, NOW - DAY, NOW + DAY),
        "copies": Audit("State agency", "Agreement 4", ORDINARY, NOW - DAY, NOW + DAY, True, True, "1 May 2026"),
        "research": Research("Waiver 7", "Determined on 2 March"),
        "access": OwnAccess("Asked in person on 2 March"),
    }[name]  # fmt: skip
    if not left_out:
        return whole
    return replace(whole, **{left_out.rstrip("]"): ""})


def asked(to: str, purpose: str, what: str, **more: object) -> Asked:
    """What is asked to leave, now, from the site, as a file, for the proceeding of the tests."""
    classes = frozenset(InfoClass(name) for name in what.split())
    base = Asked(NOW, SITE, PARTIES[to], Purpose(purpose), classes, Channel.FILE, proceeding=CASE)
    return replace(base, **more)  # type: ignore[arg-type]
