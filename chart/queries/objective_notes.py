"""What notes did for the objectives of a plan."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from chart.models import Note, NoteObjective
from programs.contributions import Work

MOST = 300  # characters of a note that are quoted


def worked(objective_ids: Collection[int], at: datetime) -> Iterator[Work]:
    """Every note that names one of these objectives and still stands: not retracted, and in its newest words. One query."""
    rows = NoteObjective.objects.filter(
        Q(note__corrected_by=None) | Q(note__corrected_by__written_at__gt=at),
        objective__in=objective_ids, note__written_at__lte=at,
    ).exclude(note__amendment=Note.Amendment.RETRACTION)  # fmt: skip
    for row in rows.select_related("note__by", "note__episode"):
        note = row.note
        yield Work(
            row.objective_id, note.about_at, "note", note.title, note.text[:MOST], note.by.signature,
            reverse("chart:chart", args=[note.episode.client_id]),
        )  # fmt: skip
