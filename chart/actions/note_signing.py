"""Put names under a note: the author's, which seals it, and the supervisor's where a credential is provisional."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, refuse_unless_overridden, stop
from chart.actions.drafts import Typed, Which, clean, open_draft, refuse_changed, template_of
from chart.actions.note_store import keep, place_of, programs_of
from chart.models import Note, NoteCosign, NoteDraft
from chart.queries.note_templates import late_after
from chart.queries.plans import objectives_of
from chart.rules.notes import Around, Asked, gaps, late, late_entry, rendered, times, unedited
from programs.contributions import cosigning
from programs.models import Episode
from programs.placed import told
from staff.access import require
from staff.actions.signatures import sign
from staff.models import Person
from staff.rules.capabilities import Capability
from staff.rules.credentials import split_credentials

NO_REASONS: Mapping[str, str] = MappingProxyType({})


@action("chart.sign_note")
def sign_draft(
    *,
    by: Person,
    at: datetime,
    which: Which,
    typed: Typed,
    about: datetime | None = None,
    began: datetime | None = None,
    ended: datetime | None = None,
    reasons: Mapping[str, str] = NO_REASONS,
    key: UUID | None = None,
) -> Note:
    """Sign what stands in the form: the draft is finished and the note sealed in one transaction, so a killed process leaves either.

    ``about``, ``began`` and ``ended`` are the typed times as instants; a note is about when it began, else ``about``, else now. The
    same key answers the same note. Refused: every gap (``chart.rules.notes``) that has no reason, ``note.objective_other``, and as a
    save is. Where the site's rules ask for it, the note then waits for a co-signature.
    """
    episode = Episode.objects.get(pk=which.episode_id)
    moment = began or about or at
    placement = place_of(episode.pk, moment, at, by)
    site = placement.program.site
    template = template_of(placement, which.template)
    draft = open_draft(by, which)
    refuse_changed(draft, by, which, placement)
    words = clean(template, typed)
    around = Around(at, episode.started_at, late_after(site.organisation_id, at))
    known = {line.pk for line in objectives_of([episode.client_id], at).get(episode.client_id, ())}
    copied = draft.copied if draft else {}
    asked = Asked(template, words.fields, about, began, ended, len(words.objectives), len(known), copied)
    findings = [*gaps(asked), *times(asked, around), *late_entry(moment, around), *_strange(words, known)]
    overridden = refuse_unless_overridden(findings, reasons)

    same = unedited(words.fields, copied)
    note = Note(
        episode=episode, kind=template.kind, template=template.code, template_name=template.name,
        template_version=template.version, text=rendered(template, words.fields), about_at=moment, started_at=began,
        ended_at=ended, written_at=at, late=late(moment, at, around.late_after), by=by,
        copied_from=draft.copied_from if draft and copied else None,
        reason=reasons.get("note.late_entry", "").strip(),
        fields=[
            {"name": each.name, "label": each.label, "text": words.fields[each.name].strip(), "copied": each.name in same}
            for each in template.fields if each.name in words.fields
        ],
        overrides=[
            {"code": each.code, "message": each.message, "reason": reasons[each.code].strip()} for each in overridden
        ],
    )  # fmt: skip
    keep(
        note, placement, verb="chart.sign_note", objectives=words.objectives, cosigned=True, overridden=overridden,
        reasons=reasons,
    )  # fmt: skip
    _finish(draft, note)
    return note


@action("chart.cosign_note")
def cosign_note(*, by: Person, at: datetime, note_id: int, key: UUID | None = None) -> NoteCosign:
    """Put a supervisor's name under a note that waits for one; then it never changes.

    Refused: ``note.cosigned`` (by whom, when), ``note.cosign_none``, ``note.superseded``, ``note.cosign_own``,
    ``note.cosign_credential``; NotAllowed at the note's site.
    """
    note = Note.objects.select_related("site", "episode").get(pk=note_id)
    require(by, Capability.WRITE_NOTES, note.site_id, at)
    rows = NoteCosign.objects.select_for_update(of=("self",), no_key=True).select_related("by")
    row = rows.filter(note=note).first()
    if row is None:
        raise Refused(stop("note.cosign_none", "This note needs no second name."))
    if row.by is not None and row.at is not None:
        raise Refused(
            stop("note.cosigned", f"{row.by.signature} co-signed this note at {told(row.at, note.site.tz)} already.")
        )
    newer = Note.objects.filter(corrects=note).select_related("by").first()
    if newer is not None:
        raise Refused(stop("note.superseded", f"{newer.by.signature} corrected this note. Co-sign the newer words."))
    if note.by_id == by.pk:
        raise Refused(stop("note.cosign_own", "These are your own words: someone else co-signs them."))
    allowed = cosigning(note.site_id, programs_of(note), "", at.astimezone(note.site.tz).date()).by
    if not allowed & set(split_credentials(by.credentials)):
        held = f"Yours is {by.credentials}" if by.credentials else "Yours is not recorded"
        sentence = f"Co-signing takes one of {', '.join(sorted(allowed))}. {held}; ask one of them."
        raise Refused(stop("note.cosign_credential", sentence))

    sign(by=by, at=at, meaning="cosign", subject=note, sealed=note.sha256)
    row.by, row.at = by, at
    row.save(update_fields=["by", "at"])
    trail.record(
        "chart.cosign_note", by=by, at=at, subject=note, site_id=note.site_id, client_id=note.episode.client_id,
        summary=f"Co-signed a note: {note.title}", detail={"sha256": note.sha256, "due_at": row.due_at.isoformat()},
    )  # fmt: skip
    return row


def _strange(words: Typed, known: set[int]) -> list[Finding]:
    if set(words.objectives) <= known:
        return []
    sentence = "An objective you chose is open no more in this client's plan. Choose again from the list."
    return [stop("note.objective_other", sentence)]


def _finish(draft: NoteDraft | None, note: Note) -> None:
    if draft is not None:
        draft.note = note
        draft.save(update_fields=["note"])
