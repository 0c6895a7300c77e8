"""May this leave, and how? The one decision behind everything that goes out (42 CFR Part 2), refusing unless exactly one basis holds.

The order: inside the program; a qualified service organization; SUD counseling notes; a proceeding; restrictions; a consent that was
revoked, has ended or lacks something; the match of discloser, recipient, purpose, information and time; what is necessary; the notice
and the consent's copy or scope. Exceptions to consent (``grounds.py``) carry their own facts. Examples: docs/rules/disclosure.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from audit.rules.findings import Finding, Severity, note, override, stop, worst_first
from privacy.rules.basis import OF_TYPE, Basis
from privacy.rules.classes import ORDINARY, TPO, InfoClass, Purpose, RecipientKind
from privacy.rules.consents import HeldConsent, against
from privacy.rules.grounds import CourtOrder, Emergency, Ground, asks_for_restraint
from privacy.rules.matching import misses, of_its_own, preferred
from privacy.rules.necessary import beyond_usual, most_for
from privacy.rules.notices import Channel, Statement
from privacy.rules.parties import Party

NOTES = InfoClass.COUNSELING_NOTES
OF_DAYS = frozenset({
    InfoClass.PRESENCE, InfoClass.VITALS, InfoClass.SCALES, InfoClass.DRUG_SCREENS, InfoClass.ASSESSMENTS, InfoClass.NOTES,
    InfoClass.GROUPS, InfoClass.INCIDENTS, InfoClass.BILLING,
})  # fmt: skip
"""What belongs to days, so that a release of later days holds nothing of earlier ones."""


class Attachment(StrEnum):
    """What of the consent goes along (42 CFR 2.32(b))."""

    NONE = "none"
    COPY = "copy"
    SCOPE = "scope"

    @property
    def label(self) -> str:
        """In words."""
        return {"none": "Nothing", "copy": "A copy of the consent", "scope": "The scope of the consent"}[self.value]


@dataclass(frozen=True)
class Restriction:
    """What the client asked to keep back and the program agreed to (42 CFR 2.26). An empty set means all of them.

    ``before``: the program ended it for what is recorded from that day on; what stood before stays back (2.26(b)).
    """

    pk: int
    classes: frozenset[InfoClass] = frozenset()
    recipients: frozenset[int] = frozenset()
    kinds: frozenset[RecipientKind] = frozenset()
    purposes: frozenset[Purpose] = TPO
    words: str = ""
    before: date | None = None


@dataclass(frozen=True)
class Asked:
    """What is asked to leave. ``inside``: why a colleague needs it ('' = it goes out). ``consent`` names the one that is meant (None:
    whichever fits best). ``proceeding``: which one, by its docket or name. ``first``: the first day of what is asked for, if any."""

    at: datetime
    site_id: int
    to: Party
    purpose: Purpose
    classes: frozenset[InfoClass]
    channel: Channel
    inside: str = ""
    proceeding: str = ""
    ground: Ground | None = None
    consent: int | None = None
    attachment: Attachment = Attachment.SCOPE
    first: date | None = None


@dataclass(frozen=True)
class Decision:
    """``basis`` None: refused, and nothing may go. ``withheld`` was asked for and stays here. ``consent`` is the one relied on."""

    basis: Basis | None
    classes: frozenset[InfoClass]
    withheld: frozenset[InfoClass]
    findings: tuple[Finding, ...]
    consent: HeldConsent | None = None
    statement: Statement | None = None
    attachment: Attachment = Attachment.NONE

    @property
    def allowed(self) -> bool:
        """True where something may go (perhaps with a reason: see the findings that ask for one)."""
        return self.basis is not None

    @property
    def asks(self) -> bool:
        """True where it may go, but only with a reason."""
        return self.allowed and any(finding.severity is Severity.OVERRIDE for finding in self.findings)

    @property
    def stops(self) -> tuple[Finding, ...]:
        """What refuses it."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.STOP)


