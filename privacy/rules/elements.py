"""Does a consent have all that 42 CFR 2.31(a) asks for? Every element that is missing is a finding with its sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from audit.rules.findings import Finding, stop
from privacy.rules.classes import TPO, Hipaa, InfoClass, Purpose, RecipientKind
from privacy.rules.consents import ConsentType, ExpiryKind
from privacy.rules.shapes import NAMED, NEVER_A_CONDITION, PARTICIPANTS, SHAPES, combined

SUBJECT_TO_HIPAA = frozenset({Hipaa.COVERED_ENTITY, Hipaa.BUSINESS_ASSOCIATE})


class Clause(StrEnum):
    """A statement that the text of a consent carries."""

    HIPAA = "hipaa"
    FUNDRAISING = "fundraising"
    REVOCATION = "revocation"
    REVOCATION_CJ = "revocation_cj"
    REDISCLOSURE = "redisclosure"
    REFUSAL = "refusal"
    NO_CONDITION = "no_condition"

    @property
    def label(self) -> str:
        """What is stated, as in 'The text says nothing of ...'."""
        return _CLAUSE_LABELS[self]


class Signer(StrEnum):
    """Who signs a consent. A guardian signs beside a minor, a representative in the client's place (42 CFR 2.14, 2.15)."""

    CLIENT = "client"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"

    @property
    def label(self) -> str:
        """Who that is."""
        return {
            "client": "The client",
            "guardian": "A parent or guardian",
            "representative": "A personal representative",
        }[self]


@dataclass(frozen=True)
class Named:
    """A recipient that is named."""

    pk: int
    name: str
    kind: RecipientKind
    hipaa: Hipaa = Hipaa.UNKNOWN


@dataclass(frozen=True)
class Proposed:
    """A consent before it is signed. ``kinds``: recipients by class. ``conditioned``: a service is made to depend on it. ``also``: what
    else stands on the same paper. ``age``: the client's, in whole years. ``today``: on the site's calendar."""

    type: ConsentType
    client_name: str
    discloser: str
    recipients: tuple[Named, ...]
    kinds: frozenset[RecipientKind]
    purposes: frozenset[Purpose]
    classes: frozenset[InfoClass]
    expiry: ExpiryKind | None
    clauses: frozenset[Clause]
    signers: tuple[Signer, ...]
    today: date
    age: int
    expires_on: date | None = None
    scope_words: str = ""
    participants: str = ""
    proceeding: str = ""
    required_by: str = ""
    period_words: str = ""
    revocable_on: date | None = None
    conditioned: bool = False
    also: tuple[ConsentType, ...] = ()
    minor_alone: bool = False


def required(asked: Proposed) -> frozenset[Clause]:
    """The statements that the text of this consent must carry."""
    found = {Clause.REVOCATION_CJ if asked.type is ConsentType.CRIMINAL_JUSTICE_REFERRAL else Clause.REVOCATION}
    if asked.purposes & TPO:
        found |= {Clause.REDISCLOSURE, Clause.REFUSAL}
        if asked.kinds or any(each.hipaa in SUBJECT_TO_HIPAA for each in asked.recipients):
            found.add(Clause.HIPAA)
    if Purpose.FUNDRAISING in asked.purposes:
        found.add(Clause.FUNDRAISING)
    if asked.type in NEVER_A_CONDITION:
        found.add(Clause.NO_CONDITION)
    return frozenset(found)


def elements(asked: Proposed) -> list[Finding]:
    """What a consent lacks before it can be signed; ``detail['field']`` names the element."""
    return [
        *_parties(asked), *_what(asked), *_end(asked), *_of_its_type(asked), *_signers(asked), *combined([asked.type, *asked.also]),
        *(
            stop("consent.clause", f"The text says nothing of {each.label}. Use a form that says it.", field="clauses", clause=each.value)
            for each in sorted(required(asked) - asked.clauses)
        ),
    ]  # fmt: skip


