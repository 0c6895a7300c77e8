"""Keep a draft: autosave that never overwrites another window's words, bring an earlier note forward, put a draft away."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.rules.seal import plain
from chart.actions.note_store import place_of
from chart.models import Note, NoteDraft
from chart.queries.note_templates import templates
from chart.rules.note_templates import Template
from chart.rules.notes import LONGEST_NOTE
from programs.models import Episode, Placement
from programs.placed import told
from staff.models import Person

LONGEST_DRAFT = 4 * LONGEST_NOTE  # characters a draft keeps, so that a note which is too long is not lost
TIMES = ("about", "began", "ended")


@dataclass(frozen=True)
class Typed:
    """What stands in the form, as typed: words by field, times by their name (``TIMES``), keys of objectives."""

    fields: Mapping[str, str]
    times: Mapping[str, str] = field(default_factory=dict)
    objectives: tuple[int, ...] = ()


@dataclass(frozen=True)
class Which:
    """A draft by its author's words: episode, template, and the version of which draft the form was drawn from (None: none yet)."""

    episode_id: int
    template: str
    draft_id: int | None = None
    version: int = 0


def _begun_twice(kwargs: Mapping[str, Any]) -> Finding:
    return stop("note.changed", "You began this note in another window at the same moment. Look at both, then go on.")


@action("chart.save_draft", explain={"chart_one_draft": _begun_twice})
def save_draft(*, by: Person, at: datetime, which: Which, typed: Typed, key: UUID | None = None) -> NoteDraft:
    """Save what stands in the form. The first words are on the trail; the saves between are not a record yet.

    The same words again answer the draft as it stands. Refused: ``note.changed`` where another window saved it since,
    ``note.signed_already``, ``note.draft_long``, ``note.no_template``; as ``place_of`` refuses.
    """
    placement, template = _where(by, at, which)
    draft = open_draft(by, which)
    words = clean(template, typed)
    size = sum(map(len, words.fields.values()))
    if size > LONGEST_DRAFT:
        sentence = f"These are {size:,} characters; a draft keeps {LONGEST_DRAFT:,}. Take some out: they stay in this window until then."
        raise Refused(stop("note.draft_long", sentence))
    if draft is not None and _says(draft, words):
        return draft
    refuse_changed(draft, by, which, placement)

    if draft is None:
        draft = NoteDraft(episode_id=which.episode_id, template=template.code, by=by, begun_at=at)
    draft.fields, draft.times, draft.objectives = dict(words.fields), dict(words.times), list(words.objectives)
    draft.version, draft.saved_at = draft.version + 1, at
    draft.save()
    if draft.version == 1:
        _tell(draft, placement, at, "chart.begin_note", f"Began a note: {template.name}")
    return draft


@action("chart.copy_note")
def copy_forward(*, by: Person, at: datetime, which: Which, note_id: int, key: UUID | None = None) -> NoteDraft:
    """Bring the words of an earlier note of the same client and template into the empty fields of a draft. Each counts as copied
    until it is edited, and the signed note says which were not.

    Refused: ``note.copy_other`` where the note is another client's, of another template, or was entered in error;
    ``note.changed`` as a save is.
    """
    placement, template = _where(by, at, which)
    draft = open_draft(by, which)
    refuse_changed(draft, by, which, placement)
    old = Note.objects.filter(
        pk=note_id, episode__client=placement.episode.client_id, template=template.code, corrected_by=None
    ).first()
    if old is None or old.amendment == Note.Amendment.RETRACTION:
        raise Refused(
            stop("note.copy_other", "Choose an earlier note of this client that was written with this template.")
        )

    if draft is None:
        draft = NoteDraft(episode_id=which.episode_id, template=template.code, by=by, begun_at=at)
    known = {each.name for each in template.fields}
    brought = {
        each["name"]: each["text"]
        for each in old.fields
        if each["name"] in known and each["text"].strip() and not draft.fields.get(each["name"], "").strip()
    }
    draft.fields = {**draft.fields, **brought}
    draft.copied, draft.copied_from = {**draft.copied, **brought}, old
    draft.version, draft.saved_at = draft.version + 1, at
    draft.save()
    _tell(draft, placement, at, "chart.copy_note", f"Brought a note forward: {template.name}")
    return draft


