"""Let a record out: the one action behind everything that leaves. The gate decides in the transaction that writes the disclosure."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import transaction

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, refuse_unless_overridden, stop
from privacy.actions.own_access import answer_with, answering
from privacy.models import Consent, Disclosure, LeftFile
from privacy.queries.engagements import ended_meanwhile
from privacy.queries.gate import Going, Looked, look
from privacy.rules.basis import Basis
from privacy.rules.classes import InfoClass
from privacy.rules.disclosure import Decision
from privacy.rules.notices import NoticeText, notice_for
from programs.models import Client
from programs.step_up import signed
from staff.access import require
from staff.models import Person, ServiceAccount
from staff.rules.capabilities import Capability

PURPOSE = "privacy.release"
NONE_GIVEN: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Permit:
    """What the content is made from, once the gate said yes: the decision, the consent as it was signed, and the notice to print."""

    going: Going
    decision: Decision
    at: datetime
    by: Person
    consent: Consent | None
    notice: NoticeText | None


@dataclass(frozen=True)
class Content:
    """``make`` gives the bytes of what was permitted and nothing else; ``name`` is the file's. A retry is known by ``what``."""

    what: str
    name: str
    make: Callable[[Permit], bytes] = field(repr=False, compare=False)


def release(
    *,
    by: Person,
    at: datetime,
    going: Going,
    content: Content,
    proof_id: int | None,
    reasons: Mapping[str, str] = NONE_GIVEN,
    count: int = 1,
    key: UUID | None = None,
) -> Disclosure:
    """Decide again now, make the file, and write the disclosure with it. Raises Refused, NotAllowed; then nothing left.

    ``proof_id``: the person entered their own PIN for ``PURPOSE`` just now (None only for the house's own acts, which have their proof:
    an interface's token). A refusal stands on the trail with its codes and the state of every consent (``privacy.refused``).
    Source: 42 CFR 2.13, 2.25, 2.31(c), 2.32.
    """
    try:
        return _release(
            by=by, at=at, going=going, content=content, proof_id=proof_id, reasons=reasons, count=count, key=key
        )
    except Refused as refused:
        refusal(by=by, at=at, going=going, findings=refused.findings)
        raise


@action("privacy.release")
def _release(
    *, by: Person, at: datetime, going: Going, content: Content, proof_id: int | None, reasons: Mapping[str, str], count: int,
    key: UUID | None,
) -> Disclosure:  # fmt: skip
    permit, passed = permitted(by=by, at=at, going=going, proof_id=proof_id, reasons=reasons)
    request = answering(going.client, going.ground)

    file = keep(content, permit)
    row = Disclosure.objects.create(
        **leaving(permit), channel=going.channel, count=count, content_sha256=file.sha256, size=file.size, file=file
    )
    if request is not None:
        answer_with(request, row, by, at)
    trail.record(
        "privacy.released", by=by, at=at, subject=row, site_id=going.site.pk, client_id=going.client.pk,
        summary=f"{content.what} of {going.client.record_number} released: {permit.decision.basis}",
        detail={"disclosure": row.pk, "classes": row.classes, "purpose": row.purpose, "consent": row.consent_id, "sha256": file.sha256},
        overridden=passed, reasons=reasons,
    )  # fmt: skip
    return row


def permitted(
    *, by: Person, at: datetime, going: Going, proof_id: int | None, reasons: Mapping[str, str]
) -> tuple[Permit, tuple[Finding, ...]]:
    """The permit at this instant, under the lock of the client (so that a revocation is before or after it), and what was passed with
    a reason. Uses the proof up. Raises Refused, NotAllowed."""
    Client.objects.select_for_update(of=("self",)).get(pk=going.client.pk)
    if proof_id is not None or not ServiceAccount.objects.filter(person=by, closed_at=None).exists():
        require(by, Capability.RELEASE, going.site.pk, at)
    found = look(going, at)
    if found.decision.stops:
        raise Refused(*found.decision.findings)  # also what the nearest consents lack
    passed = refuse_unless_overridden(found.decision.findings, reasons)
    refused = [*_cannot(found), *ended_meanwhile(going.ground)]
    if refused:
        raise Refused(*refused)
    if proof_id is not None:
        signed(proof_id, by=by, purpose=PURPOSE, site=going.site, at=at, capability=Capability.RELEASE)
    consent = Consent.objects.get(pk=found.decision.consent.pk) if found.decision.consent else None
    return Permit(going, found.decision, at, by, consent, notice_of(found.decision, going, at)), passed


def _cannot(found: Looked) -> list[Finding]:
    """What no release can be without."""
    decision = found.decision
    if decision.basis is None or decision.basis is Basis.INTERNAL_2_12C3:
        return [stop("disclosure.no_basis", "Nothing permits this release.")]
    if InfoClass.IDENTITY not in decision.classes and decision.classes != {InfoClass.COUNSELING_NOTES}:
        words = "The consent does not name the client's name, so nothing can be sent that says whose it is. Have one signed that does."
        return [stop("disclosure.nameless", words)]
    return []


def notice_of(decision: Decision, going: Going, at: datetime) -> NoticeText | None:
    """The wording of the notice that goes along: the one that counts on the site's date."""
    if decision.statement is None:
        return None
    return notice_for(decision.statement, at.astimezone(going.site.tz).date())


def keep(content: Content, permit: Permit) -> LeftFile:
    """Make the file and keep it as it goes."""
    return keep_bytes(content.name, content.make(permit))


def keep_bytes(name: str, made: bytes) -> LeftFile:
    """Keep a file with its fingerprint."""
    return LeftFile.objects.create(name=name, content=made, sha256=hashlib.sha256(made).hexdigest(), size=len(made))


def leaving(permit: Permit) -> dict[str, Any]:
    """What a disclosure and a link both write down."""
    going, decision = permit.going, permit.decision
    to = going.recipient
    return {
        "client": going.client, "site": going.site, "recipient": to, "purpose": going.purpose, "proceeding": going.proceeding,
        "recipient_name": to.name if to else f"{going.client.called} in person", "recipient_address": to.address if to else "",
        "classes": [each.value for each in InfoClass if each in decision.classes], "summary": going.summary, "basis": decision.basis,
        "ground": facts(going), "consent": permit.consent, "consent_sha256": permit.consent.sha256 if permit.consent else "",
        "notice_version": permit.notice.version if permit.notice else "", "attachment": decision.attachment, "at": permit.at,
        "by": permit.by,
    }  # fmt: skip


def facts(going: Going) -> dict[str, object]:
    """The facts of an exception as they are kept; {} where none is behind it."""
    if going.ground is None:
        return {}
    plain = {
        name: sorted(map(str, value))
        if isinstance(value, frozenset)
        else value
        if isinstance(value, bool)
        else str(value)
        for name, value in vars(going.ground).items()
    }
    return {"kind": type(going.ground).__name__, **plain}


def refusal(*, by: Person, at: datetime, going: Going, findings: Iterable[Finding]) -> None:
    """Write a refused release down: what was asked, the codes, and the state of every consent at that instant."""
    found = look(going, at)
    codes = [finding.code for finding in findings]
    with transaction.atomic():
        trail.record(
            "privacy.refused", by=by, at=at, subject=going.client, site_id=going.site.pk, client_id=going.client.pk,
            summary=f"Release of {going.client.record_number} refused: {', '.join(codes)}",
            detail={
                "codes": codes, "recipient": going.recipient.pk if going.recipient else None, "purpose": going.purpose.value,
                "classes": sorted(going.classes), "channel": going.channel.value, "consents": found.states,
            },
        )  # fmt: skip
