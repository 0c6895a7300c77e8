"""DocumentReference: signed notes, as plain text, with what amends them; and what was signed of a group about one member."""

import base64
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.db.models import F

from chart.models import Note
from chart.queries.summary import TEMPLATE as DISCHARGE_TEMPLATE
from fhir_r4.rules.elements import Resource, clean, instant, own, period, ref
from fhir_r4.rules.provenance import provenance, staff
from groups.models import Addendum, Part


def attachment(text: str, title: str, at: datetime) -> Resource:
    """Words as an Attachment: UTF-8, base64."""
    return {
        "contentType": "text/plain;charset=utf-8",
        "data": base64.b64encode(text.encode()).decode(),
        "title": title,
        "creation": instant(at),
    }


def document(row: Note, corrected: str = "", under: int | None = None) -> Resource:
    """``corrected``: what the newest amendment that names it is, '' none: 'correction', 'retraction'; ``under``: who co-signed."""
    wrong = corrected == Note.Amendment.RETRACTION or row.amendment == Note.Amendment.RETRACTION
    prior, adds = row.corrects_id, row.adds_to_id if not row.corrects_id else None
    made: Resource = clean(
        {
            "resourceType": "DocumentReference",
            "id": f"note-{row.pk}",
            "status": "entered-in-error" if wrong else "superseded" if corrected else "current",
            "docStatus": "entered-in-error" if wrong else "amended" if prior else "final",
            "type": own("note", row.template or row.kind, row.title),
            "category": [own("note-kind", row.kind, row.get_kind_display())],
            "subject": ref("Patient", row.episode.client_id),
            "date": instant(row.written_at),
            "author": [ref("Practitioner", row.by_id)],
            "authenticator": ref("Practitioner", under),
            "custodian": ref("Organization", row.site.organisation_id),
            "relatesTo": [
                {"code": "replaces", "target": ref("DocumentReference", f"note-{prior}")} if prior else None,
                {"code": "appends", "target": ref("DocumentReference", f"note-{adds}")} if adds else None,
            ],
            "description": row.reason,
            "content": [{"attachment": attachment(row.text, row.title, row.written_at)}],
            "context": {"period": period(row.started_at or row.about_at, row.ended_at)},
        }
    )  # fmt: skip
    return made


def notes(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """Signed notes but discharge summaries, with Provenance, streamed. One query."""
    yield from _notes(client_ids, discharge=False)


def discharges(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """Discharge summaries and what amends them, with Provenance. One query."""
    yield from _notes(client_ids, discharge=True)


def _notes(client_ids: Collection[int], *, discharge: bool) -> Iterator[Resource]:
    rows = Note.objects.filter(episode__client__in=client_ids)
    rows = rows.filter(template=DISCHARGE_TEMPLATE) if discharge else rows.exclude(template=DISCHARGE_TEMPLATE)
    rows = rows.select_related("episode", "site").annotate(
        later=F("corrected_by__amendment"), name_under=F("cosign__by"), named_at=F("cosign__at")
    )
    for row in rows.order_by("pk").iterator(chunk_size=500):
        yield document(row, row.later or "", row.name_under)
        yield from _told(row, row.name_under, row.named_at)


def _told(row: Note, under: int | None, named_at: datetime | None) -> Iterator[Resource]:
    target = [f"DocumentReference/note-{row.pk}"]
    signed = {"": "author", "addendum": "addendum", "late_entry": "addendum", "retraction": "error"}.get(
        row.amendment, "modification"
    )
    found = [
        provenance(
            f"note-{row.pk}", target, staff(row.by_id, signed=signed), at=row.about_at, recorded=row.written_at,
            activity="UPDATE" if row.amendment else "CREATE", why=row.reason, sha256=row.sha256,
            replaces=f"DocumentReference/note-{row.corrects_id}" if row.corrects_id else "",
            source=f"DocumentReference/note-{row.copied_from_id}" if row.copied_from_id else "",
        )
    ]  # fmt: skip
    if under and named_at:
        agents = staff(under, "verifier", "cosign")
        found.append(
            provenance(f"note-{row.pk}-cosign", target, agents, at=named_at, activity="UPDATE", sha256=row.sha256)
        )
    yield from (each for each in found if each)


def group_document(part: Part, shared: Sequence[Part], added: Sequence[Addendum], under: int | None = None) -> Resource:
    """What was signed of one session about one member: the shared parts and their own; never another member's."""
    assert part.client_id is not None
    assert part.signed_at is not None
    words = [f"{each.get_section_display()}\n{each.text}" for each in (*shared, part)]
    words += [f"Added {instant(each.at)} ({each.why})\n{each.text}" for each in added]
    session = part.session
    made: Resource = clean(
        {
            "resourceType": "DocumentReference",
            "id": f"group-{part.pk}",
            "status": "current",
            "docStatus": "amended" if added else "final",
            "type": own("note", "group", "Group note"),
            "subject": ref("Patient", part.client_id),
            "date": instant(part.signed_at),
            "author": [ref("Practitioner", part.author_id)],
            "authenticator": ref("Practitioner", under),
            "custodian": ref("Organization", session.site.organisation_id),
            "content": [{"attachment": attachment("\n\n".join(words), session.name, part.signed_at)}],
            "context": {"period": period(session.started_at, session.ended_at)},
        }
    )
    return made


def group_notes(client_ids: Collection[int], at: datetime) -> Iterator[Resource]:
    """The members' own signed parts with the shared ones that were signed. Three queries."""
    own_parts = Part.objects.filter(client__in=client_ids, signed_at__isnull=False)
    sessions = own_parts.values("session_id")
    shared: dict[int, list[Part]] = defaultdict(list)
    for each in Part.objects.filter(client=None, session__in=sessions, signed_at__isnull=False).order_by(
        "-section", "pk"
    ):
        shared[each.session_id].append(each)
    added: dict[int, list[Addendum]] = defaultdict(list)
    for addendum in Addendum.objects.filter(part__in=own_parts.values("pk")).order_by("pk"):
        added[addendum.part_id].append(addendum)
    rows = own_parts.select_related("session__series", "session__site").annotate(
        name_under=F("cosign__by"), named_at=F("cosign__at")
    )
    for part in rows.order_by("pk").iterator(chunk_size=500):
        yield group_document(part, shared[part.session_id], added[part.pk], part.name_under)
        yield from _told_of_group(part, added[part.pk], part.name_under, part.named_at)


def _told_of_group(
    part: Part, added: Sequence[Addendum], under: int | None, named_at: datetime | None
) -> Iterator[Resource]:
    assert part.signed_at is not None
    target = [f"DocumentReference/group-{part.pk}"]
    found = [
        provenance(
            f"group-{part.pk}", target, staff(part.author_id, signed="author"), at=part.signed_at, sha256=part.sha256
        ),
        provenance(
            f"group-{part.pk}-cosign",
            target,
            staff(under, "verifier", "cosign"),
            at=named_at,
            activity="UPDATE",
        )
        if named_at
        else None,
    ]
    found += [
        provenance(
            f"addendum-{each.pk}", target, staff(each.by_id, signed="addendum"), at=each.at, activity="UPDATE", why=each.why,
            sha256=each.sha256,
        )
        for each in added
    ]  # fmt: skip
    yield from (each for each in found if each)
