"""What can still be done with a signed note: add to it, correct one's own words, mark it as entered in error."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.rules.seal import plain
from chart.actions.note_store import keep, place_of
from chart.models import Note
from chart.queries.note_templates import late_after
from chart.rules.note_templates import Field, Template
from chart.rules.notes import LONGEST_NOTE, Around, Asked, late, times, too_long
from programs.placed import told
from staff.access import may
from staff.models import Person
from staff.rules.capabilities import Capability, who_may

LONGEST_REASON = 400
Kind = Note.Amendment


def _first(kwargs: Mapping[str, Any]) -> Finding:
    newer = Note.objects.select_related("by", "site").get(corrects_id=kwargs["note_id"])
    return _superseded(newer)


@action("chart.amend_note", explain={"chart_note_corrects_id_key": _first})
def amend(
    *,
    by: Person,
    at: datetime,
    note_id: int,
    kind: str,
    reason: str,
    text: str = "",
    fields: Mapping[str, str] | None = None,
    about_at: datetime | None = None,
    key: UUID | None = None,
) -> Note:
    """Write an addendum, a correction or a retraction of the newest words of a note, signed as it is written; what it amends stays.

    ``fields``: the corrected words by field, where the note has a template; else ``text``. ``about_at``: when it happened, else the
    time of the note it amends (of an addendum: now). An addendum about something that is long past is kept as a late entry.

    Refused: ``amend.reason``, ``amend.empty``, ``amend.same``, ``amend.not_author`` (someone else adds an addendum; a retraction may
    also be a director's), ``amend.superseded``, ``amend.retracted``, the times of ``chart.rules.notes``.
    """
    old = Note.objects.select_related("episode", "by", "site").get(pk=note_id)
    placement = place_of(old.episode_id, old.about_at, at, by)
    about = about_at or (at if kind == Kind.ADDENDUM else old.about_at)
    parts, words = _words(old, kind, text, fields)
    retracts = kind == Kind.RETRACTION
    after = late_after(placement.program.site.organisation_id, at)
    findings = [*_standing(old, kind), *_whose(old, kind, by, at), *_said(old, kind, reason, words)]
    findings += times(Asked(_PLAIN, {}, about), Around(at, old.episode.started_at, after))
    if findings:
        raise Refused(*findings)

    objectives: Collection[int] = ()
    if kind == Kind.CORRECTION:
        objectives = set(old.objective_links.values_list("objective_id", flat=True))
    is_late = late(about, at, after)
    adds = kind == Kind.ADDENDUM
    note = Note(
        episode=old.episode, kind=old.kind, template="" if adds else old.template,
        template_name="" if adds else old.template_name, template_version=0 if adds else old.template_version,
        fields=parts, text=reason.strip() if retracts else words, about_at=about,
        started_at=None if adds else old.started_at, ended_at=None if adds else old.ended_at, written_at=at, late=is_late,
        by=by, reason=plain(reason).strip(),
        amendment=Kind.LATE_ENTRY if adds and is_late else kind,
        corrects=None if adds else old, root_id=None if adds else old.root_id or old.pk,
        adds_to_id=(old.root_id or old.pk) if adds and old.adds_to_id is None else old.adds_to_id,
    )  # fmt: skip
    return keep(note, placement, verb="chart.amend_note", objectives=objectives, cosigned=not retracts)


_PLAIN = Template("", "", "progress", "", (Field("text", "Text"),))


def _words(old: Note, kind: str, text: str, fields: Mapping[str, str] | None) -> tuple[list[dict[str, object]], str]:
    """The fields of a correction and the words as they read; an addendum has words alone, a retraction none."""
    if kind == Kind.RETRACTION:
        return [], ""
    if kind != Kind.CORRECTION or not old.fields or fields is None:
        return [], plain(text).strip()
    parts = [
        {"name": each["name"], "label": each["label"], "text": words, "copied": False}
        for each in old.fields
        if (words := plain(fields.get(each["name"], "")).strip())
    ]
    if len(old.fields) == 1:
        return parts, str(parts[0]["text"]) if parts else ""
    return parts, "\n\n".join(f"{each['label']}\n{each['text']}" for each in parts)


def _standing(old: Note, kind: str) -> list[Finding]:
    """Only words that stand are amended; an addendum adds to a note, whichever of its words stand now."""
    gone = Note.objects.filter(amendment=Kind.RETRACTION, root_id__in={old.root_id or old.pk, old.adds_to_id} - {None})
    retracted = gone.select_related("by", "site").first()
    if retracted is not None or old.amendment == Kind.RETRACTION:
        who = retracted or old
        when = told(who.written_at, who.site.tz)
        sentence = f"{who.by.signature} marked this note as entered in error at {when}. Write a new note instead."
        return [stop("amend.retracted", sentence)]
    newer = Note.objects.filter(corrects=old).select_related("by", "site").first()
    return [_superseded(newer)] if newer is not None and kind != Kind.ADDENDUM else []


def _superseded(newer: Note) -> Finding:
    done = "marked this note as entered in error" if newer.amendment == Kind.RETRACTION else "corrected this note"
    sentence = f"{newer.by.signature} {done} at {told(newer.written_at, newer.site.tz)}. Amend the newer words instead."
    return stop("amend.superseded", sentence, note=newer.pk)


def _whose(old: Note, kind: str, by: Person, at: datetime) -> list[Finding]:
    if kind == Kind.ADDENDUM or old.by_id == by.pk:
        return []
    if kind == Kind.RETRACTION and may(by, Capability.KEEP_NOTES, old.site_id, at):
        return []
    if kind == Kind.RETRACTION:
        sentence = (
            f"Only {old.by.signature}, who wrote it, marks it as entered in error, or {who_may(Capability.KEEP_NOTES)}."
        )
    else:
        sentence = (
            f"Only {old.by.signature}, who wrote these words, corrects them. Write an addendum: it stands beside them."
        )
    return [stop("amend.not_author", sentence)]


def _said(old: Note, kind: str, reason: str, words: str) -> list[Finding]:
    found = []
    if kind not in {Kind.ADDENDUM, Kind.CORRECTION, Kind.RETRACTION}:
        found.append(
            stop("amend.kind", "Choose what you do with this note: add to it, correct it, or mark it as an error.")
        )
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        found.append(
            stop("amend.reason", f"Say why in at most {LONGEST_REASON} characters: it stands beside the note.")
        )
    if kind != Kind.RETRACTION and not words:
        found.append(stop("amend.empty", "Write the words that are added or that stand instead."))
    if kind == Kind.CORRECTION and words == old.text:
        found.append(stop("amend.same", "Nothing is different: change the words that were wrong."))
    if len(words) > LONGEST_NOTE:
        found.append(too_long(len(words)))
    return found
