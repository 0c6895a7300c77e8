"""Write a session's note by many hands: who writes a part first owns it, until they sign it or a colleague takes it over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from groups.access import lock_session
from groups.actions.common import announce, join, refuse_cancelled
from groups.findings import CLAIM, changed_elsewhere, part_findings
from groups.models import Part, Session
from groups.queries.note import key_of, written_of
from groups.queries.roster import roster
from groups.queries.signing import shared_sections
from groups.rules.notes import digest, plain
from staff.models import Person


def _sealed(kwargs: Mapping[str, Any]) -> Finding:
    return stop("part.signed", "This part is signed and sealed. Write what is missing as an addendum.")


@action("groups.begin_part")
def begin_part(
    *, by: Person, at: datetime, session_id: int, section: str, client_id: int | None = None, key: UUID | None = None
) -> Part:
    """Claim a part that nobody has written, for a minute: others see who is at it. Refused as ``write_part`` is."""
    session = lock_session(by, at, session_id)
    part = part_for(session, section, client_id, at)
    refused = part_findings(written_of(part), by.pk, at, session.site.tz)
    if refused:
        raise Refused(*refused)

    if not part.text:
        join(session, by)
        part.author, part.saved_at = by, at
        store(part)

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
    part = part_for(session, section, client_id, at)
    text = plain(text)

    refused = part_findings(written_of(part), by.pk, at, session.site.tz)
    if refused:
        raise Refused(*refused)
    if part.author_id == by.pk and part.text == text:
        return part
    if part.version != version:
        raise Refused(changed_elsewhere(written_of(part), session.site.tz))

    join(session, by)
    part.author, part.text, part.version, part.saved_at = by, text, part.version + 1, at
    store(part)
    if part.version == 1:
        trail.record(
            "groups.write_part", by=by, at=at, subject=part, site_id=session.site_id, client_id=client_id,
            summary=f"Began {part.get_section_display().lower()} of {session.name}",
        )  # fmt: skip

    announce(session, [f"part:{key_of(section, client_id)}"])
    return part


@action("groups.take_over")
def take_over(
    *,
    by: Person,
    at: datetime,
    session_id: int,
    section: str,
    client_id: int | None = None,
    why: str,
    key: UUID | None = None,
) -> Part:
    """Take a colleague's unsigned part over, its words with it; who signs them answers for them.

    Refused: ``part.signed``, ``part.nothing`` where nobody began it, ``part.writing`` while they write, ``reason.missing``.
    """
    session = lock_session(by, at, session_id)
    part = part_for(session, section, client_id, at)
    if part.signed_at is not None:
        raise Refused(*part_findings(written_of(part), by.pk, at, session.site.tz))
    if part.author is None or not part.text:
        raise Refused(stop("part.nothing", "Nobody has written this part. Just write it."))
    if part.author_id == by.pk:
        return part
    if part.saved_at is not None and at < part.saved_at + CLAIM:
        message = f"{part.author.signature} saved words here less than a minute ago. Try again when they have stopped for a minute."
        raise Refused(stop("part.writing", message))
    if not why.strip() or len(why.strip()) > 400:
        raise Refused(stop("reason.missing", "Say in at most 400 characters why you take this part over."))

    before, digest_then = part.author.signature, digest(session.pk, part.section, part.client_id, part.text)
    join(session, by)
    part.author, part.version, part.saved_at = by, part.version + 1, at
    store(part)
    trail.record(
        "groups.take_over", by=by, at=at, subject=part, site_id=session.site_id, client_id=client_id,
        summary=f"Took over {part.get_section_display().lower()} of {session.name} from {before}: {why.strip()}",
        detail={"sha256": digest_then, "version": part.version},
    )  # fmt: skip

    announce(session, [f"part:{key_of(section, client_id)}"])
    return part


def part_for(session: Session, section: str, client_id: int | None, at: datetime) -> Part:
    """The part as it stands, locked, or a new one not yet stored. Raises Part.DoesNotExist where the note has no such part."""
    of_whom: dict[str, Any] = {"client__isnull": True} if client_id is None else {"client_id": client_id}
    rows = session.parts.select_related("author").select_for_update(of=("self",), no_key=True)
    found = rows.filter(section=section, **of_whom).first()
    if found is not None:
        return found
    refuse_cancelled(session)
    known = {*shared_sections(session), Part.Section.MEMBER}
    if section not in known or (section == Part.Section.MEMBER) != (client_id is not None):
        raise Part.DoesNotExist
    if client_id is not None and all(row.client_id != client_id for row in roster(session, at)):
        raise Part.DoesNotExist
    return Part(session=session, section=section, client_id=client_id)


def store(part: Part) -> None:
    """Save without a version in the history: a draft is not a record yet; its signature is."""
    part.skip_history_when_saving = True  # type: ignore[attr-defined]
    try:
        part.save()
    finally:
        del part.skip_history_when_saving  # type: ignore[attr-defined]
