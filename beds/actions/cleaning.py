"""Ask for a bed to be cleaned, accept the job, finish it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from beds.actions.common import announce, card_of, lock, name_of, site_of
from beds.models import Bed, CleaningJob
from staff.models import Person
from staff.rules.capabilities import Capability


def _asked_before(kwargs: Mapping[str, Any]) -> Finding:
    return stop("cleaning.asked", "Someone asked for this bed to be cleaned just now.")


@action("beds.ask_cleaning", explain={"beds_one_cleaning_a_bed": _asked_before})
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
    trail.record(
        "beds.ask_cleaning", by=by, at=at, subject=job, site_id=site_of(bed).pk, summary=f"{name_of(bed)} to be cleaned"
    )

    announce(bed, at=at)
    return job


@action("beds.accept_cleaning")
def accept(*, by: Person, at: datetime, job_id: int, key: UUID | None = None) -> CleaningJob:
    """Take a cleaning job. The second person is told who has it, and since when."""
    job, bed = _lock_open(by, at, job_id)
    if job.accepted_by is not None:
        raise Refused(
            stop("cleaning.accepted", f"{job.accepted_by.signature} took {name_of(bed)} at {_clock(job, bed)}.")
        )

    job.accepted_at, job.accepted_by = at, by
    job.save(update_fields=["accepted_at", "accepted_by"])
    trail.record(
        "beds.accept_cleaning", by=by, at=at, subject=job, site_id=site_of(bed).pk,
        summary=f"{by.signature} cleans {name_of(bed)}",
    )  # fmt: skip

    announce(bed, at=at)
    return job


@action("beds.finish_cleaning")
def finish(*, by: Person, at: datetime, job_id: int, key: UUID | None = None) -> CleaningJob:
    """Say that a bed is clean; it is free from now on."""
    job, bed = _lock_open(by, at, job_id)

    if job.accepted_by is None:
        job.accepted_at, job.accepted_by = at, by
    job.ended_at = at
    job.save(update_fields=["accepted_at", "accepted_by", "ended_at"])
    trail.record(
        "beds.finish_cleaning",
        by=by,
        at=at,
        subject=job,
        site_id=site_of(bed).pk,
        summary=f"{name_of(bed)} cleaned, ready",
    )

    announce(bed, at=at)
    return job


def _lock_open(by: Person, at: datetime, job_id: int) -> tuple[CleaningJob, Bed]:
    job = CleaningJob.objects.select_for_update(of=("self",)).select_related("accepted_by").get(pk=job_id)
    [bed] = lock(by, Capability.CLEAN_BEDS, at, job.bed_id)
    if job.ended_at is not None:
        who = job.accepted_by.signature if job.accepted_by else "Someone"
        raise Refused(stop("cleaning.finished", f"{who} already finished {name_of(bed)}."))
    return job, bed


def _clock(job: CleaningJob, bed: Bed) -> str:
    return f"{job.accepted_at.astimezone(site_of(bed).tz):%H:%M}" if job.accepted_at else "once"
