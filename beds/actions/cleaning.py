"""Ask for a bed to be cleaned, accept the job, finish it, hand it back, or say that it is not needed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from beds.actions.common import announce, card_of, check_later, clock, lock, name_of, site_of
from beds.models import Bed, CleaningJob
from staff.models import Person
from staff.rules.capabilities import Capability


def _asked_before(kwargs: Mapping[str, Any]) -> Finding:
    return stop("cleaning.asked", "Someone asked for this bed to be cleaned just now.")


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    return stop("time.not_later", "This bed was changed at this very moment. Wait a moment and try again.")


WALLS = {"beds_one_cleaning_a_bed": _asked_before, "beds_cleaning_ends_after_start": _raced}


@action("beds.ask_cleaning", explain=WALLS)
def ask(*, by: Person, at: datetime, bed_id: int, key: UUID | None = None) -> CleaningJob:
    """Ask for an empty bed to be cleaned."""
    [bed] = lock(by, Capability.CLEAN_BEDS, at, bed_id)
    card = card_of(bed, at)
    if card.job_id is not None:
        raise Refused(_asked_before({}))
    if card.client_id is not None:
        raise Refused(
            stop("cleaning.occupied", f"{name_of(bed)} is {card.state.label.lower()}. Ask again when it is empty.")
        )

    job = CleaningJob.objects.create(bed=bed, started_at=at)
    _record("beds.ask_cleaning", by, at, job, bed, f"{name_of(bed)} to be cleaned")

    announce(bed, at=at)
    return job


@action("beds.accept_cleaning")
def accept(*, by: Person, at: datetime, job_id: int, key: UUID | None = None) -> CleaningJob:
    """Take a cleaning job. The second person is told who has it, and since when."""
    job, bed = _lock_open(by, at, job_id)
    if job.accepted_by is not None:
        raise Refused(stop("cleaning.accepted", f"{_taken(job, bed)}."))

    job.accepted_at, job.accepted_by = at, by
    job.save(update_fields=["accepted_at", "accepted_by"])
    _record("beds.accept_cleaning", by, at, job, bed, f"{by.signature} cleans {name_of(bed)}")

    announce(bed, at=at)
    return job


@action("beds.finish_cleaning", explain=WALLS)
def finish(*, by: Person, at: datetime, job_id: int, key: UUID | None = None) -> CleaningJob:
    """Say that a bed is clean; it is free from now on."""
    job, bed = _lock_open(by, at, job_id)
    check_later(at, job.started_at, site_of(bed))

    if job.accepted_by is None:
        job.accepted_at, job.accepted_by = at, by
    job.ended_at = at
    job.save(update_fields=["accepted_at", "accepted_by", "ended_at"])
    _record("beds.finish_cleaning", by, at, job, bed, f"{name_of(bed)} cleaned, ready")

    announce(bed, at=at)
    return job


@action("beds.hand_back_cleaning", explain=WALLS)
def hand_back(*, by: Person, at: datetime, job_id: int, key: UUID | None = None) -> CleaningJob:
    """Give an accepted job back unfinished, and return the one that waits in its place, asked for by the same stay.

    Anybody who cleans may: who took it may have gone home. Refused where nobody took it.
    """
    job, bed = _lock_open(by, at, job_id)
    if job.accepted_by is None:
        raise Refused(
            stop("cleaning.not_accepted", f"Nobody has taken {name_of(bed)} yet: there is nothing to give back.")
        )
    check_later(at, job.started_at, site_of(bed))

    job.ended_at, job.handed_back = at, True
    job.save(update_fields=["ended_at", "handed_back"])
    waits = CleaningJob.objects.create(bed=bed, after_id=job.after_id, started_at=at)
    _record("beds.hand_back_cleaning", by, at, waits, bed, f"{name_of(bed)} waits for cleaning again")

    announce(bed, at=at)
    return waits


@action("beds.not_needed", explain=WALLS)
def not_needed(*, by: Person, at: datetime, job_id: int, key: UUID | None = None) -> CleaningJob:
    """End a job that nobody has taken: the bed is free from now on, uncleaned.

    ``handed_back`` marks it as unfinished, with no job in its place, so that no report counts it as a cleaning.
    """
    job, bed = _lock_open(by, at, job_id)
    if job.accepted_by is not None:
        raise Refused(stop("cleaning.accepted", f"{_taken(job, bed)}. They finish it or give it back."))
    check_later(at, job.started_at, site_of(bed))

    job.ended_at, job.handed_back = at, True
    job.save(update_fields=["ended_at", "handed_back"])
    _record("beds.not_needed", by, at, job, bed, f"{name_of(bed)} needs no cleaning")

    announce(bed, at=at)
    return job


def _lock_open(by: Person, at: datetime, job_id: int) -> tuple[CleaningJob, Bed]:
    """The open job, under the lock of its bed."""
    known = CleaningJob.objects.get(pk=job_id)
    [bed] = lock(by, Capability.CLEAN_BEDS, at, known.bed_id)
    job = CleaningJob.objects.select_related("accepted_by").get(pk=job_id)
    if job.ended_at is None:
        return job, bed
    when = clock(job.ended_at, bed)
    if job.handed_back:
        raise Refused(
            stop("cleaning.over", f"This job for {name_of(bed)} ended unfinished on {when}. Reload the list.")
        )
    who = job.accepted_by.signature if job.accepted_by else "Someone"
    raise Refused(stop("cleaning.finished", f"{who} already finished {name_of(bed)} on {when}."))


def _taken(job: CleaningJob, bed: Bed) -> str:
    """'Pia Lund took Alder 1-A at 10:43'."""
    assert job.accepted_by is not None and job.accepted_at is not None
    return f"{job.accepted_by.signature} took {name_of(bed)} at {job.accepted_at.astimezone(site_of(bed).tz):%H:%M}"


def _record(verb: str, by: Person, at: datetime, job: CleaningJob, bed: Bed, summary: str) -> None:
    trail.record(verb, by=by, at=at, subject=job, site_id=site_of(bed).pk, summary=summary)
