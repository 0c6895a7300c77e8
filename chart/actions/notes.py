"""What can people do in a chart? Open it (which is recorded) and write in it (which is never changed)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from chart.models import Note
from programs.models import Client, Episode
from programs.placed import last, told
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST_NOTE = 20_000  # characters


@action("chart.opened")
def open_chart(*, by: Person, at: datetime, client_id: int, site_id: int) -> Client:
    """Open a client's chart from a site: every opening is on the trail. Raises NotAllowed, Client.DoesNotExist.

    Source: 45 CFR 164.312(b), audit controls: activity in systems that hold health information is recorded.
    """
    client = Client.objects.get(pk=client_id)
    require(by, Capability.OPEN_CHART, site_id, at)

    trail.record(
        "chart.opened", by=by, at=at, subject=client, site_id=site_id, client_id=client.pk,
        summary=f"Chart {client.record_number} opened",
    )  # fmt: skip
    return client


def _corrected(kwargs: Mapping[str, Any]) -> Finding:
    other = Note.objects.select_related("by").get(corrects_id=kwargs["corrects_id"])
    message = f"{other.by.signature} already corrected this note. Correct the newer one instead."
    return stop("chart.note_corrected", message)


@action("chart.write_note", explain={"chart_note_corrects_id_key": _corrected})
def write_note(
    *,
    by: Person,
    at: datetime,
    episode_id: int,
    kind: str,
    text: str,
    about_at: datetime | None = None,
    corrects_id: int | None = None,
    key: UUID | None = None,
) -> Note:
    """Write and sign a note about an episode; ``about_at`` is when it happened (now, where None). It is never changed.

    A correction names the note it corrects. Raises Refused for an empty text, a time to come or before the episode, and
    a note that was corrected before; NotAllowed at the site of the newest placement; Episode.DoesNotExist.
    """
    episode = Episode.objects.select_related("client").get(pk=episode_id)
    placement = last(episode_id, at)
    if placement is None:
        raise Refused(
            stop("programs.not_placed", "This client was never in a program, so there is no chart to write in.")
        )
    site = placement.program.site
    require(by, Capability.WRITE_NOTES, site.pk, at)
    about = about_at or at
    findings = _check(text, kind, about, at, episode)
    if corrects_id is not None and Note.objects.filter(corrects_id=corrects_id).exists():
        findings.append(_corrected({"corrects_id": corrects_id}))
    if corrects_id is not None and not Note.objects.filter(pk=corrects_id, episode=episode).exists():
        findings.append(stop("chart.note_unknown", "The note to correct is not in this chart. Open the chart again."))
    if findings:
        raise Refused(*findings)

    note = Note.objects.create(
        episode=episode, kind=kind, text=text.strip(), about_at=about, written_at=at, by=by, corrects_id=corrects_id
    )
    trail.record(
        "chart.write_note", by=by, at=at, subject=note, site_id=site.pk, client_id=episode.client_id,
        summary=f"{note.get_kind_display()} about {told(about, site.tz)}",
    )  # fmt: skip
    return note


def _check(text: str, kind: str, about: datetime, at: datetime, episode: Episode) -> list[Finding]:
    findings = []
    if not text.strip():
        findings.append(stop("chart.note_empty", "The note is empty: write what happened."))
    if len(text) > LONGEST_NOTE:
        findings.append(stop("chart.note_long", f"A note has at most {LONGEST_NOTE:,} characters: write it as two."))
    if kind not in Note.Kind.values:
        findings.append(stop("chart.note_kind", "Choose which kind of note it is."))
    if about > at:
        findings.append(stop("chart.note_future", "It lies in the future: give the time at which it happened."))
    if about < episode.started_at:
        findings.append(stop("chart.note_before", "It lies before this episode began: give a later time."))
    return findings
