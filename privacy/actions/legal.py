"""A legal paper came; counsel reviewed it; it was answered (42 CFR 2.61 to 2.67)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from privacy.models import LegalRequest, LegalStep, Recipient
from privacy.queries.legal import paper
from privacy.rules.classes import InfoClass
from privacy.rules.grounds import COURTS
from privacy.rules.legal import Answer, LegalKind, LegalStepKind
from programs.models import Client, Site
from programs.rules.words import check_words, tidy
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

LINES = {
    "named": (140, "Write who it asks for, as it stands there."), "sender": (140, "Write who sent it."),
    "asks": (400, "Write what it asks for."), "court": (140, ""), "docket": (60, ""), "mandate": (160, ""),
}  # fmt: skip


@action("privacy.legal_request")
def keep_legal_request(
    *, by: Person, at: datetime, site: Site, kind: str, named: str, sender: str, asks: str, received_on: date,
    due_on: date | None = None, court: str = "", docket: str = "", section: str = "", mandate: str = "", record_number: str = "",
    classes: Collection[str] = (), recipient_id: int | None = None, until: datetime | None = None, confidential_finding: bool = False,
    key: UUID | None = None,
) -> LegalRequest:  # fmt: skip
    """Write a legal paper down as it came. ``record_number``: of the client it is about, where it is one.

    Writing it permits nothing and tells nobody anything. Raises Refused (``legal.*``, ``words.*``), NotAllowed.
    """
    require(by, Capability.PRIVACY_DUTIES, site.pk, at)
    words = {"named": named, "sender": sender, "asks": asks, "court": court, "docket": docket, "mandate": mandate}
    findings = [
        each for field, (longest, missing) in LINES.items() for each in check_words(words[field], field, longest=longest, missing=missing)
    ]  # fmt: skip
    if kind not in set(LegalKind) or not set(classes) <= set(InfoClass):
        raise Refused(stop("legal.unknown", "Choose from the lists. Reload the page and try again."))
    findings += _wrong_order(kind, section, words, classes, until, confidential_finding)
    if received_on > at.astimezone(site.tz).date():
        findings.append(stop("legal.later", "This day has not come yet.", field="received_on"))
    client = Client.objects.filter(organisation=site.organisation_id, record_number__iexact=tidy(record_number)).first()
    if record_number.strip() and client is None:
        findings.append(stop("legal.no_record", "There is no such record number.", field="record_number"))
    recipient = recipient_of(recipient_id, site)
    if recipient_id is not None and recipient is None:
        findings.append(stop("recipient.unknown", "That recipient is not in the lists any more.", field="recipient"))
    if findings:
        raise Refused(*findings)

    row = LegalRequest.objects.create(
        site=site, kind=kind, client=client, received_on=received_on, due_on=due_on, section=section, classes=sorted(set(classes)),
        recipient=recipient, until=until, confidential_finding=confidential_finding, at=at, by=by,
        **{name: tidy(value) for name, value in words.items()},
    )  # fmt: skip
    trail.record(
        "privacy.legal_request", by=by, at=at, subject=row, site_id=site.pk, client_id=client.pk if client else None,
        summary=f"Legal request {row.pk} ({LegalKind(kind).label.lower()}) written",
    )  # fmt: skip
    return row


def recipient_of(pk: int | None, site: Site) -> Recipient | None:
    """One of the organisation's recipients that count now; None where there is none."""
    if pk is None:
        return None
    return Recipient.objects.filter(pk=pk, organisation=site.organisation_id, ended_at=None).first()


def _wrong_order(
    kind: str, section: str, words: Mapping[str, str], classes: Collection[str], until: datetime | None, finding: bool
) -> list[Finding]:  # fmt: skip
    """What an order must say, and what nothing else can have."""
    if kind != LegalKind.ORDER:
        if section or classes or words["mandate"].strip() or until or finding:
            sentence = "Only a court order under 42 CFR 2.61 to 2.67 has a section, a scope, a mandate and an end. Leave them empty."
            return [stop("legal.no_order", sentence, field="section")]
        return []
    found = []
    if section not in COURTS:
        found.append(stop("legal.section", "Say under which section it was made.", field="section"))
    if not classes:
        found.append(stop("legal.scope", "Tick the parts of the record that the order names.", field="classes"))
    for field, sentence in (("court", "Write which court made it."), ("docket", "Write its docket number.")):
        if not words[field].strip():
            found.append(stop("legal.court", sentence, field=field))
    if InfoClass.COUNSELING_NOTES.value in classes and not finding:
        sentence = "SUD counseling notes are reached only by an order that cites a finding under 42 CFR 2.63."
        found.append(stop("legal.finding", sentence, field="classes"))
    return found


def _once(kwargs: Mapping[str, Any]) -> Finding:
    return stop("legal.answered", "It is answered already. Reload the page to see how.")


@action("privacy.legal_step", explain={"privacy_legal_answered_once": _once})
def step_legal_request(
    *, by: Person, at: datetime, request_id: int, kind: str, words: str, answer: str = "", key: UUID | None = None
) -> LegalStep:  # fmt: skip
    """Its mandate came, counsel reviewed it, or it was answered. 'Released' is answered only where the order permits a release.

    Raises Refused (``legal.*``, ``words.*``), NotAllowed, LegalRequest.DoesNotExist.
    """
    row = LegalRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    require(by, Capability.PRIVACY_DUTIES, row.site_id, at)
    found = paper({row.site_id}, at, row.pk)
    findings = check_words(words, "words", longest=400, missing="Write what came, what was said, or how it was sent.")
    if kind not in set(LegalStepKind) or (kind == LegalStepKind.ANSWERED) != (answer in set(Answer)):
        findings.append(stop("legal.answer", "Say how it was answered, or leave that empty.", field="answer"))
    elif found is not None and found.answered is not None:
        findings.append(_once({}))
    elif kind == LegalStepKind.MANDATE and row.kind != LegalKind.ORDER:
        findings.append(
            stop("legal.no_order", "A mandate belongs to an order. Write the order down first.", field="kind")
        )
    elif answer == Answer.RELEASED and found is not None and found.against:
        findings += found.against
    if findings:
        raise Refused(*findings)

    made = LegalStep.objects.create(request=row, kind=kind, answer=answer, words=tidy(words), at=at, by=by)
    trail.record(
        "privacy.legal_step", by=by, at=at, subject=row, site_id=row.site_id, client_id=row.client_id,
        summary=f"Legal request {row.pk}: {LegalStepKind(kind).label.lower()}",
    )  # fmt: skip
    return made
