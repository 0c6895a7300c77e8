"""What waits for one person's words or name: their drafts, and notes to co-sign."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chart.models import Note, NoteCosign, NoteDraft
from chart.queries.note_templates import templates
from chart.queries.notes import standing
from programs.contributions import cosigning
from programs.models import Client, Site
from staff.models import Person
from staff.rules.credentials import split_credentials


@dataclass(frozen=True)
class DraftLine:
    """A draft: whose chart, which template, its first words, when it was last saved. ``ended``: the episode has ended since."""

    pk: int
    client: Client
    episode_id: int
    template: str
    name: str
    line: str
    saved_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class CosignLine:
    """A note that waits for a supervisor's name."""

    note_id: int
    client: Client
    title: str
    by: str
    written_at: datetime
    due_at: datetime
    late: bool


@dataclass(frozen=True)
class Waiting:
    """What waits for a person at a site. ``unsigned``: their own notes that wait for somebody else's name."""

    drafts: tuple[DraftLine, ...]
    to_cosign: tuple[CosignLine, ...]
    unsigned: tuple[CosignLine, ...]

    @property
    def count(self) -> int:
        """How many wait for this person."""
        return len(self.drafts) + len(self.to_cosign)

    @property
    def overdue(self) -> int:
        """How many co-signatures are late."""
        return sum(line.late for line in self.to_cosign)


def waiting(person: Person, site: Site, at: datetime) -> Waiting:
    """What waits: drafts at every site, co-signatures at this one. Four queries."""
    rows = list(_cosigns(person, site, at))
    return Waiting(
        drafts=_drafts(person, site),
        to_cosign=tuple(line for mine, line in rows if not mine),
        unsigned=tuple(line for mine, line in rows if mine),
    )


def _drafts(person: Person, site: Site) -> tuple[DraftLine, ...]:
    known = templates(site.organisation_id)
    rows = NoteDraft.objects.filter(by=person, note=None, dropped_at=None).select_related("episode__client")
    found = []
    for row in rows.order_by("saved_at", "pk"):
        template = known.get(row.template)
        names = [each.name for each in template.fields] if template else list(row.fields)
        first = next((row.fields[name] for name in names if row.fields.get(name, "").strip()), "")
        found.append(
            DraftLine(
                row.pk, row.episode.client, row.episode_id, row.template, template.name if template else row.template,
                " ".join(first.split())[:120], row.saved_at, row.episode.ended_at,
            )
        )  # fmt: skip
    return tuple(found)


def _cosigns(person: Person, site: Site, at: datetime) -> Iterator[tuple[bool, CosignLine]]:
    """Every open co-signature of a site that this person waits for or may give; whether the note is theirs."""
    allowed = cosigning(site.pk, (), "", at.astimezone(site.tz).date()).by
    counts = bool(allowed & set(split_credentials(person.credentials)))
    rows = (
        NoteCosign.objects.filter(at=None, note__in=standing(Note.objects.filter(site=site)).values("pk"))
        .select_related("note__by", "note__episode__client")
        .order_by("due_at", "pk")
    )
    for row in rows if counts else rows.filter(note__by=person):
        note = row.note
        yield (
            note.by_id == person.pk,
            CosignLine(
                note.pk, note.episode.client, note.title, note.by.signature, note.written_at, row.due_at, row.due_at <= at
            ),
        )  # fmt: skip
