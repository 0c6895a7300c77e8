"""What the form of a note needs: the draft, the plan's objectives, earlier notes to bring forward, who else is writing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chart.models import Note, NoteDraft
from chart.queries.note_templates import late_after, templates
from chart.queries.notes import standing
from chart.queries.plans import ObjectiveLine, objectives_of
from chart.rules.note_templates import Template
from programs.models import Client, Episode, Site
from programs.people import ids_of
from staff.models import Person

EARLIER = 4  # notes offered to bring forward
WRITING = timedelta(hours=12)  # how long somebody else's draft is told of


@dataclass(frozen=True)
class Choice:
    """A template to begin a note with, and the draft of it that this person has already."""

    template: Template
    draft: NoteDraft | None


@dataclass(frozen=True)
class NoteForm:
    """What the form is drawn from. ``others``: who else has a draft of this note, and when they last saved it."""

    template: Template
    draft: NoteDraft | None
    objectives: tuple[ObjectiveLine, ...]
    earlier: Sequence[Note]
    others: tuple[tuple[str, datetime], ...]
    late_after: timedelta


def choices(site: Site, episode: Episode, person: Person) -> list[Choice]:
    """The templates in use, and those with a draft. Two queries."""
    drafts = {
        row.template: row for row in NoteDraft.objects.filter(episode=episode, by=person, note=None, dropped_at=None)
    }
    known = templates(site.organisation_id)
    return [Choice(each, drafts.get(each.code)) for each in known.values() if each.in_use or each.code in drafts]


def note_form(
    client: Client, episode: Episode, site: Site, code: str, person: Person, at: datetime
) -> NoteForm | None:  # fmt: skip
    """The form of one template; None where there is none of that code. Six queries."""
    template = templates(site.organisation_id).get(code)
    if template is None:
        return None
    open_ones = NoteDraft.objects.filter(episode=episode, template=code, note=None, dropped_at=None).select_related(
        "by"
    )
    drafts = list(open_ones.order_by("saved_at"))
    earlier = standing(Note.objects.filter(episode__client__in=ids_of(client), template=code)).select_related("by")
    return NoteForm(
        template=template,
        draft=next((row for row in drafts if row.by_id == person.pk), None),
        objectives=objectives_of([episode.client_id], at).get(episode.client_id, ()),
        earlier=list(earlier.order_by("-about_at", "-pk")[:EARLIER]),
        others=tuple(
            (row.by.signature, row.saved_at) for row in drafts if row.by_id != person.pk and row.saved_at > at - WRITING
        ),
        late_after=late_after(site.organisation_id, at),
    )
