"""What can people do in a chart? Write in it, which is never changed. (That it was opened, the page says: ``config/seeing.py``.)"""

from datetime import datetime
from uuid import UUID

from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from audit.rules.seal import plain
from chart.actions.note_store import keep, place_of
from chart.models import Note
from chart.queries.note_templates import late_after
from chart.rules.notes import LONGEST_NOTE, late, too_long
from programs.models import Episode
from staff.models import Person


@action("chart.write_note")
def write_note(
    *, by: Person, at: datetime, episode_id: int, kind: str, text: str, about_at: datetime | None = None, key: UUID | None = None
) -> Note:  # fmt: skip
    """Write and sign a note in one go, without a draft or a template: what other acts (a step, a discharge) say in the chart.

    ``about_at`` is when it happened (now, where None). Raises Refused for an empty or too long text, a time to come or before the
    episode; NotAllowed at the site of the newest placement; Episode.DoesNotExist.
    """
    episode = Episode.objects.get(pk=episode_id)
    about = about_at or at
    placement = place_of(episode_id, about, at, by)
    words = plain(text).strip()
    findings = _check(words, kind, about, at, episode)
    if findings:
        raise Refused(*findings)

    after = late_after(placement.program.site.organisation_id, at)
    note = Note(
        episode=episode, kind=kind, text=words, about_at=about, written_at=at, by=by, late=late(about, at, after)
    )
    return keep(note, placement, verb="chart.write_note")


def _check(text: str, kind: str, about: datetime, at: datetime, episode: Episode) -> list[Finding]:
    findings = []
    if not text:
        findings.append(stop("chart.note_empty", "The note is empty: write what happened."))
    if len(text) > LONGEST_NOTE:
        findings.append(too_long(len(text)))
    if kind not in Note.Kind.values:
        findings.append(stop("chart.note_kind", "Choose which kind of note it is."))
    if about > at:
        findings.append(stop("chart.note_future", "It lies in the future: give the time at which it happened."))
    if about < episode.started_at:
        findings.append(stop("chart.note_before", "It lies before this episode began: give a later time."))
    return findings
