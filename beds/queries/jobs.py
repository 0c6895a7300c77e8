"""The cleaning list: nothing clinical on it."""

from dataclasses import dataclass
from datetime import datetime

from beds.models import CleaningJob
from programs.models import Site


@dataclass(frozen=True)
class Job:
    """A bed to clean; ``accepted_by`` is '' while nobody has it. Instants are UTC."""

    pk: int
    bed: str
    asked_at: datetime
    accepted_at: datetime | None
    accepted_by: str
    mine: bool


def jobs(site: Site, at: datetime, person_id: int) -> list[Job]:
    """Open jobs, the longest waiting first. One query."""
    rows = (
        CleaningJob.objects.current(at)
        .filter(bed__room__unit__site=site)
        .select_related("bed__room__unit", "accepted_by")
        .order_by("started_at")
    )
    return [
        Job(
            row.pk,
            f"{row.bed.room.unit.name} {row.bed.room.name}-{row.bed.label}",
            row.started_at,
            row.accepted_at,
            row.accepted_by.signature if row.accepted_by else "",
            row.accepted_by_id == person_id,
        )
        for row in rows
    ]