def decide(asked: Asked, consents: Sequence[HeldConsent], restrictions: Sequence[Restriction] = ()) -> Decision:
    """The decision at ``asked.at``. ``consents`` are the client's own, in any state; ``restrictions`` those in force."""
    if not asked.classes:
        return _refused(asked, stop("disclosure.nothing", "Choose what is to be released."))
    if asked.ground is not None and asked.consent is not None:
        return _refused(asked, stop("disclosure.two_bases", "A release rests on one basis: a consent or an exception."))
    if asked.inside:
        return _inside(asked)
    if NOTES in asked.classes and len(asked.classes) > 1:
        return _refused(asked, stop(
            "disclosure.counseling_alone",
            "SUD counseling notes leave by themselves, under a consent of their own (42 CFR 2.31(b)). Release them apart.",
        ))  # fmt: skip
    proceeding = asked.purpose is Purpose.HLEGAL
    if asked.ground is None and asked.to.serves and asked.purpose in TPO and NOTES not in asked.classes:
        return _within(asked, Basis.QSO_2_12C4, ORDINARY, restrictions)
    if proceeding and asked.ground is not None and not isinstance(asked.ground, CourtOrder):
        return _refused(asked, stop(
            "disclosure.proceeding",
            "For a proceeding only the client's consent to that proceeding counts, or a court order with its mandate (42 CFR 2.61).",
        ))  # fmt: skip
    if asked.ground is not None:
        return _excepted(asked, asked.ground, restrictions)
    return _consented(asked, consents, restrictions)


def _inside(asked: Asked) -> Decision:
    """Colleagues who need it for diagnosis, treatment or referral; counseling notes are their author's alone."""
    if NOTES in asked.classes:
        words = "SUD counseling notes are their author's. Others do not read them inside the program either."
        return _refused(asked, stop("disclosure.counseling_inside", words))
    return Decision(Basis.INTERNAL_2_12C3, asked.classes, frozenset(), ())


def _excepted(asked: Asked, ground: Ground, restrictions: Sequence[Restriction]) -> Decision:
    """An exception with its own facts."""
    lacking = list(ground.against(asked.to, asked.channel, asked.at))
    beyond = asked.classes - ground.scope
    if NOTES in beyond:
        lacking.append(stop(
            "disclosure.counseling_consent",
            "SUD counseling notes need the client's consent for them (42 CFR 2.31(b)). This exception does not reach them.",
        ))  # fmt: skip
    elif beyond:
        lacking.append(stop(
            "disclosure.beyond_scope", f"{ground.basis.label} does not reach: {_words(beyond)}. Leave it out.",
            classes=sorted(beyond),
        ))  # fmt: skip
    if lacking:
        return _refused(asked, *lacking)
    return _within(asked, ground.basis, ground.scope, restrictions, emergency=isinstance(ground, Emergency))


def _within(
    asked: Asked,
    basis: Basis,
    scope: frozenset[InfoClass],
    restrictions: Sequence[Restriction],
    emergency: bool = False,
) -> Decision:
    """No consent is behind it: restrictions, then what is necessary."""
    order = basis in {Basis.COURT_2_64, Basis.COURT_2_65, Basis.COURT_2_66, Basis.COURT_2_67}
    hit = () if order or basis is Basis.PATIENT_2_23 else _hits(asked, restrictions)
    if hit and not emergency:
        return _refused(asked, *hit)
    more = [asks_for_restraint(asked.to)] if hit else []
    purpose = Purpose.ETREAT if emergency else asked.purpose
    return Decision(
        basis,
        asked.classes & scope,
        asked.classes - scope,
        worst_first([*more, *_more_than_needed(purpose, asked.classes)]),
    )


