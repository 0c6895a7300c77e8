"""Exceptions to consent, each with the facts that 42 CFR Part 2 asks for. A ground that lacks one stops the release."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from audit.rules.findings import Finding, note, stop
from privacy.rules.basis import Basis
from privacy.rules.classes import ORDINARY, InfoClass, RecipientKind
from privacy.rules.notices import Channel
from privacy.rules.parties import Party

C = InfoClass
EMERGENCY_SET = frozenset(
    {C.IDENTITY, C.CONTACTS, C.DIAGNOSES, C.MEDICATIONS, C.ALLERGIES, C.VITALS, C.SCALES, C.DRUG_SCREENS}
)
"""What an emergency usually needs; more takes a reason (2.51(a): to the extent necessary)."""

COURTS = {
    "2.64": Basis.COURT_2_64, "2.65": Basis.COURT_2_65, "2.66": Basis.COURT_2_66, "2.67": Basis.COURT_2_67,
}  # fmt: skip


@dataclass(frozen=True)
class Ground(ABC):
    """What permits a disclosure without consent. ``scope`` is what may go at the most; more stops it."""

    @property
    @abstractmethod
    def basis(self) -> Basis:
        """The one basis this is."""

    @property
    def scope(self) -> frozenset[InfoClass]:
        """The classes it can permit."""
        return ORDINARY

    @abstractmethod
    def against(self, to: Party, channel: Channel, at: datetime) -> Iterator[Finding]:
        """What it lacks."""


def _missing(code: str, facts: dict[str, object]) -> Iterator[Finding]:
    """A stop for every fact that is empty: '{fact} is missing. ...'."""
    for words, value in facts.items():
        if value is None or value is False or (isinstance(value, str) and not value.strip()):
            yield stop(f"ground.{code}_incomplete", f"{words} is missing. Without it nothing may be released.")


@dataclass(frozen=True)
class Emergency(Ground):
    """Medical emergency, 42 CFR 2.51(a): the four facts of 2.51(c). A retry is the same question, though ``when`` is another instant."""

    personnel: str = ""
    facility: str = ""
    discloser: str = ""
    when: datetime | None = field(default=None, repr=False)
    nature: str = ""
    basis = Basis.EMERGENCY_2_51A

    def against(self, to: Party, channel: Channel, at: datetime) -> Iterator[Finding]:
        """Medical personnel only; every fact; not in the future."""
        if not to.medical:
            yield stop(
                "ground.not_medical",
                f"{to.name} is not recorded as medical personnel. In an emergency records go to medical personnel only (42 CFR 2.51).",
            )
        yield from _missing("emergency", {
            "The name of the medical personnel": self.personnel, "The facility they belong to": self.facility,
            "Who disclosed it": self.discloser, "The date and hour": self.when, "The nature of the emergency": self.nature,
        })  # fmt: skip
        if self.when is not None and self.when > at:
            yield stop("ground.emergency_later", "The hour of the disclosure has not come yet. Write when it was.")


@dataclass(frozen=True)
class Fda(Ground):
    """Danger of a product, 42 CFR 2.51(b)."""

    product: str = ""
    basis = Basis.FDA_2_51B
    scope = frozenset({C.IDENTITY, C.CONTACTS, C.MEDICATIONS})

    def against(self, to: Party, channel: Channel, at: datetime) -> Iterator[Finding]:
        """Which product, and an agency."""
        yield from _missing("fda", {"The product": self.product})
        yield from _of_kind(to, RecipientKind.AGENCY)


@dataclass(frozen=True)
class CourtOrder(Ground):
    """An order under Subpart E, which allows, with a mandate (a subpoena), which obliges: 42 CFR 2.61. ``until`` exclusive."""

    section: str = ""
    order: str = ""
    mandate: str = ""
    classes: frozenset[InfoClass] = frozenset()
    recipients: frozenset[int] = frozenset()
    until: datetime | None = None
    confidential_finding: bool = False

    @property
    def basis(self) -> Basis:
        """By the section of the order; 2.64 where none is named, which stops."""
        return COURTS.get(self.section, Basis.COURT_2_64)

    @property
    def scope(self) -> frozenset[InfoClass]:
        """What the order names; counseling notes only where it cites a finding under 2.63."""
        return self.classes if self.confidential_finding else self.classes & ORDINARY

    def against(self, to: Party, channel: Channel, at: datetime) -> Iterator[Finding]:
        """Order and mandate, for this recipient, in time."""
        if not self.order.strip():
            yield stop(
                "ground.no_order",
                "A subpoena or request alone permits nothing. A court order under 42 CFR 2.61 to 2.67 is needed; ask counsel.",
            )
        elif self.section not in COURTS:
            yield stop("ground.order_section", "Say under which section the order was made: 2.64, 2.65, 2.66 or 2.67.")
        if not self.mandate.strip():
            yield stop(
                "ground.no_mandate",
                "The order allows a disclosure; a subpoena or similar mandate obliges to it. Record both (42 CFR 2.61).",
            )
        if not self.classes:
            yield stop("ground.order_scope", "The order's scope is missing: say which parts it names.")
        if self.recipients and to.pk not in self.recipients:
            yield stop("ground.order_person", f"The order does not name {to.name}.")
        if self.until is not None and self.until <= at:
            yield stop("ground.order_over", "The order has ended.")


@dataclass(frozen=True)
class Audit(Ground):
    """Audit or evaluation, 42 CFR 2.53: an agreement in force; copies only for a listed sponsor and with a day of destruction."""

    agency: str = ""
    agreement: str = ""
    classes: frozenset[InfoClass] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    copies: bool = False
    listed_sponsor: bool = False
    destroyed_by: str = ""
    recipients: frozenset[int] = frozenset()
    engagement: int = 0
    basis = Basis.AUDIT_2_53

    @property
    def scope(self) -> frozenset[InfoClass]:
        """What the engagement names."""
        return self.classes & ORDINARY

    def against(self, to: Party, channel: Channel, at: datetime) -> Iterator[Finding]:
        """The agreement, its days, and whether anything may be taken away."""
        yield from _missing(
            "audit", {"Who audits": self.agency, "The written agreement": self.agreement, "Its first day": self.since}
        )
        if not _runs(self.since, self.until, at):
            yield stop("ground.audit_over", "The audit does not run on this day.")
        yield from _for_whom("audit", self.recipients, to)
        if channel is Channel.SHOWN:
            return
        if not self.copies:
            yield stop(
                "ground.view_only",
                "This audit looks at records here and takes nothing away: no print, file, link or interface (42 CFR 2.53(a)).",
            )
        elif not self.listed_sponsor or not self.destroyed_by.strip():
            yield stop(
                "ground.audit_copies",
                "Copies go to a listed sponsor that agreed to destroy them by a day (42 CFR 2.53(b)). Record both.",
            )


@dataclass(frozen=True)
class Research(Ground):
    """Research without consent, 42 CFR 2.52. ``until`` exclusive."""

    authority: str = ""
    director: str = ""
    linkage: bool = False
    irb: str = ""
    classes: frozenset[InfoClass] = ORDINARY
    since: datetime | None = None
    until: datetime | None = None
    recipients: frozenset[int] = frozenset()
    engagement: int = 0
    basis = Basis.RESEARCH_2_52

    @property
    def scope(self) -> frozenset[InfoClass]:
        """What the engagement names, without addresses and contacts."""
        return (self.classes & ORDINARY) - {C.CONTACTS}

    def against(self, to: Party, channel: Channel, at: datetime) -> Iterator[Finding]:
        """The authority, the director's determination, and the board where data are linked."""
        yield from _missing(
            "research",
            {
                "The authorization, waiver or exemption": self.authority,
                "The director's determination": self.director,
                "The review board": self.irb if self.linkage else "not needed",
            },
        )
        if not _runs(self.since, self.until, at):
            yield stop("ground.research_over", "The research does not run on this day.")
        yield from _for_whom("research", self.recipients, to)
        yield from _of_kind(to, RecipientKind.RESEARCHER)