def _parties(asked: Proposed) -> Iterable[Finding]:
    """Elements 1, 2 and 4: whose record, from whom, to whom."""
    shape = SHAPES[asked.type]
    if not asked.client_name.strip():
        yield stop(
            "consent.client", "The client's name is missing. Open the consent from their chart.", field="client_name"
        )
    if not asked.discloser.strip():
        yield stop(
            "consent.discloser", "Say who may give the information: this site, or every site.", field="discloser"
        )
    if not asked.recipients and not asked.kinds:
        words = "Say who may get it: name them, or choose the class that the law allows."
        yield stop("consent.recipients", words if shape.classed else "Name who may get it.", field="recipients")
    if asked.kinds and not shape.classed:
        yield stop(
            "consent.class",
            "Only a consent for treatment, payment and operations may name a class. Name them.",
            field="recipients",
        )
    if shape.kinds and asked.recipients and not any(each.kind in shape.kinds for each in asked.recipients):
        wanted = " or ".join(sorted(each.label.lower() for each in shape.kinds))
        yield stop(
            "consent.kind", f"This consent goes to another kind of recipient: {wanted}. Choose one.", field="recipients"
        )
    if asked.type is ConsentType.INTERMEDIARY:
        if asked.participants not in PARTICIPANTS:
            words = "Say which members of the exchange may get it: those who treat the client, or those that are named."
            yield stop("consent.participants", words, field="participants")
        elif asked.participants == NAMED and all(each.kind in shape.kinds for each in asked.recipients):
            yield stop("consent.participants", "Name the members of the exchange too.", field="recipients")


def _what(asked: Proposed) -> Iterable[Finding]:
    """Elements 3 and 5: what, and what for."""
    shape = SHAPES[asked.type]
    if not asked.classes:
        yield stop("consent.classes", "Tick what may be given. A description alone is not enough.", field="classes")
    if InfoClass.COUNSELING_NOTES in asked.classes and asked.type is not ConsentType.SUD_COUNSELING_NOTES:
        words = "SUD counseling notes need a consent of their own (42 CFR 2.31(b)). Take them out here."
        yield stop("consent.counseling_alone", words, field="classes")
    elif asked.classes - shape.classes:
        words = ", ".join(sorted(each.label for each in asked.classes - shape.classes))
        yield stop("consent.beyond", f"This consent cannot reach: {words}. Take it out.", field="classes")
    if not asked.purposes:
        yield stop("consent.purposes", "Say what it is for.", field="purposes")
    if Purpose.HLEGAL in asked.purposes and asked.type is not ConsentType.LEGAL_PROCEEDING:
        words = "A legal proceeding needs a consent of its own (42 CFR 2.31(d)). Take it out here."
        yield stop("consent.legal_alone", words, field="purposes")
    elif asked.purposes - shape.purposes:
        words = ", ".join(sorted(each.label for each in asked.purposes - shape.purposes))
        yield stop("consent.beyond_purpose", f"This consent cannot be for: {words}. Take it out.", field="purposes")


def _end(asked: Proposed) -> Iterable[Finding]:
    """Element 7: until when."""
    if asked.expiry is None or asked.expiry not in SHAPES[asked.type].expiries:
        yield stop("consent.expiry", "Say when it ends.", field="expiry")
    elif asked.expiry is ExpiryKind.DATE and asked.expires_on is None:
        yield stop("consent.expires_on", "Write the day on which it ends.", field="expires_on")
    elif asked.expiry is ExpiryKind.NONE and asked.purposes - TPO:
        words = "Only a consent for treatment, payment and operations may have no end. Choose a date or an event."
        yield stop("consent.no_end", words, field="expiry")
    if asked.expiry is ExpiryKind.DATE and asked.expires_on is not None and asked.expires_on < asked.today:
        yield stop("consent.past", "That day is over. Choose a later one.", field="expires_on")


def _of_its_type(asked: Proposed) -> Iterable[Finding]:
    """What one type asks for besides; and that nothing depends on signing where it may not."""
    if asked.type is ConsentType.LEGAL_PROCEEDING and not asked.proceeding.strip():
        yield stop("consent.proceeding", "Name the proceeding: the case, its number, the court.", field="proceeding")
    if asked.type is ConsentType.RESEARCH and not asked.proceeding.strip():
        yield stop("consent.study", "Name the study.", field="proceeding")
    if asked.conditioned and asked.type in NEVER_A_CONDITION:
        words = (
            "Nothing may depend on signing this: not treatment, payment, enrolment or eligibility (42 CFR 2.31(b)(3))."
        )
        yield stop("consent.condition", words, field="conditioned")
    if asked.type is not ConsentType.CRIMINAL_JUSTICE_REFERRAL:
        return
    if not asked.required_by.strip():
        yield stop(
            "consent.required_by",
            "Say who made treatment a condition: the court, parole, the case.",
            field="required_by",
        )
    if not asked.period_words.strip():
        words = "Say why it lasts as long as it does: the treatment and the case (42 CFR 2.35(b))."
        yield stop("consent.period", words, field="period_words")
    if asked.revocable_on is None:
        words = "Write the day from which the client may revoke it, no later than the end of the case (42 CFR 2.35(c))."
        yield stop("consent.revocable_on", words, field="revocable_on")
    elif asked.expires_on is not None and asked.revocable_on > asked.expires_on:
        yield stop(
            "consent.revocable_late",
            "It would end before it can be revoked. Choose an earlier day.",
            field="revocable_on",
        )