def _consented(asked: Asked, consents: Sequence[HeldConsent], restrictions: Sequence[Restriction]) -> Decision:
    """Restrictions, then the consents that fit, then the match, then what is necessary."""
    if asked.to.is_client:
        words = "For a client's own copy record their request; it needs no consent (42 CFR 2.23)."
        return _refused(asked, stop("disclosure.own_copy", words))
    if hit := _hits(asked, restrictions):
        return _refused(asked, *hit)
    meant = [held for held in consents if asked.consent is None or held.pk == asked.consent]
    fitting = [
        held
        for held in meant
        if not list(misses(held, asked.site_id, asked.to, asked.purpose, asked.classes, asked.proceeding))
    ]
    good = [held for held in fitting if not against(held, asked.at)]
    if not good:
        return _refused(asked, *_why_none(asked, meant, fitting))
    held = max(good, key=lambda each: preferred(each, asked.classes))
    classes = asked.classes & held.allowed & most_for(asked.purpose)
    withheld = asked.classes - classes
    if not classes:
        return _refused(asked, stop("disclosure.nothing_left", f"For {asked.purpose.label} nothing of this may go."))
    said = []
    if withheld:
        said.append(note(
            "disclosure.withheld", f"Not covered, and left out: {_words(withheld)}.", classes=sorted(withheld)
        ))  # fmt: skip
    return Decision(
        basis=OF_TYPE[held.type], classes=classes, withheld=withheld, consent=held, statement=asked.channel.statement,
        attachment=Attachment.COPY if asked.attachment is Attachment.COPY else Attachment.SCOPE,
        findings=worst_first([*_more_than_needed(asked.purpose, classes), *said]),
    )  # fmt: skip


def _why_none(asked: Asked, meant: Sequence[HeldConsent], fitting: Sequence[HeldConsent]) -> Iterable[Finding]:
    """Why no consent permits it: what is wrong with the ones that would fit; else what the nearest ones do not reach."""
    if fitting:
        return [finding for held in fitting for finding in against(held, asked.at)]
    if asked.purpose is Purpose.HLEGAL:
        words = (
            "For a proceeding a consent of its own is needed that names it, or a court order with its mandate "
            "(42 CFR 2.31(d), 2.61). No other consent counts."
        )
        return [stop("disclosure.proceeding", words)]
    if NOTES in asked.classes:
        words = "SUD counseling notes leave only under a consent for them and nothing else (42 CFR 2.31(b))."
        return [stop("disclosure.counseling_consent", words)]
    base = stop(
        "disclosure.no_consent",
        f"No consent in force lets this go to {asked.to.name} for {asked.purpose.label}. "
        "Have the client sign one that names them, or record the exception it rests on.",
    )
    near = [
        (held, found)
        for held in meant
        if not against(held, asked.at) and not of_its_own(held)
        for found in [list(misses(held, asked.site_id, asked.to, asked.purpose, asked.classes, asked.proceeding))]
    ]
    fewest = min((len(found) for _, found in near), default=0)
    return [
        base,
        *(
            note(code, f"{held.type.label}: {words}")
            for held, found in near
            if len(found) == fewest
            for code, words in found
        ),
    ]


def _hits(asked: Asked, restrictions: Sequence[Restriction]) -> tuple[Finding, ...]:
    """The restrictions that this meets."""
    found = []
    purpose = Purpose.TREAT if asked.purpose is Purpose.ETREAT else asked.purpose
    for each in restrictions:
        classes = asked.classes & each.classes if each.classes else asked.classes
        if each.before is not None and asked.first is not None and asked.first >= each.before:
            classes -= OF_DAYS
        whom = (not each.recipients and not each.kinds) or asked.to.pk in each.recipients or asked.to.kind in each.kinds
        if classes and whom and (not each.purposes or purpose in each.purposes):
            why = f" ({each.words})" if each.words else ""
            found.append(stop(
                "disclosure.restricted",
                f"The client asked that {_words(classes)} not go to {asked.to.name}, and it was agreed{why}. Leave it out.",
                restriction=each.pk,
            ))  # fmt: skip
    return tuple(found)


def _more_than_needed(purpose: Purpose, classes: frozenset[InfoClass]) -> list[Finding]:
    more = beyond_usual(purpose, classes)
    if not more:
        return []
    words = f"For {purpose.label} this is more than is usually needed: {_words(more)}. Leave it out, or say why it is necessary."
    return [override("disclosure.more_than_needed", words, classes=sorted(more))]


def _refused(asked: Asked, *findings: Finding) -> Decision:
    return Decision(None, frozenset(), asked.classes, worst_first(findings))


def _words(classes: Iterable[InfoClass]) -> str:
    """'Diagnoses, Progress notes', in the order of the classes."""
    wanted = frozenset(classes)
    return ", ".join(each.label for each in InfoClass if each in wanted)
