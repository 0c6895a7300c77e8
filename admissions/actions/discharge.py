"""Discharge a client: everything ends at once. Within 72 hours a discharge can be undone by going on from now."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from admissions.actions.common import in_care, require_either, tell
from admissions.actions.ending import WALLS as ENDING_WALLS
from admissions.actions.ending import end_everything, in_words
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, refuse_unless_overridden, stop
from beds.actions import occupancy
from beds.actions.common import check_later, fit_of, lock_beds, lock_clients, lock_programs, name_of, site_of
from beds.actions.stays import NO_REASONS, WALLS
from beds.models import Bed, BedStay
from chart.actions import write_note
from chart.models import Note
from groups.actions import depart
from programs.models import Episode, Placement
from programs.placed import last, told
from staff.access import may, require
from staff.models import Person
from staff.rules.capabilities import Capability

RESUME = timedelta(hours=72)
OUTCOMES = tuple(outcome for outcome in Episode.Outcome if outcome is not Episode.Outcome.MISTAKE)


@action("admissions.discharge", explain=ENDING_WALLS)
def discharge(
    *, by: Person, at: datetime, episode_id: int, outcome: str, note: str = "", key: UUID | None = None
) -> Episode:  # fmt: skip
    """End an episode now: leave, stay (the bed asks for cleaning), placements, expected discharge and medication orders.

    ``note`` (or a sentence made from the facts) is written in the chart. Holds that wait for the bed stand. Raises Refused:
    discharged before (when, by whom), an outcome that is none of ``OUTCOMES``; NotAllowed.
    """
    _refuse_if_ended(episode_id)
    care = in_care(episode_id, at, holds=True)
    episode, program = care.placement.episode, care.placement.program
    client = episode.client
    require(by, Capability.DISCHARGE, program.site_id, at)
    if outcome not in OUTCOMES:
        raise Refused(stop("discharge.outcome", "Choose how the treatment ended."))

    ended = end_everything(care, by=by, at=at, outcome=outcome, why="discharged")
    left = depart(by=by, at=at, client_id=client.pk, why="Discharged.")
    how = episode.get_ended_as_display()
    sentence = f"Discharged from {program} ({care.placement.level}): {how.lower()}.{in_words(care, ended)}"
    write_note(by=by, at=at, episode_id=episode.pk, kind=Note.Kind.STEP, text=note.strip() or sentence)
    trail.record(
        "admissions.discharge", by=by, at=at, subject=episode, site_id=program.site_id, client_id=client.pk,
        summary=f"{client.short_name} discharged from {program}: {how.lower()}",
    )  # fmt: skip

    tell(ended.beds, ended.programs, at, people=True, waiting=True, sessions=left)
    return episode


def _in_care_elsewhere(kwargs: Mapping[str, Any]) -> Finding:
    return stop("resume.in_care", "This person was admitted again just now. Open the chart to see where.")


RESUME_WALLS = {
    **WALLS,
    "programs_one_episode_a_time": _in_care_elsewhere,
    "programs_one_treatment_placement_a_time": _in_care_elsewhere,
    "beds_one_stay_a_bed": lambda kwargs: stop(
        "bed.taken", "That bed was taken by someone else just now. Choose another."
    ),
    "beds_stay_against_hold": lambda kwargs: stop("bed.taken", "That bed is held for someone else. Choose another."),
    "beds_stay_against_closure": lambda kwargs: stop("bed.taken", "That bed is out of service. Choose another."),
}


@action("admissions.resume", explain=RESUME_WALLS)
def resume(
    *,
    by: Person,
    at: datetime,
    episode_id: int,
    bed_id: int | None = None,
    reasons: Mapping[str, str] = NO_REASONS,
    key: UUID | None = None,
) -> Episode:
    """Go on with an episode that ended at most 72 hours ago: discharged by mistake, or back at the door.

    A new placement in the last program and a stay in ``bed_id`` begin now; None means the bed they had, where they had one
    when they left. Orders stay stopped: a prescriber writes them anew. Raises Refused: not ended, ended too long ago or as a
    mistake, admitted again meanwhile (where), or the bed is not theirs to have; NotAllowed.
    """
    episode = Episode.objects.get(pk=episode_id)
    client = lock_clients(episode.client_id)[episode.client_id]
    episode = Episode.objects.select_for_update(no_key=True).get(pk=episode_id)
    before = last(episode_id, at)
    if before is None:
        raise Refused(stop("programs.not_placed", "This client was never in a program. Admit them from the list."))
    program = before.program
    require_either(by, program.site_id, at, Capability.DISCHARGE, Capability.ADMIT)
    _check_resumable(episode, client.short_name, before, at)
    had = BedStay.objects.filter(episode=episode, ended_at=episode.ended_at).first()
    wanted = bed_id or (had.bed_id if had else None)
    if wanted:
        lock_programs(wanted)
    beds = lock_beds([*occupancy.held_for(client.pk, at=at), *([wanted] if wanted else [])])
    bed = _bed(beds, wanted, before)
    overridden: tuple[Finding, ...] = ()
    if bed is not None:
        occupancy.refuse_if_taken(bed, client, at)
        overridden = refuse_unless_overridden(fit_of(bed, client, before.level, at), reasons)

    episode.ended_at, episode.ended_as = None, ""
    episode.client = client
    episode.save(update_fields=["ended_at", "ended_as"])
    Placement.objects.create(episode=episode, program=program, kind=program.kind, level=before.level, started_at=at)
    freed: list[Bed] = []
    if bed is not None:
        _, freed = occupancy.come(bed, episode, at, overridden, reasons)
    where = f" in {name_of(bed)}" if bed else ""
    if may(by, Capability.WRITE_NOTES, program.site_id, at):
        text = f"Treatment in {program} ({before.level}) goes on{where}. Medication orders are to be written anew."
        write_note(by=by, at=at, episode_id=episode.pk, kind=Note.Kind.STEP, text=text)
    trail.record(
        "admissions.resume", by=by, at=at, subject=episode, site_id=program.site_id, client_id=client.pk,
        summary=f"{client.short_name} goes on in {program}{where}", overridden=overridden, reasons=reasons,
    )  # fmt: skip

    tell([*([bed] if bed else []), *freed], [program], at, people=True, waiting=True)
    return episode


def _refuse_if_ended(episode_id: int) -> None:
    """Who discharged the client, when and as what; ``in_care`` refuses again under the lock."""
    episode = Episode.objects.select_related("client").get(pk=episode_id)
    placement = last(episode_id, episode.ended_at) if episode.ended_at else None
    if episode.ended_at is not None and placement is not None:
        when = told(episode.ended_at, placement.program.site.tz)
        how = f" ({episode.get_ended_as_display().lower()})" if episode.ended_as else ""
        raise Refused(stop("discharge.already", f"{episode.client.short_name} was discharged at {when} already{how}."))


def _check_resumable(episode: Episode, name: str, before: Placement, at: datetime) -> None:
    site = before.program.site
    if episode.ended_at is None:
        raise Refused(stop("resume.running", f"{name} is in care in {before.program}: there is nothing to resume."))
    check_later(at, max(episode.ended_at, before.started_at), site)
    later = Episode.objects.filter(client=episode.client_id, started_at__gte=episode.ended_at).first()
    if later is not None:
        placement = last(later.pk, at)
        where = f" to {placement.program} at {placement.program.site}" if placement else ""
        when = told(later.started_at, site.tz)
        raise Refused(stop("resume.in_care", f"{name} was admitted again{where} at {when}. Go on in that episode."))
    if episode.ended_as == Episode.Outcome.MISTAKE:
        raise Refused(stop("resume.mistake", f"{name} was admitted by mistake. Admit them from the placement list."))
    if at > episode.ended_at + RESUME:
        when = told(episode.ended_at, site.tz)
        words = f"{name} was discharged at {when}, more than 72 hours ago. Admit them from the placement list."
        raise Refused(stop("resume.late", words))


def _bed(beds: Mapping[int, Bed], wanted: int | None, before: Placement) -> Bed | None:
    if wanted is None:
        return None
    bed = beds.get(wanted)
    if bed is None:
        raise Refused(stop("bed.unknown", "There is no such bed. Reload the board."))
    if site_of(bed).pk != before.program.site_id:
        words = f"{name_of(bed)} is at {site_of(bed)}, and {before.program} at {before.program.site}."
        raise Refused(stop("bed.other_site", f"{words} Choose a bed there."))
    return bed
