"""Assign a bed to someone, move them to another, and free it when they go."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, refuse_unless_overridden, stop
from beds.actions.common import announce, announce_passes, fit_of, lock, name_of, site_of, taken_in_words
from beds.models import Bed, BedStay, CleaningJob, Hold
from programs.models import Client, Episode
from staff.models import Person
from staff.rules.capabilities import Capability

NO_REASONS: Mapping[str, str] = {}


def _bed_taken(kwargs: Mapping[str, Any]) -> Finding:
    bed = Bed.objects.select_related("room__unit__site").get(pk=kwargs["bed_id"])
    return taken_in_words(bed, kwargs["at"])


def _person_elsewhere(kwargs: Mapping[str, Any]) -> Finding:
    return stop("bed.person_has_one", "This person was given another bed just now. Reload the board to see which.")


WALLS = {
    "beds_one_stay_a_bed": _bed_taken,
    "beds_stay_against_hold": _bed_taken,
    "beds_stay_against_closure": _bed_taken,
    "beds_one_bed_a_person": _person_elsewhere,
}


def _check_fit(bed: Bed, client: Client, level: str, at: datetime, reasons: Mapping[str, str]) -> tuple[Finding, ...]:
    """The findings overridden with a reason; Refused where one stands."""
    return refuse_unless_overridden(fit_of(bed, client, level, at), reasons)


def _use_hold(bed: Bed, client: Client, at: datetime) -> None:
    """The hold that kept the bed for this client has served."""
    for hold in Hold.objects.select_for_update().filter(bed=bed, client=client, started_at__lte=at, ended_at__gt=at):
        hold.ended_at = at
        hold.save(update_fields=["ended_at"])


@action("beds.assign", explain=WALLS)
def assign(
    *,
    by: Person,
    at: datetime,
    bed_id: int,
    episode_id: int,
    level: str,
    reasons: Mapping[str, str] = NO_REASONS,
    key: UUID | None = None,
) -> BedStay:
    """Give a bed to an episode from now on. ``reasons`` maps a finding's code to why it is overridden.

    Raises Refused with the findings of ``beds/rules/compatibility``; the loser of a race is told who has the bed.
    """
    episode = Episode.objects.select_for_update().select_related("client").get(pk=episode_id)
    [bed] = lock(by, Capability.ASSIGN_BEDS, at, bed_id)
    overridden = _check_fit(bed, episode.client, level, at, reasons)

    _use_hold(bed, episode.client, at)
    stay = BedStay.objects.create(bed=bed, episode=episode, client=episode.client, started_at=at)
    trail.record(
        "beds.assign", by=by, at=at, subject=stay, site_id=site_of(bed).pk, client_id=episode.client_id,
        summary=f"{episode.client.short_name} came to {name_of(bed)}", overridden=overridden, reasons=reasons,
    )  # fmt: skip

    announce(bed, at=at, waiting=True, people=True)
    announce_passes(bed.room.unit_id)
    return stay


@action("beds.vacate")
def vacate(*, by: Person, at: datetime, stay_id: int, key: UUID | None = None) -> BedStay:
    """End a stay and ask for the bed to be cleaned. Refused ``bed.already_left`` where it ended before."""
    stay = BedStay.objects.select_for_update().select_related("client").get(pk=stay_id)
    [bed] = lock(by, Capability.ASSIGN_BEDS, at, stay.bed_id)
    if stay.ended_at is not None:
        when = stay.ended_at.astimezone(site_of(bed).tz)
        raise Refused(
            stop("bed.already_left", f"{stay.client.short_name} already left {name_of(bed)} at {when:%H:%M}.")
        )

    stay.ended_at = at
    stay.save(update_fields=["ended_at"])
    CleaningJob.objects.create(bed=bed, started_at=at)
    trail.record(
        "beds.vacate", by=by, at=at, subject=stay, site_id=site_of(bed).pk, client_id=stay.client_id,
        summary=f"{stay.client.short_name} left {name_of(bed)}; it needs cleaning",
    )  # fmt: skip

    announce(bed, at=at, people=True)
    announce_passes(bed.room.unit_id)
    return stay


@action("beds.move", explain=WALLS)
def move(
    *,
    by: Person,
    at: datetime,
    stay_id: int,
    bed_id: int,
    level: str,
    reasons: Mapping[str, str] = NO_REASONS,
    key: UUID | None = None,
) -> BedStay:
    """Move someone to another bed in one step: the old one is freed for cleaning, the new one is theirs."""
    stay = BedStay.objects.select_for_update().select_related("client", "episode").get(pk=stay_id)
    old, new = lock(by, Capability.ASSIGN_BEDS, at, stay.bed_id, bed_id)
    if stay.ended_at is not None:
        raise Refused(
            stop("bed.already_left", f"{stay.client.short_name} is not in {name_of(old)} any more. Reload the board.")
        )
    overridden = _check_fit(new, stay.client, level, at, reasons)

    stay.ended_at = at
    stay.save(update_fields=["ended_at"])
    CleaningJob.objects.create(bed=old, started_at=at)
    _use_hold(new, stay.client, at)
    fresh = BedStay.objects.create(bed=new, episode=stay.episode, client=stay.client, started_at=at)
    trail.record(
        "beds.move", by=by, at=at, subject=fresh, site_id=site_of(new).pk, client_id=stay.client_id,
        summary=f"{stay.client.short_name} moved from {name_of(old)} to {name_of(new)}",
        overridden=overridden, reasons=reasons,
    )  # fmt: skip

    announce(old, new, at=at, people=True)
    announce_passes(*{old.room.unit_id, new.room.unit_id})
    return fresh
