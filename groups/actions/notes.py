"""Write a session's note by many hands: who writes a part first owns it, and signing seals it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from groups.access import lock_session
from groups.actions.common import announce, join
from groups.findings import changed_elsewhere, part_findings
from groups.models import Part, Session
from groups.queries.note import key_of, written_of
from groups.queries.roster import roster
from staff.models import Person, Signature


def _sealed(kwargs: Mapping[str, Any]) -> Finding:
    return stop("part.signed", "This part is signed and sealed. Write what is missing as a note in the chart.")


@action("groups.begin_part")
def begin_part(
    *, by: Person, at: datetime, session_id: int, section: str, client_id: int | None = None, key: UUID | None = None
) -> Part:
    """Claim a part that nobody has written, for a minute: others see who is at it. Refused as ``write_part`` is."""
    session = lock_session(by, at, session_id)
    part = _part(session, section, client_id, at)
    refused = part_findings(written_of(part), by.pk, at, session.site.tz)
    if refused:
        raise Refused(*refused)

    if not part.text:
        join(session, by)
        part.author, part.saved_at = by, at
        _store(part)

    announce(session, [f"part:{key_of(section, client_id)}"])
    return part


@action("groups.write_part", explain={"groups_part_append_only": _sealed})
def write_part(
    *,
    by: Person,
    at: datetime,
    session_id: int,
    section: str,
    client_id: int | None = None,
    text: str,
    version: int,
    key: UUID | None = None,
) -> Part:
    """Save the words of a part; ``version`` is the one they were written on (0 = none).

    The same words again answer the part as it stands. Refused: ``part.taken`` where it is someone else's, ``part.signed``,
    ``part.changed`` where the author saved it from another window. The trail notes the first words and the signature; the saves
    between are drafts.
    """
    session = lock_session(by, at, session_id)
    part = _part(session, section, client_id, at)

    refused = part_findings(written_of(part), by.pk, at, session.site.tz)
    if refused:
        raise Refused(*refused)
    if part.author_id == by.pk and part.text == text:
        return part
    if part.version != version:
        raise Refused(changed_elsewhere(written_of(part), session.site.tz))

    join(session, by)
    part.author, part.text, part.version, part.saved_at = by, text, part.version + 1, at
    _store(part)
    if part.version == 1:
        trail.record(
            "groups.write_part", by=by, at=at, subject=part, site_id=session.site_id, client_id=client_id,
            summary=f"Began {part.get_section_display().lower()} of {session.series.name}",
        )  # fmt: skip

    announce(session, [f"part:{key_of(section, client_id)}"])
    return part


@action("groups.sign_parts", explain={"groups_part_append_only": _sealed})
def sign_parts(*, by: Person, at: datetime, session_id: int, key: UUID | None = None) -> Session:
    """Sign every part of the session that this person wrote and has not signed; they are sealed from then on.

    Refused ``note.nothing_to_sign`` where there is none.
    """
    session = lock_session(by, at, session_id)
    mine = list(
        session.parts.select_for_update(no_key=True).filter(author=by, signed_at=None).exclude(text="").order_by("pk")
    )
    if not mine:
        raise Refused(stop("note.nothing_to_sign", "No words of yours wait for your name. Write your part first."))

    for part in mine:
        digest = hashlib.sha256(part.text.encode()).hexdigest()
        Signature.objects.create(
            person=by, credentials=by.credentials, meaning="author", subject_kind=part._meta.label, subject_id=part.pk,
            content_sha256=digest, at=at,
        )  # fmt: skip
        part.signed_at = at
        part.save(update_fields=["signed_at"])
        trail.record(
            "groups.sign_parts", by=by, at=at, subject=part, site_id=session.site_id, client_id=part.client_id,
            summary=f"Signed {part.get_section_display().lower()} of {session.series.name}",
            detail={"version": part.version, "sha256": digest},
        )  # fmt: skip

    announce(session, [f"part:{key_of(part.section, part.client_id)}" for part in mine])
    return session


def _part(session: Session, section: str, client_id: int | None, at: datetime) -> Part:
    """The part as it stands, locked, or a new one not yet stored. Raises Part.DoesNotExist where the note has no such part."""
    of_whom: dict[str, Any] = {"client__isnull": True} if client_id is None else {"client_id": client_id}
    rows = session.parts.select_related("author").select_for_update(of=("self",), no_key=True)
    found = rows.filter(section=section, **of_whom).first()
    if found is not None:
        return found
    if section not in Part.Section.values or (section == Part.Section.MEMBER) != (client_id is not None):
        raise Part.DoesNotExist
    if client_id is not None and all(row.client_id != client_id for row in roster(session, at)):
        raise Part.DoesNotExist
    return Part(session=session, section=section, client_id=client_id)


def _store(part: Part) -> None:
    """Save without a version in the history: a draft is not a record yet; its signature is."""
    part.skip_history_when_saving = True  # type: ignore[attr-defined]
    try:
        part.save()
    finally:
        del part.skip_history_when_saving  # type: ignore[attr-defined]