@dataclass(frozen=True)
class PublicHealth(Ground):
    """De-identified records for a public health authority, 42 CFR 2.54."""

    method: str = ""
    basis = Basis.PUBHEALTH_DEID_2_54
    scope = ORDINARY - {C.IDENTITY, C.CONTACTS, C.PRESENCE, C.NOTES, C.GROUPS, C.INCIDENTS}

    def against(self, to: Party, channel: Channel, at: datetime) -> Iterator[Finding]:
        """The method of 45 CFR 164.514(b), and an agency."""
        yield from _missing("public_health", {"The method of de-identification": self.method})
        yield from _of_kind(to, RecipientKind.AGENCY)


@dataclass(frozen=True)
class Crime(Ground):
    """A crime on the premises or against staff, told to law enforcement: 42 CFR 2.12(c)(5)."""

    incident: str = ""
    agency: str = ""
    basis = Basis.CRIME_2_12C5
    scope = frozenset({C.IDENTITY, C.CONTACTS, C.PRESENCE})

    def against(self, to: Party, channel: Channel, at: datetime) -> Iterator[Finding]:
        """What happened, and who is told."""
        yield from _missing("crime", {"The circumstances": self.incident, "The law-enforcement agency": self.agency})
        yield from _of_kind(to, RecipientKind.AGENCY, RecipientKind.CRIMINAL_JUSTICE)


