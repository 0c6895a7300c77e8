"""Whose counseling notes somebody may read, and on what: their own, and what a grant lets them. Nothing here opens the words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from privacy.models import CounselingNote, CounselingNoteGrant
from privacy.rules.counseling import ReadBasis
from programs.models import Site
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Capability, roles_with


@dataclass(frozen=True)
class Readable:
    """A note with what lets it be read: the author's own, or a grant."""

    note: CounselingNote
    basis: ReadBasis
    grant: CounselingNoteGrant | None = None


def own(person_id: int, client_ids: Collection[int], site_ids: Collection[int]) -> QuerySet[CounselingNote]:
    """Every version of what this person wrote of a client at these sites."""
    return CounselingNote.objects.filter(by=person_id, client__in=client_ids, site__in=site_ids)


def newest(notes: QuerySet[CounselingNote]) -> QuerySet[CounselingNote]:
    """Those that count, the newest session first."""
    return notes.filter(corrected=None).select_related("by").order_by("-about_at", "-pk")


def grants(person_id: int, at: datetime, client_ids: Collection[int] | None = None) -> list[CounselingNoteGrant]:
    """What lets this person read the notes of others at an instant, of these clients or of any. One query."""
    rows = CounselingNoteGrant.objects.filter(_live(at), reader=person_id)
    if client_ids is not None:
        rows = rows.filter(client__in=client_ids)
    return list(rows.select_related("client", "author", "by", "site").order_by("ends_at", "pk"))


def of_grant(grant: CounselingNoteGrant, client_ids: Collection[int]) -> QuerySet[CounselingNote]:
    """What a grant lets its reader open: every version its author wrote of the client in the organisation."""
    organisation = grant.site.organisation_id
    return CounselingNote.objects.filter(
        by=grant.author_id, client__in=client_ids, site__organisation=organisation
    )  # fmt: skip


def readable(
    pk: int, person_id: int, client_ids: Collection[int], site_ids: Collection[int], at: datetime
) -> Readable | None:
    """One note, where this person may read it now; None as for one that is not there."""
    note = own(person_id, client_ids, site_ids).select_related("by").filter(pk=pk).first()
    if note is not None:
        return Readable(note, ReadBasis.ORIGINATOR)
    for grant in grants(person_id, at, client_ids):
        note = of_grant(grant, client_ids).select_related("by").filter(pk=pk).first()
        if note is not None:
            return Readable(note, ReadBasis(grant.basis), grant)
    return None


def versions(note: CounselingNote) -> list[CounselingNote]:
    """All versions of this note, the newest first. One query."""
    rows = {row.pk: row for row in CounselingNote.objects.filter(by=note.by_id, client=note.client_id)}
    after = {row.corrects_id: row for row in rows.values() if row.corrects_id is not None}
    last = rows[note.pk]
    while last.pk in after:
        last = after[last.pk]
    found = [last]
    while found[-1].corrects_id is not None:
        found.append(rows[found[-1].corrects_id])
    return found


def granted(site: Site, at: datetime) -> tuple[list[CounselingNoteGrant], list[CounselingNoteGrant]]:
    """The grants of a site that count at an instant, and the newest hundred that ended. Two queries."""
    rows = CounselingNoteGrant.objects.filter(site=site).select_related("client", "author", "reader", "by", "ended_by")
    return list(rows.filter(_live(at)).order_by("ends_at")), list(rows.exclude(_live(at)).order_by("-at")[:100])


def authors(site: Site) -> list[Person]:
    """Who keeps counseling notes at a site, or did. One query."""
    held = RoleAssignment.objects.filter(site=site, role__in=roles_with(Capability.WRITE_COUNSELING))
    return list(Person.objects.filter(pk__in=held.values("person")).order_by("name"))


def readers(site: Site, at: datetime) -> list[Person]:
    """Who works at a site now. One query."""
    held = RoleAssignment.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), site=site, started_at__lte=at)
    return list(Person.objects.filter(pk__in=held.values("person"), is_active=True).order_by("name"))


def _live(at: datetime) -> Q:
    return Q(at__lte=at, ends_at__gt=at) & (Q(ended_at=None) | Q(ended_at__gt=at))