@action("chart.drop_draft")
def drop_draft(*, by: Person, at: datetime, draft_id: int, key: UUID | None = None) -> NoteDraft:
    """Put a draft of one's own away; its words stay in the database, out of every page. Refused where it was signed."""
    draft = NoteDraft.objects.select_for_update(of=("self",), no_key=True).get(pk=draft_id, by=by)
    if draft.note_id is not None:
        raise Refused(stop("note.signed_already", "This draft is signed: a signed note is amended, never put away."))
    if draft.dropped_at is not None:
        return draft
    placement = place_of(draft.episode_id, at, at, by)

    draft.dropped_at = at
    draft.save(update_fields=["dropped_at"])
    _tell(draft, placement, at, "chart.drop_draft", "Put a draft away")
    return draft


def clean(template: Template, typed: Typed) -> Typed:
    """What is kept of it: words of the template's own fields, without what nobody sees; times as typed; each objective once."""
    known = {each.name for each in template.fields}
    return Typed(
        fields={name: plain(text) for name, text in typed.fields.items() if name in known and text.strip()},
        times={name: plain(typed.times.get(name, ""))[:40] for name in TIMES if typed.times.get(name, "").strip()},
        objectives=tuple(sorted(set(typed.objectives))),
    )


def open_draft(by: Person, which: Which) -> NoteDraft | None:
    """The person's draft that is not signed or put away, locked; None where there is none."""
    rows = NoteDraft.objects.select_for_update(of=("self",), no_key=True)
    mine = {"by": by, "episode_id": which.episode_id, "template": which.template}
    return rows.filter(**mine, note=None, dropped_at=None).first()


def refuse_changed(draft: NoteDraft | None, by: Person, which: Which, placement: Placement) -> None:
    """Raise Refused where the form was drawn from another draft, or an older version, than the one that stands."""
    if (which.draft_id, which.version) == ((draft.pk, draft.version) if draft else (None, 0)):
        return
    tz = placement.program.site.tz
    if draft is not None:
        sentence = f"This note was saved from another window at {told(draft.saved_at, tz)}. Nothing was overwritten: both texts are below."
        raise Refused(stop("note.changed", sentence, version=draft.version, draft=draft.pk))
    done = NoteDraft.objects.filter(pk=which.draft_id or 0, by=by).select_related("note").first()
    if done is not None and done.note is not None:
        sentence = f"You signed this note at {told(done.note.written_at, tz)}. What you typed since is below: write it as an addendum."
        raise Refused(stop("note.signed_already", sentence, note=done.note.pk))
    raise Refused(
        stop("note.changed", "This draft was put away in another window. Your words are below: save them as a new one.")
    )


def _where(by: Person, at: datetime, which: Which) -> tuple[Placement, Template]:
    if not Episode.objects.filter(pk=which.episode_id, started_at__lte=at).exists():
        raise Refused(stop("programs.not_placed", "This client has no such episode of care. Open the chart again."))
    placement = place_of(which.episode_id, at, at, by)
    return placement, template_of(placement, which.template)


def template_of(placement: Placement, code: str) -> Template:
    """The template that counts. Raises Refused where there is none of that code."""
    found = templates(placement.program.site.organisation_id).get(code)
    if found is None:
        raise Refused(stop("note.no_template", "There is no such template any more. Choose another one."))
    return found


def _says(draft: NoteDraft, words: Typed) -> bool:
    held = (draft.fields, draft.times, tuple(draft.objectives))
    return held == (dict(words.fields), dict(words.times), words.objectives)


def _tell(draft: NoteDraft, placement: Placement, at: datetime, verb: str, summary: str) -> None:
    trail.record(
        verb, by=draft.by, at=at, subject=draft, site_id=placement.program.site_id,
        client_id=placement.episode.client_id, summary=summary,
    )  # fmt: skip
