"""A client asked for their own record; more time was taken; it was answered (42 CFR 2.23, 45 CFR 164.524)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from privacy.models import AccessRequest, AccessStep, Disclosure
from privacy.queries.own_access import Access, given_since, request_of
from privacy.rules.grounds import Ground, OwnAccess
from privacy.rules.own_access import AccessStepKind, Wanted, wrong_extension
from programs.models import Client, Site
from programs.people import ids_of
from programs.rules.words import check_words, tidy
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


@action("privacy.access_request")
def keep_access_request(
    *, by: Person, at: datetime, site: Site, client_id: int, asked_on: date, how: str, asks: str, wanted: str, key: UUID | None = None
) -> AccessRequest:  # fmt: skip
    """Write down that a client asked for their own record. Its thirty days run from ``asked_on``; no consent is needed (2.23).

    Raises Refused (``access.*``, ``words.*``), NotAllowed, Client.DoesNotExist.
    """
    client = Client.objects.select_for_update(of=("self",)).get(pk=client_id)
    require(by, Capability.RELEASE, site.pk, at)
    findings = check_words(how, "how", longest=200, missing="Write how they asked: in person, by letter.")
    findings += check_words(asks, "asks", longest=400, missing="Write what they ask for, in their words.")
    if wanted not in set(Wanted):
        findings.append(stop("access.form", "Choose in which form they want it.", field="wanted"))
    if asked_on > at.astimezone(site.tz).date():
        findings.append(stop("access.later", "This day has not come yet.", field="asked_on"))
    if findings:
        raise Refused(*findings)

    row = AccessRequest.objects.create(
        client=client, site=site, asked_on=asked_on, how=tidy(how), asks=tidy(asks), wanted=wanted, at=at, by=by
    )
    trail.record(
        "privacy.access_request", by=by, at=at, subject=row, site_id=site.pk, client_id=client.pk,
        summary=f"Access request {row.pk} of {client.record_number} written",
    )  # fmt: skip
    return row


def _once(kwargs: Mapping[str, Any]) -> Finding:
    return stop("access.answered", "This request is answered already. Reload the page to see how.")


def _extended(kwargs: Mapping[str, Any]) -> Finding:
    return stop("access.extended", "It was extended once already. There is no second time: answer it.", field="kind")


@action(
    "privacy.access_step", explain={"privacy_access_answered_once": _once, "privacy_access_extended_once": _extended}
)
def step_access_request(
    *, by: Person, at: datetime, request_id: int, kind: str, until: date | None = None, reason: str = "", review: str = "",
    disclosure_id: int | None = None, key: UUID | None = None,
) -> AccessStep:  # fmt: skip
    """More time until a day, with the reason the client was told; or the answer: given or given in part (``disclosure_id`` names what
    went to the client), or refused, with the reason and how the client can have it reviewed.

    Raises Refused (``access.*``, ``words.*``), NotAllowed, AccessRequest.DoesNotExist.
    """
    row = AccessRequest.objects.select_for_update(of=("self",)).select_related("client").get(pk=request_id)
    require(by, Capability.PRIVACY_DUTIES, row.site_id, at)
    found = request_of({row.site_id}, at, row.pk)
    if kind not in set(AccessStepKind) or found is None:
        raise Refused(stop("access.unknown", "Choose what happened.", field="kind"))
    if found.answer is not None:
        raise Refused(_once({}))
    went = given_since(row, ids_of(row.client)).filter(pk=disclosure_id).first() if disclosure_id is not None else None
    findings = check_words(reason, "reason", longest=400) + check_words(review, "review", longest=400)
    findings += _wrong_step(found, AccessStepKind(kind), until, went, tidy(reason), tidy(review))
    if findings:
        raise Refused(*findings)

    return _write(
        row, AccessStepKind(kind), by, at, until=until, reason=tidy(reason), review=tidy(review), disclosure=went
    )


def answering(client: Client, ground: Ground | None) -> AccessRequest | None:
    """The request that a release on this ground answers, locked; None where it names none. For use inside another act.

    Raises Refused (``access.answered``, ``access.other``).
    """
    if not isinstance(ground, OwnAccess) or not ground.access:
        return None
    row = (
        AccessRequest.objects.select_for_update(of=("self",))
        .filter(pk=ground.access, client__in=ids_of(client))
        .first()
    )
    if row is None:
        raise Refused(stop("access.other", "That request is another client's. Reload the page and choose again."))
    if _answered(row):
        raise Refused(_once({}))
    return row


def answer_with(row: AccessRequest, disclosure: Disclosure, by: Person, at: datetime) -> None:
    """It is given by this disclosure, unless it was answered meanwhile (a link is opened more than once). Inside another act."""
    if not _answered(row):
        _write(row, AccessStepKind.GIVEN, by, at, disclosure=disclosure)


def _answered(row: AccessRequest) -> bool:
    return row.steps.exclude(kind=AccessStepKind.EXTENDED).exists()


def _write(row: AccessRequest, kind: AccessStepKind, by: Person, at: datetime, **more: Any) -> AccessStep:
    made = AccessStep.objects.create(request=row, kind=kind, at=at, by=by, **more)
    trail.record(
        "privacy.access_step", by=by, at=at, subject=row, site_id=row.site_id, client_id=row.client_id,
        summary=f"Access request {row.pk}: {kind.label.lower()}",
    )  # fmt: skip
    return made


def _wrong_step(
    found: Access, kind: AccessStepKind, until: date | None, went: Disclosure | None, reason: str, review: str
) -> list[Finding]:  # fmt: skip
    wrong = []
    if kind is AccessStepKind.EXTENDED:
        wrong += wrong_extension(found.clock, until, found.today)
    elif until is not None:
        wrong.append(stop("access.until", "Only more time has a new last day. Leave it empty.", field="until"))
    given = kind in {AccessStepKind.GIVEN, AccessStepKind.PART}
    if given and went is None:
        sentence = "Choose what was given. If nothing was released yet, release it to the client first, under Release."
        wrong.append(stop("access.disclosure", sentence, field="disclosure"))
    elif not given and went is not None:
        wrong.append(stop("access.disclosure", "Nothing was given with this. Leave it empty.", field="disclosure"))
    if kind is not AccessStepKind.GIVEN and not reason:
        wrong.append(stop("access.reason", "Write the reason, as the client is told it in writing.", field="reason"))
    denied = kind in {AccessStepKind.PART, AccessStepKind.REFUSED}
    if denied and not review:
        sentence = "Write how the client can have it reviewed, and to whom they can complain (45 CFR 164.524(d))."
        wrong.append(stop("access.review", sentence, field="review"))
    if (kind is AccessStepKind.GIVEN and (reason or review)) or (kind is AccessStepKind.EXTENDED and review):
        sentence = "A reason and a review are of what is not given. Leave them empty, or choose another answer."
        wrong.append(stop("access.given", sentence, field="review" if review else "reason"))
    return wrong
