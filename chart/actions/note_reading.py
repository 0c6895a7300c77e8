"""Read a note, print it, search in many: each is on the trail."""

from datetime import datetime

from django.conf import settings

from audit import trail
from audit.actions import action
from audit.models import Event
from audit.sight import kept_words
from chart.models import Note
from programs.models import Client, Site
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


@action("chart.read_note")
def read_note(*, by: Person, at: datetime, note_id: int, site_id: int, printed: bool = False) -> Note:
    """Record that a note was read or printed from a site. Raises NotAllowed, Note.DoesNotExist."""
    note = Note.objects.select_related("episode").get(pk=note_id)
    require(by, Capability.OPEN_CHART, site_id, at)
    trail.record(
        "chart.print_note" if printed else "chart.read_note", by=by, at=at, subject=note, site_id=site_id,
        client_id=note.episode.client_id, summary=f"{note.title} {'printed' if printed else 'read'}",
    )  # fmt: skip
    return note


@action("chart.search_notes")
def searched(
    *, by: Person, at: datetime, site_id: int, words: str, found: int, client: Client | None = None
) -> Event:  # fmt: skip
    """Record a search in the notes of a site, its words as the trail keeps them, and how many notes it showed. Raises NotAllowed."""
    require(by, Capability.OPEN_CHART, site_id, at)
    subject = client or Site.objects.get(pk=site_id)
    return trail.record(
        "chart.search_notes", by=by, at=at, subject=subject, site_id=site_id, client_id=client.pk if client else None,
        summary=f"Searched the notes: {found} shown", detail={"words": kept_words(words, hidden=settings.AUDIT_HIDES_SEARCHES)},
    )  # fmt: skip
