"""What a registered tablet says and asks: that it is there, the pass it keeps, and the doses charted without the network."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from audit.rules.findings import Finding, stop
from emar.actions.offline import Queued, heard_of, take_queue
from emar.actions.offline.said import asked_of
from emar.api.answers import FindingOut, RefusedOut, desk_of, findings_of
from emar.api.fields import Asked, Code, Id, Instant
from emar.device import grant, opened, signed, tablet_of
from emar.models import Tablet
from emar.queries.kept import kept_pass
from emar.rules.offline import MOST_IN_A_QUEUE, Clocks
from programs.desk import Desk
from staff.models import Person
from staff.rules.capabilities import Capability

router = Router(tags=["Tablets without the network"])
LONGEST = 8_000  # characters of one entry
FURTHEST = 100 * 366 * 24 * 3_600_000  # milliseconds: no clock is off by a century


class ContactIn(Asked):
    """What a tablet says of itself: its clock, and what waits on it."""

    device_at: Instant
    key_id: Code = ""
    unsent: Annotated[int, Field(ge=0, le=10_000)] = 0
    unsent_since: Instant | None = None
    unsent_by: Id | None = None
    unreadable: Annotated[int, Field(ge=0, le=10_000)] = 0


class GrantOut(Schema):
    """With what a tablet signs doses in the name of who is signed in."""

    token: str
    secret: str


class ContactOut(Schema):
    """The server's clock, who the tablet is, and in whose name it may chart."""

    now: Instant
    tablet: str
    person_id: int
    person: str
    may_give: bool
    grant: GrantOut | None


class EntryIn(Asked):
    """One dose, as the tablet wrote and signed it: ``entry`` is JSON text, so that the signature is over what is read."""

    key: UUID
    entry: Annotated[str, StringConstraints(min_length=2, max_length=LONGEST)]
    token: Annotated[str, StringConstraints(max_length=600)] = ""
    signature: Annotated[str, StringConstraints(max_length=64)] = ""


class QueueIn(Asked):
    """The doses in the order charted; ``sent_at`` is the tablet's clock now."""

    sent_at: Instant
    doses: Annotated[list[EntryIn], Field(min_length=1, max_length=MOST_IN_A_QUEUE)]


class TakenOut(Schema):
    """What became of one dose: 'charted', 'unsettled' (a person settles it), or 'kept' (not taken: the tablet keeps it)."""

    key: UUID
    result: str
    administration_id: int | None = None
    unsettled_id: int | None = None
    findings: list[FindingOut] = []


class QueueOut(Schema):
    """An answer for each dose, in the order sent. The same queue again gets the same answers."""

    answers: list[TakenOut]


@router.post("/tablet/contact", response={200: ContactOut, 410: RefusedOut}, summary="A tablet says that it is there")
def contact(request: HttpRequest, body: ContactIn, response: HttpResponse) -> Any:
    """The clocks are compared, and the tablet gets what it signs doses with. 410: it was revoked, and wipes itself."""
    desk, tablet = desk_of(request, Capability.SEE_PASS), _tablet(request)
    response["Cache-Control"] = "no-store"
    heard_of(
        at=desk.now, tablet_id=tablet.pk, person_id=desk.person.pk, unsent=body.unsent, unsent_since=body.unsent_since,
        unsent_by_id=body.unsent_by, unreadable=body.unreadable, key_id=body.key_id,
    )  # fmt: skip
    if tablet.revoked_at is not None:
        return Status(410, {"findings": findings_of((_revoked(tablet),))})
    may_give = desk.may(Capability.GIVE_DOSES) and desk.site.pk == tablet.site_id
    given = grant(tablet.pk, desk.person.pk, desk.now) if may_give else None
    return Status(
        200,
        {
            "now": desk.now, "tablet": tablet.name, "person_id": desk.person.pk, "person": desk.person.signature,
            "may_give": may_give, "grant": None if given is None else {"token": given.token, "secret": given.secret},
        },
    )  # fmt: skip


@router.get("/tablet/pass/{int:unit_id}", response={200: dict[str, Any], 410: RefusedOut}, summary="The pass to keep")
def kept(request: HttpRequest, unit_id: int, response: HttpResponse) -> Any:
    """All that a tablet checks a unit's doses by, for a shift. Only for a registered tablet of the site; never cached."""
    desk, tablet = desk_of(request, Capability.GIVE_DOSES), _tablet(request)
    response["Cache-Control"] = "no-store"
    if tablet.revoked_at is not None:
        return Status(410, {"findings": findings_of((_revoked(tablet),))})
    page = (
        kept_pass(desk.site, unit_id, at=desk.now, person_id=desk.person.pk) if desk.site.pk == tablet.site_id else None
    )
    if page is None:
        raise Http404("Nobody sleeps in this unit.")
    return Status(200, page)


