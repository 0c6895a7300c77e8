"""What happens to a signed consent: revoked in writing or by word, its event came, found untrue, put away. Each a row of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.rules.seal import digest
from privacy.actions.consents import open_consent
from privacy.models import Consent, ConsentEvent
from privacy.queries.consents import standing
from privacy.rules.consents import ConsentType, ExpiryKind
from privacy.rules.revoking import WHOLE, may_revoke, scope_findings
from programs.rules.signature import read_strokes, stroke_findings, svg_of
from programs.rules.words import check_words, tidy
from programs.scene import Scene
from staff.models import Person

Kind = ConsentEvent.Kind
OBSERVED = (ExpiryKind.END_OF_STUDY, ExpiryKind.END_OF_CASE)
"""Ends that a person attests; the end of the treatment is seen from the discharge."""


def _once(kwargs: Mapping[str, Any]) -> Finding:
    return stop("consent.over", "Somebody wrote that already. Reload the page to see it.")


@action("privacy.revoke_consent", explain={"privacy_event_once": _once, "privacy_revoked_recipient_once": _once})
def revoke_consent(
    *,
    by: Person,
    at: datetime,
    consent_id: int,
    scope: str = WHOLE,
    recipient_id: int | None = None,
    recipient_kind: str = "",
    info_class: str = "",
    strokes: object = None,
    paper: str = "",
    words: str = "",
    key: UUID | None = None,
) -> ConsentEvent:
    """The client revokes in writing: drawn on the tablet (``strokes``), or on ``paper`` (where it is). From now on nothing is sent.

    A hold after an oral revocation is settled by it. Raises Refused: nothing in writing, nothing to revoke, a criminal-justice
    consent before its day (``consent.not_yet_revocable``); NotAllowed.
    """
    here, row, today = _signed_one(by, at, consent_id)
    drawn = read_strokes(strokes) if strokes is not None else None
    findings = list(may_revoke(ConsentType(row.type), row.revocable_on, today))
    named = set(row.named.values_list("recipient_id", flat=True))
    findings += scope_findings(scope, recipient_id, recipient_kind, info_class, named, set(row.kinds), set(row.classes))
    findings += check_words(words, "words", longest=300) + check_words(paper, "paper", longest=200)
    if strokes is not None:
        findings += stroke_findings(drawn)
    elif not paper.strip():
        findings.append(
            stop(
                "consent.in_writing",
                "A revocation is in writing. Hand the tablet over, or say where the paper is.",
                field="paper",
            )
        )
    if findings:
        raise Refused(*findings)

    kept = [[list(point) for point in stroke] for stroke in drawn or ()]
    made = ConsentEvent.objects.create(
        consent=row, kind=Kind.REVOKED, scope=scope, recipient_id=recipient_id if scope == "recipient" else None,
        recipient_kind=recipient_kind if scope == "kind" else "", info_class=info_class if scope == "class" else "",
        words=tidy(words), paper=tidy(paper), strokes=kept, svg=svg_of(drawn) if drawn else "", ends=_hold(row), at=at, by=by,
        sha256=digest([row.sha256, scope, recipient_id, recipient_kind, info_class, kept, paper, at.isoformat()]),
    )  # fmt: skip
    _tell(here, "privacy.revoke_consent", f"revoked ({ConsentEvent.Scope(scope).label.lower()})", row, made, by, at)
    return made


@action("privacy.hold_consent")
def hold_consent(*, by: Person, at: datetime, consent_id: int, words: str, key: UUID | None = None) -> ConsentEvent:
    """The client revokes by word: nothing is sent from now on, until the paper comes or they take it back. Raises Refused."""
    here, row, today = _signed_one(by, at, consent_id)
    findings = list(may_revoke(ConsentType(row.type), row.revocable_on, today))
    findings += check_words(words, "words", longest=300, missing="Write what the client said, and to whom.")
    if _hold(row) is not None:
        findings.append(
            stop("consent.held", "It is held already. Have the revocation signed, or write that they took it back.")
        )
    if findings:
        raise Refused(*findings)
    return _written(here, row, Kind.HELD, words, "held: revoked by word", by, at)


@action("privacy.lift_hold", explain={"privacy_consentevent_ends_id_key": _once})
def lift_hold(*, by: Person, at: datetime, consent_id: int, words: str, key: UUID | None = None) -> ConsentEvent:
    """The client takes an oral revocation back; the consent counts again. Raises Refused."""
    here, row, _ = _signed_one(by, at, consent_id)
    hold = _hold(row)
    findings = check_words(words, "words", longest=300, missing="Write what the client said, and to whom.")
    if hold is None:
        findings.append(stop("consent.not_held", "It is not held. Reload the page."))
    if findings:
        raise Refused(*findings)
    return _written(here, row, Kind.LIFTED, words, "counts again: oral revocation taken back", by, at, ends=hold)


@action("privacy.ask_revocation")
def ask_early(*, by: Person, at: datetime, consent_id: int, words: str, key: UUID | None = None) -> ConsentEvent:
    """Keep that the client asked to revoke a criminal-justice consent before its day; it goes on counting. Raises Refused."""
    here, row, today = _signed_one(by, at, consent_id)
    findings = check_words(words, "words", longest=300, missing="Write what the client asked, and what they were told.")
    if not may_revoke(ConsentType(row.type), row.revocable_on, today):
        findings.append(stop("consent.revocable", "This consent can be revoked now. Have the revocation signed."))
    if findings:
        raise Refused(*findings)
    return _written(here, row, Kind.ASKED, words, "asked to be revoked before its day", by, at)


@action("privacy.end_consent", explain={"privacy_event_once": _once})
def end_consent(*, by: Person, at: datetime, consent_id: int, words: str, key: UUID | None = None) -> ConsentEvent:
    """Attest that the event came with which it ends: the study or the case is over. Raises Refused."""
    here, row, _ = _signed_one(by, at, consent_id)
    findings = check_words(
        words, "words", longest=300, missing="Say what came: the judgment, the end of the study, and who told you."
    )
    if row.expiry not in OBSERVED:
        findings.append(
            stop("consent.ends_itself", "It does not end with a case or a study. To end it, have it revoked.")
        )
    if findings:
        raise Refused(*findings)
    return _written(here, row, Kind.ENDED, words, "ended with its event", by, at)


@action("privacy.untrue_consent")
def find_untrue(*, by: Person, at: datetime, consent_id: int, words: str, key: UUID | None = None) -> ConsentEvent:
    """Say that something in it is known to be untrue; it cannot be relied on any more (42 CFR 2.31(c)(4)). Raises Refused."""
    here, row, _ = _signed_one(by, at, consent_id)
    if findings := check_words(words, "words", longest=300, missing="Say what is untrue in it, and how you know."):
        raise Refused(*findings)
    return _written(here, row, Kind.UNTRUE, words, "found to be untrue", by, at)


@action("privacy.drop_consent", explain={"privacy_event_once": _once})
def drop_consent(
    *, by: Person, at: datetime, consent_id: int, words: str = "", key: UUID | None = None
) -> ConsentEvent:
    """Put one away that was not signed: the client would not, or it was written by mistake. Raises Refused."""
    here, row = open_consent(by, at, consent_id)
    findings = check_words(words, "words", longest=300)
    if set(row.signatures.values_list("role", flat=True)) >= set(row.signers):
        findings.append(stop("consent.signed", "It is signed. To end it, have it revoked."))
    if findings:
        raise Refused(*findings)
    return _written(here, row, Kind.DROPPED, words, "put away without a signature", by, at)


def _signed_one(by: Person, at: datetime, consent_id: int) -> tuple[Scene, Consent, Any]:
    """A consent that is signed and did not end, under lock, and today on the site's calendar."""
    here, row = open_consent(by, at, consent_id)
    state = standing([row.client_id], at, consent_id)
    if state is None or state.held is None:
        raise Refused(stop("consent.not_signed", "It is not signed. Have it signed, or put it away."))
    if state.over:
        raise Refused(stop("consent.over", f"It ended before: {state.why} Nothing was written."))
    return here, row, at.astimezone(here.site.tz).date()


def _hold(row: Consent) -> ConsentEvent | None:
    """The oral revocation that is not settled."""
    return row.events.filter(kind=Kind.HELD, ended_with=None).first()


def _written(
    here: Scene, row: Consent, kind: str, words: str, said: str, by: Person, at: datetime, ends: ConsentEvent | None = None
) -> ConsentEvent:  # fmt: skip
    made = ConsentEvent.objects.create(consent=row, kind=kind, words=tidy(words), ends=ends, at=at, by=by)
    verb = {
        Kind.HELD: "privacy.hold_consent", Kind.LIFTED: "privacy.lift_hold", Kind.ASKED: "privacy.ask_revocation",
        Kind.ENDED: "privacy.end_consent", Kind.UNTRUE: "privacy.untrue_consent", Kind.DROPPED: "privacy.drop_consent",
    }[Kind(kind)]  # fmt: skip
    _tell(here, verb, said, row, made, by, at)
    return made


def _tell(here: Scene, verb: str, said: str, row: Consent, made: ConsentEvent, by: Person, at: datetime) -> None:
    label = ConsentType(row.type).label
    here.record(verb, f"{here.client.short_name}: consent '{label}' {said}", made, by, at, consent=row.pk)
