"""What every act that writes a note shares: where it belongs, and how it is kept, sealed and signed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from audit import trail
from audit.rules.findings import Finding, Refused, stop
from chart.models import Note, NoteCosign, NoteObjective
from programs.contributions import cosigning
from programs.models import Placement, Program
from programs.placed import last, told
from staff.access import may, require
from staff.actions.signatures import sign
from staff.models import Person
from staff.rules.capabilities import Capability

NOTHING: Mapping[str, str] = {}


def place_of(episode_id: int, about: datetime, at: datetime, by: Person) -> Placement:
    """The placement a note belongs to: where the client was when it happened, or is now, whichever this person may write at.

    So a note about last week is still written by who worked there then. Raises Refused for an episode that was never in a
    program, NotAllowed at the site of the newest placement.
    """
    newest = last(episode_id, at)
    if newest is None:
        raise Refused(
            stop("programs.not_placed", "This client was never in a program, so there is no chart to write in.")
        )
    then = newest if about >= newest.started_at else last(episode_id, about)
    elsewhere = then is not None and then.program.site_id != newest.program.site_id
    if then is not None and elsewhere and may(by, Capability.WRITE_NOTES, then.program.site_id, at):
        return then
    require(by, Capability.WRITE_NOTES, newest.program.site_id, at)
    return newest


def keep(
    note: Note,
    placement: Placement,
    *,
    verb: str,
    objectives: Collection[int] = (),
    cosigned: bool = False,
    overridden: Iterable[Finding] = (),
    reasons: Mapping[str, str] = NOTHING,
) -> Note:
    """Seal, store and sign a note; for use inside an action. ``cosigned``: where the site's rules ask for a supervisor's name
    for this author, it waits for one."""
    site = placement.program.site
    note.site = site
    note.sha256 = note.digest(objectives)
    note.save()
    NoteObjective.objects.bulk_create(NoteObjective(note=note, objective_id=pk) for pk in sorted(objectives))
    sign(by=note.by, at=note.written_at, meaning="author", subject=note, sealed=note.sha256)
    if cosigned:
        _await(note, placement)
    gone_past = list(overridden)
    trail.record(
        verb, by=note.by, at=note.written_at, subject=note, site_id=site.pk, client_id=placement.episode.client_id,
        summary=f"{note.title} about {told(note.about_at, site.tz)}", detail={"sha256": note.sha256},
        overridden=gone_past, reasons=reasons,
    )  # fmt: skip
    return note


def _await(note: Note, placement: Placement) -> None:
    on = note.written_at.astimezone(placement.program.site.tz).date()
    asked = cosigning(note.site_id, [placement.program_id], note.by.credentials, on)
    if asked.hours is not None:
        due = note.written_at + timedelta(hours=asked.hours)
        NoteCosign.objects.create(note=note, due_at=due, rule=asked.source[:200])


def programs_of(note: Note) -> list[int]:
    """The treatment programs the client of a note was in when it was signed. One query."""
    rows = Placement.objects.current(note.written_at).filter(episode_id=note.episode_id, kind=Program.Kind.TREATMENT)
    return list(rows.values_list("program_id", flat=True))