@dataclass(frozen=True)
class ChildAbuse(Ground):
    """A report of suspected child abuse under state law: 42 CFR 2.12(c)(6). The report itself, never a copy of the chart."""

    law: str = ""
    report: str = ""
    basis = Basis.CHILD_ABUSE_2_12C6
    scope = frozenset({C.IDENTITY, C.CONTACTS})

    def against(self, to: Party, channel: Channel, at: datetime) -> Iterator[Finding]:
        """The law and the report."""
        yield from _missing("child_abuse", {"The state law": self.law, "What is reported": self.report})
        yield from _of_kind(to, RecipientKind.AGENCY)


@dataclass(frozen=True)
class Vitals(Ground):
    """Cause of death under a law on vital statistics: 42 CFR 2.15(b)(1)."""

    law: str = ""
    basis = Basis.VITALS_2_15B1
    scope = frozenset({C.IDENTITY, C.DIAGNOSES})

    def against(self, to: Party, channel: Channel, at: datetime) -> Iterator[Finding]:
        """The law, and an agency."""
        yield from _missing("vitals", {"The law on vital statistics": self.law})
        yield from _of_kind(to, RecipientKind.AGENCY)


@dataclass(frozen=True)
class OwnAccess(Ground):
    """The client asked for their own record: 42 CFR 2.23. ``request`` says when and how, ``access`` which one is kept (0: none)."""

    request: str = ""
    access: int = 0
    basis = Basis.PATIENT_2_23

    def against(self, to: Party, channel: Channel, at: datetime) -> Iterator[Finding]:
        """To the client in person."""
        yield from _missing("access", {"The client's request": self.request})
        if not to.is_client:
            yield stop(
                "ground.not_the_client",
                f"A client's own copy goes to the client. For {to.name} a consent that names them is needed.",
            )


@dataclass(frozen=True)
class Secretary(Ground):
    """What the Secretary of Health and Human Services needs to enforce the rule: 42 CFR 2.2(b)."""

    request: str = ""
    basis = Basis.HHS_2_2B

    def against(self, to: Party, channel: Channel, at: datetime) -> Iterator[Finding]:
        """The request, and an agency."""
        yield from _missing("secretary", {"The Secretary's request": self.request})
        yield from _of_kind(to, RecipientKind.AGENCY)


@dataclass(frozen=True)
class GeneralAuthorization(Ground):
    """A general authorization for the release of medical information. It is no consent: 42 CFR 2.31, 2.32(a)."""

    paper: str = ""
    basis = Basis.CONSENT_SPECIFIC
    scope = frozenset()

    def against(self, to: Party, channel: Channel, at: datetime) -> Iterator[Finding]:
        """Always."""
        yield stop(
            "ground.general_authorization",
            "A general authorization for the release of medical information is not a consent under 42 CFR 2.31. "
            "Have the client sign a consent that names the recipient, the purpose and the information.",
        )


def asks_for_restraint(to: Party) -> Finding:
    """In an emergency something restricted goes along: who receives it is asked to leave it there (2.26(a)(3)-(4))."""
    return note(
        "disclosure.restricted_in_emergency",
        f"The client asked for a restriction on this. {to.name} is asked not to use or disclose it further.",
    )


def _runs(since: datetime | None, until: datetime | None, at: datetime) -> bool:
    return (since is None or at >= since) and (until is None or at < until)


def _for_whom(code: str, recipients: frozenset[int], to: Party) -> Iterator[Finding]:
    if recipients and to.pk not in recipients:
        words = f"The {code} is not done by {to.name}. Choose who does it, as it was written down."
        yield stop(f"ground.{code}_person", words)


def _of_kind(to: Party, *kinds: RecipientKind) -> Iterator[Finding]:
    if to.kind not in kinds:
        wanted = " or ".join(kind.label.lower() for kind in kinds)
        yield stop(
            "ground.wrong_recipient", f"{to.name} is recorded as {to.kind.label.lower()}. This goes to: {wanted}."
        )
