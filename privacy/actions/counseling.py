"""SUD counseling notes: write one, correct one's own, open one, let somebody read, end that. The words are sealed before they are kept."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction

from audit import sight, trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from privacy.models import CounselingNote, CounselingNoteGrant
from privacy.queries.counseling import Readable
from privacy.rules.counseling import check_grant, check_note
from privacy.sealing import NoKey, Secret, Unreadable, seal, unseal
from programs.models import Client, Placement, PlacementRequest, Site
from programs.people import ids_of
from programs.rules.words import tidy
from programs.scene import scene
from staff.access import posts, require
from staff.models import Person
from staff.rules.capabilities import Capability

OPENED = "privacy.counseling_opened"


def _corrected(kwargs: object) -> Finding:
    return stop(
        "counseling.corrected", "You corrected this note already. Open the newest version and correct that one."
    )


@action("privacy.counseling_note", explain={"privacy_counselingnote_corrects_id_key": _corrected})
def write_counseling_note(
    *, by: Person, at: datetime, client_id: int, text: Secret, about_at: datetime, corrects: int | None = None, key: UUID | None = None
) -> CounselingNote:  # fmt: skip
    """Keep a note for oneself alone; ``corrects``: in place of an earlier one of one's own. ``about_at``: when the session began (UTC).

    Raises NotAllowed, Refused (``counseling.*``, ``words.*``, ``facts.nowhere``), Client.DoesNotExist.
    """
    here = scene(by, at, client_id, Capability.WRITE_COUNSELING)
    old = None
    if corrects is not None:
        old = CounselingNote.objects.filter(pk=corrects, by=by, client__in=ids_of(here.client)).first()

    findings = check_note(text.value, about_at, at)
    if corrects is not None and old is None:
        findings.append(stop("counseling.unknown", "You have no such note. Reload the page."))
    if old is not None and CounselingNote.objects.filter(corrects=old).exists():
        findings.append(_corrected(None))
    if findings:
        raise Refused(*findings)

    row = CounselingNote(
        uid=uuid4(), client_id=old.client_id if old else here.client.pk, site_id=old.site_id if old else here.site.pk,
        about_at=about_at, corrects=old, at=at, by=by,
    )  # fmt: skip
    with connection.cursor() as cursor:  # a key is not dropped between its use and the row (rotate_counseling_key)
        cursor.execute("LOCK TABLE privacy_counselingnote IN ROW EXCLUSIVE MODE")
    try:
        row.key, row.sealed = seal(Secret(text.value.strip()), row.uid, row.bound)
    except NoKey as trouble:
        raise Refused(stop("counseling.no_key", str(trouble))) from None
    row.save(force_insert=True)
    trail.record(
        "privacy.counseling_note", by=by, at=at, subject=row, site_id=row.site_id, client_id=row.client_id,
        summary="Counseling note corrected" if old else "Counseling note written",
    )  # fmt: skip
    return row


def open_counseling_note(*, by: Person, at: datetime, site_id: int, found: Readable) -> str:
    """The words of a note that ``privacy.queries.counseling.readable`` let through. Every opening is on the trail, without them.

    Raises Refused where they cannot be opened: no key, or not as they were written.
    """
    row = found.note
    try:
        words = unseal(row.key, bytes(row.sealed), row.uid, row.bound)
    except (NoKey, Unreadable) as trouble:
        code = "counseling.altered" if isinstance(trouble, Unreadable) else "counseling.no_key"
        refusal = Refused(stop(code, str(trouble)))
        sight.refused(refusal)
        raise refusal from None
    with transaction.atomic():
        trail.record(
            OPENED, by=by, at=at, subject=row, site_id=site_id, client_id=row.client_id, summary="Counseling note opened",
            detail={"basis": found.basis.value, "grant": found.grant.pk if found.grant else None},
        )  # fmt: skip
    return words.value


@action("privacy.counseling_grant")
def grant_counseling(
    *, by: Person, at: datetime, site: Site, record_number: str, author_id: int, reader_id: int, basis: str, words: str,
    until: datetime, key: UUID | None = None,
) -> CounselingNoteGrant:  # fmt: skip
    """Let one person read what one author wrote of one client, on one basis of 42 CFR 2.31(b)(1), until an hour.

    It says nothing of whether there are such notes. Raises NotAllowed, Refused (``counseling.*``, ``words.*``).
    """
    require(by, Capability.GRANT_COUNSELING, site.pk, at)
    client = _of_site(site, record_number)
    author, reader = (Person.objects.filter(pk=pk).first() for pk in (author_id, reader_id))

    findings = check_grant(
        basis=basis, words=words, until=until, at=at, author_id=author_id, reader_id=reader_id, by_id=by.pk
    )
    if client is None:
        sentence = "No client of this site has that record number."
        findings.append(stop("counseling.record", sentence, field="record"))
    if author is None:
        findings.append(stop("counseling.nobody", "Choose who wrote the notes.", field="author"))
    if reader is None or not any(post.site_id == site.pk for post in posts(reader, at)):
        findings.append(stop("counseling.reader", "Choose somebody who works at this site now.", field="reader"))
    if findings or client is None or author is None or reader is None:
        raise Refused(*findings)

    row = CounselingNoteGrant.objects.create(
        client=client, site=site, author=author, reader=reader, basis=basis, words=tidy(words), at=at, ends_at=until, by=by
    )  # fmt: skip
    trail.record(
        "privacy.counseling_grant", by=by, at=at, subject=row, site_id=site.pk, client_id=client.pk,
        summary=f"{reader.signature} may read the counseling notes of {author.signature}: {row.label}",
        detail={"basis": basis, "until": until.isoformat()},
    )  # fmt: skip
    return row


@action("privacy.end_counseling_grant")
def end_counseling_grant(
    *, by: Person, at: datetime, site: Site, grant_id: int, key: UUID | None = None
) -> CounselingNoteGrant:
    """Nobody reads on this grant from now on. Ended already: nothing happens. Raises NotAllowed, CounselingNoteGrant.DoesNotExist."""
    require(by, Capability.GRANT_COUNSELING, site.pk, at)
    row = CounselingNoteGrant.objects.select_for_update(of=("self",)).get(pk=grant_id, site=site)
    if row.ended_at is not None or row.ends_at <= at:
        return row

    row.ended_at, row.ended_by = max(at, row.at), by
    row.save(update_fields=["ended_at", "ended_by"])
    trail.record(
        "privacy.end_counseling_grant", by=by, at=at, subject=row, site_id=site.pk, client_id=row.client_id,
        summary="Reading of counseling notes ended",
    )  # fmt: skip
    return row


def _of_site(site: Site, record_number: str) -> Client | None:
    """The client of this number who is, was or asks to be at the site."""
    found = Client.objects.filter(organisation=site.organisation_id, record_number=record_number.strip()).first()
    if found is None:
        return None
    ids = ids_of(found)
    placed = Placement.objects.filter(episode__client__in=ids, program__site=site).exists()
    return found if placed or PlacementRequest.objects.filter(client__in=ids, site=site).exists() else None