@router.post(
    "/tablet/queue", response={200: QueueOut, 422: RefusedOut}, summary="Send doses charted without the network"
)
def send(request: HttpRequest, body: QueueIn, response: HttpResponse) -> Any:
    """Take up to 200 doses. Who charted one is who is signed in, or who the signature proves it was."""
    desk, tablet = desk_of(request, Capability.SEE_PASS), _tablet(request)
    response["Cache-Control"] = "no-store"
    read = [_read(sent, tablet, desk, body.sent_at) for sent in body.doses]
    fit = [each for each in read if isinstance(each, Queued)]
    taken = (
        {each.key: each for each in take_queue(by=desk.person, at=desk.now, tablet=tablet, doses=fit)} if fit else {}
    )
    answers = []
    for sent, each in zip(body.doses, read, strict=True):
        found = taken.get(sent.key)
        if isinstance(each, Finding) or found is None:
            findings = (each,) if isinstance(each, Finding) else ()
            answers.append({"key": sent.key, "result": "kept", "findings": findings_of(findings)})
            continue
        result = "charted" if found.administration_id else "unsettled" if found.unsettled_id else "kept"
        answers.append(
            {
                "key": sent.key, "result": result, "administration_id": found.administration_id,
                "unsettled_id": found.unsettled_id, "findings": findings_of(found.findings),
            }
        )  # fmt: skip
    return Status(200, {"answers": answers})


def _tablet(request: HttpRequest) -> Tablet:
    tablet = tablet_of(request)
    if tablet is None:
        raise Http404("This device is not a registered tablet. Ask an administrator to register it.")
    return tablet


def _revoked(tablet: Tablet) -> Finding:
    return stop("tablet.revoked", f"{tablet.name} was revoked. What it kept is wiped; nothing can be charted on it.")


def _read(sent: EntryIn, tablet: Tablet, desk: Desk, sent_at: datetime) -> Queued | Finding:
    """An entry, or why it is not taken: whose it is, and when it was charted, must be beyond doubt to be kept at all."""
    unreadable = stop(
        "tablet.unreadable", "The entry cannot be read. Write the dose down, and tell who keeps the tablets."
    )
    try:
        said = json.loads(sent.entry, parse_constant=_no_number)
        json.dumps(said, ensure_ascii=False).encode()  # half a character cannot be kept
        person_id, client_id, place = (int(said[name]) for name in ("person_id", "client_id", "place"))
        device_at, contact_at = _instant(said["device_at"]), _instant(said["contact_at"])
        offset = timedelta(milliseconds=int(said["offset_ms"]))
        clocks = Clocks(device_at, contact_at, offset, desk.now - sent_at)
        charted_at = clocks.charted_at
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return unreadable
    sane = max(abs(offset), abs(clocks.offset_now)) <= timedelta(milliseconds=FURTHEST) and 0 <= place < 2**31
    if not sane or said.get("key") != str(sent.key) or not (0 < client_id < 2**63) or "\\u0000" in sent.entry:
        return unreadable
    if person_id != desk.person.pk and not _proved(sent, tablet, person_id):
        return _not_signed(person_id)
    asked = asked_of(said, offset=offset, charted_at=charted_at)
    trouble = () if asked else (stop("tablet.unreadable", "The dose in this entry cannot be read as one."),)
    return Queued(
        key=sent.key, place=place, person_id=person_id, client_id=client_id, said=said, clocks=clocks,
        asked=asked and replace(asked, key=sent.key), trouble=trouble,
    )  # fmt: skip


def _proved(sent: EntryIn, tablet: Tablet, person_id: int) -> bool:
    granted = opened(sent.token)
    mine = granted is not None and (granted.tablet_id, granted.person_id) == (tablet.pk, person_id)
    return mine and signed(sent.token, sent.entry, sent.signature)


def _not_signed(person_id: int) -> Finding:
    who = Person.objects.filter(pk=person_id).first() if 0 < person_id < 2**63 else None
    name = who.signature if who else "whoever charted it"
    return stop("tablet.not_signed", f"Only {name} can send this dose: let {name} sign in on this tablet.")


def _no_number(text: str) -> float:
    """NaN and its like are no JSON that can be kept. Raises ValueError."""
    raise ValueError(text)


def _instant(value: object) -> datetime:
    """Raises ValueError for a text without a zone."""
    moment = datetime.fromisoformat(str(value))
    if moment.utcoffset() is None:
        raise ValueError("an instant without a zone")
    return moment.astimezone(UTC)