def _signers(asked: Proposed) -> Iterable[Finding]:
    """Element 8, who has to sign: the client, with a minor a guardian too, or a representative in their place."""
    if not asked.signers:
        yield stop("consent.signers", "Say who signs.", field="signers")
    elif Signer.REPRESENTATIVE in asked.signers and len(asked.signers) > 1:
        yield stop(
            "consent.signers", "A representative signs in the client's place. Choose one or the other.", field="signers"
        )
    elif Signer.GUARDIAN in asked.signers and Signer.CLIENT not in asked.signers:
        yield stop(
            "consent.signers", "A parent or guardian signs beside the client, not alone (42 CFR 2.14).", field="signers"
        )
    elif asked.age < 18 and asked.signers == (Signer.CLIENT,) and not asked.minor_alone:
        words = (
            "The client is under 18. Both sign, the client and a parent or guardian, unless state law lets the client consent to "
            "this care alone (42 CFR 2.14): then say so."
        )
        yield stop("consent.minor", words, field="signers")
    elif asked.age >= 18 and Signer.GUARDIAN in asked.signers:
        words = "The client is of age and signs alone, or a representative with authority signs for them."
        yield stop("consent.of_age", words, field="signers")


@dataclass(frozen=True)
class Signed:
    """A signature under a consent; ``written``: something is drawn, or a paper is named."""

    role: Signer
    name: str
    written: bool
    signed_on: date | None
    authority: str = ""


def signature(signed: Signed, signers: tuple[Signer, ...], today: date) -> list[Finding]:
    """What stands against one signature (elements 8 and 9)."""
    found = []
    if signed.role not in signers:
        found.append(stop("consent.not_asked", "This consent does not ask for that signature.", field="role"))
    if not signed.name.strip():
        found.append(stop("consent.signed_name", "Write the name of who signs.", field="name"))
    if not signed.written:
        words = "Nothing is signed. Sign in the frame, or say where the signed paper is."
        found.append(stop("consent.signature", words, field="paper"))
    if signed.signed_on is None:
        found.append(stop("consent.signed_on", "Write the day it was signed.", field="signed_on"))
    elif signed.signed_on > today:
        found.append(
            stop(
                "consent.future",
                "It cannot be signed on a day to come. Write the day it was signed.",
                field="signed_on",
            )
        )
    if signed.role is not Signer.CLIENT and not signed.authority.strip():
        words = "Say what lets them sign: parent, guardian by court order, and where the paper is."
        found.append(stop("consent.authority", words, field="authority"))
    return found


def complete(asked: Proposed, signatures: Iterable[Signed]) -> list[Finding]:
    """Everything a usable consent has, signatures too."""
    signed = tuple(signatures)
    missing = [each for each in asked.signers if each not in {one.role for one in signed}]
    return [
        *elements(asked),
        *(finding for each in signed for finding in signature(each, asked.signers, asked.today)),
        *(stop("consent.unsigned", f"{each.label} has not signed.", field="signatures") for each in missing),
    ]


_CLAUSE_LABELS = {
    Clause.HIPAA: "what a recipient under HIPAA may do with it (42 CFR 2.31(a)(4)(iii))",
    Clause.FUNDRAISING: "the right to refuse fundraising (42 CFR 2.31(a)(5)(iii))",
    Clause.REVOCATION: "the right to revoke, and how (42 CFR 2.31(a)(6))",
    Clause.REVOCATION_CJ: "when it can be revoked (42 CFR 2.35(a)(2), (c))",
    Clause.REDISCLOSURE: "that it may be passed on and lose its protection (42 CFR 2.31(a)(10)(i))",
    Clause.REFUSAL: "what follows from not signing (42 CFR 2.31(a)(10)(ii))",
    Clause.NO_CONDITION: "that nothing depends on signing (42 CFR 2.31(b)(3))",
}
