"""Put names under a note: the author's, which seals, and the supervisor's where a credential is provisional."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, refuse_unless_overridden, stop
from groups.access import lock_session
from groups.actions.common import announce
from groups.models import Addendum, Cosign, Part, Session
from groups.queries.note import key_of
from groups.queries.packs import pack_book
from groups.queries.signing import checked, note_state
from groups.rules.notes import digest, plain
from groups.rules.packs import Packs
from staff.actions.signatures import sign
from staff.models import Person
from staff.rules.credentials import split_credentials

NO_REASONS: Mapping[str, str] = MappingProxyType({})


def _sealed(kwargs: Mapping[str, Any]) -> Finding:
    return stop("part.signed", "This part is signed and sealed. Write what is missing as an addendum.")


@action("groups.sign_parts", explain={"groups_part_append_only": _sealed})
def sign_parts(
    *, by: Person, at: datetime, session_id: int, reasons: Mapping[str, str] = NO_REASONS, key: UUID | None = None
) -> Session:  # fmt: skip
    """Sign every part of the session that this person wrote and has not signed; they are sealed from then on.

    Refused: ``note.nothing_to_sign``; ``note.names_member`` where a part names another member; ``note.names_perhaps`` and
    ``note.alike`` unless ``reasons`` says why. Where the credential is provisional, each part waits for a co-signature.
    """
    session = lock_session(by, at, session_id)
    unsigned = session.parts.select_for_update(no_key=True).filter(author=by, signed_at=None).exclude(text="")
    mine = list(unsigned.order_by("pk"))
    if not mine:
        raise Refused(stop("note.nothing_to_sign", "No words of yours wait for your name. Write your part first."))
    overridden = refuse_unless_overridden(checked(session, mine), reasons)

    rule = _packs(session, at).cosign(by.credentials, _day(session, at))
    for part in mine:
        part.signed_at, part.sha256 = at, digest(session.pk, part.section, part.client_id, part.text)
        sign(by=by, at=at, meaning="author", subject=part, sealed=part.sha256)
        part.save(update_fields=["signed_at", "sha256"])
        if rule is not None:
            Cosign.objects.create(part=part, due_at=at + timedelta(hours=rule.hours), rule=rule.source[:200])
        trail.record(
            "groups.sign_parts", by=by, at=at, subject=part, site_id=session.site_id, client_id=part.client_id,
            summary=f"Signed {part.get_section_display().lower()} of {session.name}",
            detail={
                "version": part.version, "sha256": part.sha256,
                "overridden": {finding.code: reasons[finding.code].strip() for finding in overridden},
            },
        )  # fmt: skip
    settle(session, at)

    announce(session, [f"part:{key_of(part.section, part.client_id)}" for part in mine])
    return session


@action("groups.cosign_parts")
def cosign_parts(*, by: Person, at: datetime, session_id: int, key: UUID | None = None) -> Session:
    """Put a supervisor's name under every part of the session that waits for one.

    Refused: ``note.nothing_to_cosign``, ``note.cosign_own`` where only their own parts wait, ``note.cosign_credential`` where
    their credential does not count.
    """
    session = lock_session(by, at, session_id)
    rows = Cosign.objects.select_related("part").select_for_update(of=("self",), no_key=True)
    waiting = list(rows.filter(part__session=session, at=None).order_by("pk"))
    if not waiting:
        raise Refused(stop("note.nothing_to_cosign", "No part of this note waits for a co-signature."))
    others = [row for row in waiting if row.part.author_id != by.pk]
    if not others:
        raise Refused(stop("note.cosign_own", "These are your own words: someone else co-signs them."))
    allowed = _packs(session, at).cosigners(_day(session, at))
    if not allowed & set(split_credentials(by.credentials)):
        held = f"Yours is {by.credentials}" if by.credentials else "Yours is not recorded"
        raise Refused(
            stop(
                "note.cosign_credential",
                f"Co-signing takes one of {', '.join(sorted(allowed))}. {held}; ask one of them.",
            )
        )

    for row in others:
        sign(by=by, at=at, meaning="cosign", subject=row.part, sealed=row.part.sha256)
        row.by, row.at = by, at
        row.save(update_fields=["by", "at"])
        trail.record(
            "groups.cosign_parts", by=by, at=at, subject=row.part, site_id=session.site_id, client_id=row.part.client_id,
            summary=f"Co-signed {row.part.get_section_display().lower()} of {session.name}",
            detail={"sha256": row.part.sha256, "due_at": row.due_at.isoformat()},
        )  # fmt: skip
    settle(session, at)

    announce(session, [f"part:{key_of(row.part.section, row.part.client_id)}" for row in others])
    return session


@action("groups.add_to_part")
def add_to_part(*, by: Person, at: datetime, part_id: int, text: str, why: str, key: UUID | None = None) -> Addendum:
    """Add words to a signed part, with the reason, signed as they are written; the sealed words stay as they are.

    Refused: ``addendum.unsigned`` where the part is not signed yet, ``addendum.empty`` and ``addendum.why`` where words or reason are
    missing, ``note.names_member`` as for a part.
    """
    part = Part.objects.get(pk=part_id)
    session = lock_session(by, at, part.session_id)
    words, reason = plain(text).strip(), why.strip()
    if part.signed_at is None:
        raise Refused(stop("addendum.unsigned", "This part is not signed yet: its author can still change its words."))
    if not words:
        raise Refused(stop("addendum.empty", "Write what is added."))
    if not reason or len(reason) > 400:
        raise Refused(
            stop("addendum.why", "Say in at most 400 characters why it is added now: a late entry, a correction.")
        )
    draft = Part(session=session, section=part.section, client_id=part.client_id, author=by, text=words)
    refuse_unless_overridden(
        [each for each in checked(session, [draft]) if each.code != "note.alike"], {"note.names_perhaps": reason}
    )

    sealed = digest(session.pk, part.section, part.client_id, words)
    row = Addendum.objects.create(part=part, text=words, why=reason, by=by, at=at, sha256=sealed)
    sign(by=by, at=at, meaning="author", subject=row, sealed=sealed)
    trail.record(
        "groups.add_to_part", by=by, at=at, subject=row, site_id=session.site_id, client_id=part.client_id,
        summary=f"Added to {part.get_section_display().lower()} of {session.name}: {reason}", detail={"sha256": sealed},
    )  # fmt: skip

    announce(session, [f"part:{key_of(part.section, part.client_id)}"])
    return row


def settle(session: Session, at: datetime) -> None:
    """Note whether every required signature stands now; the caller has locked the session."""
    complete = note_state(session).complete
    if complete == (session.completed_at is not None):
        return
    session.completed_at = at if complete else None
    session.save(update_fields=["completed_at"])


def _packs(session: Session, at: datetime) -> Packs:
    programs = [] if session.series is None else list(session.series.programs.values_list("pk", flat=True))
    return pack_book(session.site_id).packs(_day(session, at), programs)


def _day(session: Session, at: datetime) -> date:
    return at.astimezone(session.site.tz).date()
