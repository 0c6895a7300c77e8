"""Share links: make one, take it back, and open it. Every opening asks the gate again and is a disclosure."""

import functools
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from audit import trail
from audit.actions import action
from audit.rules.findings import Refused, stop
from privacy.actions.own_access import answer_with, answering
from privacy.actions.release import NONE_GIVEN, Content, keep, leaving, notice_of, permitted, refusal
from privacy.models import AccessRequest, Disclosure, LinkTry, ShareLink
from privacy.queries.gate import Going, look
from privacy.rules.basis import Basis
from privacy.rules.classes import InfoClass, Purpose
from privacy.rules.disclosure import Attachment
from privacy.rules.grounds import OwnAccess
from privacy.rules.notices import Channel
from programs.models import Client
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST = timedelta(days=7)
MOST_WRONG = 5  # codes, then the link is as good as gone
DIGITS = 8
LINKED = {Basis.QSO_2_12C4, Basis.PATIENT_2_23}
"""Besides consents, what a link may rest on: an exception's facts belong to one moment."""


@dataclass(frozen=True)
class Made:
    """A new link with what nobody can read again: the token of its address and its code."""

    link: ShareLink
    token: str
    code: str


def share(
    *, by: Person, at: datetime, going: Going, content: Content, proof_id: int | None, until: datetime, openings: int = 1,
    reasons: Mapping[str, str] = NONE_GIVEN, key: UUID | None = None,
) -> Made:  # fmt: skip
    """Make a link that opens ``openings`` times until an instant (a week at the most). Raises Refused, NotAllowed.

    The token and the code are in the answer alone. Under the same key the link is the same, and its code cannot be told again.
    """
    token, code = secrets.token_urlsafe(24), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    secret = _Secret(hashlib.sha256(token.encode()).hexdigest(), make_password(code))
    try:
        link = _share(
            by=by, at=at, going=going, content=content, proof_id=proof_id, until=until, openings=openings, reasons=reasons,
            secret=secret, key=key,
        )  # fmt: skip
    except Refused as refused:
        refusal(by=by, at=at, going=going, findings=refused.findings)
        raise
    fresh = link.token_sha256 == secret.token
    return Made(link, token if fresh else "", code if fresh else "")


@dataclass(frozen=True)
class _Secret:
    """Hashes of a token and a code; every try has others, so a retry is not known by them."""

    token: str
    code: str

    def __str__(self) -> str:
        return ""


@action("privacy.share")
def _share(
    *, by: Person, at: datetime, going: Going, content: Content, proof_id: int | None, until: datetime, openings: int,
    reasons: Mapping[str, str], secret: _Secret, key: UUID | None,
) -> ShareLink:  # fmt: skip
    if not at < until <= at + LONGEST:
        raise Refused(stop("link.until", "A link ends within seven days. Choose an earlier end."))
    if not 1 <= openings <= 5:
        raise Refused(stop("link.openings", "A link opens one to five times."))
    permit, passed = permitted(by=by, at=at, going=going, proof_id=proof_id, reasons=reasons)
    basis = permit.decision.basis
    if basis is None or not (basis.by_consent or basis in LINKED):
        raise Refused(stop("link.basis", "What rests on an exception is handed over or sent as a file, not by a link."))
    answering(going.client, going.ground)  # it is answered when the link is opened

    link = ShareLink.objects.create(
        **leaving(permit), file=keep(content, permit), token_sha256=secret.token, code_hash=secret.code, openings=openings,
        expires_at=until,
    )  # fmt: skip
    trail.record(
        "privacy.shared", by=by, at=at, subject=link, site_id=going.site.pk, client_id=going.client.pk,
        summary=f"Link to {content.what.lower()} of {going.client.record_number} made: {basis}",
        detail={"link": link.pk, "classes": link.classes, "consent": link.consent_id, "until": until.isoformat()},
        overridden=passed, reasons=reasons,
    )  # fmt: skip
    return link


@action("privacy.unshare")
def unshare(*, by: Person, at: datetime, link_id: int, key: UUID | None = None) -> ShareLink:
    """Take a link back: it answers as if it had never been. Raises Refused, NotAllowed."""
    link = ShareLink.objects.select_for_update(of=("self",)).select_related("site", "client").get(pk=link_id)
    require(by, Capability.RELEASE, link.site_id, at)
    if link.revoked_at is not None:
        raise Refused(stop("link.revoked", "This link was taken back already."))

    link.revoked_at, link.revoked_by = at, by
    link.save(update_fields=["revoked_at", "revoked_by"])
    trail.record(
        "privacy.unshared", by=by, at=at, subject=link, site_id=link.site_id, client_id=link.client_id,
        summary=f"Link to a record of {link.client.record_number} taken back",
    )  # fmt: skip
    return link


def open_link(*, token: str, code: str, at: datetime) -> Disclosure | None:
    """What a link leads to, as a new disclosure; None where there is no such link, it has ended, was used up or taken back, the code is
    wrong, or the gate no longer permits it. Whoever asks cannot tell these apart. A try, right or wrong, is written down.
    """
    with transaction.atomic():
        found = ShareLink.objects.filter(token_sha256=hashlib.sha256(token.encode()).hexdigest())
        list(
            Client.objects.select_for_update(of=("self",)).filter(sharelinks__in=found)
        )  # a revocation is before or after
        link = (
            found.select_for_update(of=("self",))
            .select_related("client", "site", "recipient", "consent", "by", "file")
            .first()
        )
        right = check_password(code, link.code_hash if link else _nobodys())
        if link is None or not _stands(link, at):
            return None
        LinkTry.objects.create(link=link, at=at, right=right)
        return _opened(link, at) if right else None


def _opened(link: ShareLink, at: datetime) -> Disclosure | None:
    """The gate once more, on what the link holds; the same consent, no less allowed, the same wording of the notice."""
    own = OwnAccess(str(link.ground["request"]), int(link.ground.get("access", 0))) if link.ground else None
    going = Going(
        link.client, link.site, link.recipient, Purpose(link.purpose), frozenset(map(InfoClass, link.classes)), Channel.LINK, link.summary,
        attachment=Attachment(link.attachment) if link.consent_id else Attachment.SCOPE, proceeding=link.proceeding,
        consent=link.consent_id, ground=own,
    )  # fmt: skip
    decision = look(going, at).decision
    notice = notice_of(decision, going, at) if decision.allowed else None
    same = decision.basis == link.basis and decision.classes >= going.classes
    if not same or (notice.version if notice else "") != link.notice_version:
        findings = decision.stops or (stop("link.no_longer", "The gate no longer permits what this link holds."),)
        refusal(by=link.by, at=at, going=going, findings=findings)
        return None
    row = Disclosure.objects.create(
        client=link.client, site=link.site, recipient=link.recipient, recipient_name=link.recipient_name,
        recipient_address=link.recipient_address, purpose=link.purpose, proceeding=link.proceeding, classes=link.classes,
        summary=link.summary, basis=link.basis, ground=link.ground, consent=link.consent, consent_sha256=link.consent_sha256,
        notice_version=link.notice_version, attachment=link.attachment, at=at, by=link.by, channel=Channel.LINK,
        content_sha256=link.file.sha256, size=link.file.size, file=link.file, link=link,
    )  # fmt: skip
    if own is not None and own.access:
        answer_with(AccessRequest.objects.select_for_update(of=("self",)).get(pk=own.access), row, link.by, at)
    trail.record(
        "privacy.opened", by=link.by, at=at, subject=row, site_id=link.site_id, client_id=link.client_id,
        summary=f"Link to a record of {link.client.record_number} opened: {link.basis}",
        detail={"disclosure": row.pk, "link": link.pk, "consent": link.consent_id},
    )  # fmt: skip
    return row


def _stands(link: ShareLink, at: datetime) -> bool:
    """Not over, not taken back, not used up, and not tried too often."""
    if link.revoked_at is not None or at >= link.expires_at or link.opened.count() >= link.openings:
        return False
    return link.tries.filter(right=False).count() < MOST_WRONG


@functools.cache
def _nobodys() -> str:
    """A code that nobody has, so that an unknown address takes as long as a known one."""
    return make_password(secrets.token_urlsafe(8))
