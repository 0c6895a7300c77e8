"""Assign a bed to someone, move them to another, let two change beds, and free a bed when someone goes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, Severity, refuse_unless_overridden, stop
from beds.actions import occupancy
from beds.actions.common import (
    announce,
    announce_passes,
    fit_of,
    level_of,
    lock,
    lock_clients,
    lock_programs,
    name_of,
    site_of,
    taken_now,
)
from beds.models import Bed, BedStay
from programs.models import Episode
from staff.models import Person
from staff.rules.capabilities import Capability

NO_REASONS: Mapping[str, str] = {}


def _bed_taken(kwargs: Mapping[str, Any]) -> Finding:
    return taken_now(kwargs["bed_id"], kwargs["at"])


def _swap_raced(kwargs: Mapping[str, Any]) -> Finding:
    return stop("bed.taken", "One of the two beds was changed by someone else just now. Reload the board.")


def _person_elsewhere(kwargs: Mapping[str, Any]) -> Finding:
    return stop("bed.person_has_one", "This person was given another bed just now. Reload the board to see which.")


def _raced(kwargs: Mapping[str, Any]) -> Finding:
    return stop("time.not_later", "This bed was changed at this very moment. Wait a moment and try again.")


def _future(kwargs: Mapping[str, Any]) -> Finding:
    return stop("time.future", "That time has not come yet. A stay begins now: check the clock of this machine.")


WALLS = {
    "beds_one_stay_a_bed": _bed_taken,
    "beds_stay_against_hold": _bed_taken,
    "beds_stay_against_closure": _bed_taken,
    "beds_one_bed_a_person": _person_elsewhere,
    "beds_stay_ends_after_start": _raced,
    "beds_one_cleaning_a_bed": _raced,
    "beds_cleaning_ends_after_start": _raced,
    "beds_stay_not_in_future": _future,
    "programs_placement_ends_after_start": _raced,
    "programs_one_residence_placement_a_time": _raced,
}
SWAP_WALLS = {name: _swap_raced if told is _bed_taken else told for name, told in WALLS.items()}


@action("beds.assign", explain=WALLS)
def assign(
    *,
    by: Person,
    at: datetime,
    bed_id: int,
    episode_id: int,
    level: str | None = None,
    reasons: Mapping[str, str] = NO_REASONS,
    key: UUID | None = None,
) -> BedStay:
    """Give a bed to an episode from now on. ``reasons`` maps a finding's code to why it is overridden.

    ``level`` is what the person needs; None reads it from their placement. A hold for them, on any bed, is used up.
    Raises Refused with the findings of ``beds/rules/compatibility``; the loser of a race is told who has the bed.
    """
    episode = Episode.objects.select_related("client").get(pk=episode_id)
    lock_clients(episode.client_id)
    lock_programs(bed_id)
    [bed] = lock(by, Capability.ASSIGN_BEDS, at, bed_id, also=occupancy.held_for(episode.client_id, at=at))
    occupancy.refuse_if_taken(bed, episode.client, at)
    _refuse_if_elsewhere(episode, bed, at)
    wanted = level_of(episode.pk, at) if level is None else level
    overridden = refuse_unless_overridden(fit_of(bed, episode.client, wanted, at), reasons)

    stay, freed = occupancy.come(bed, episode, at, overridden, reasons)
    trail.record(
        "beds.assign", by=by, at=at, subject=stay, site_id=site_of(bed).pk, client_id=episode.client_id,
        summary=f"{episode.client.short_name} came to {name_of(bed)}", overridden=overridden, reasons=reasons,
    )  # fmt: skip

    announce(bed, *freed, at=at, waiting=True, people=True)
    announce_passes(bed.room.unit_id)
    return stay


@action("beds.vacate", explain=WALLS)
def vacate(*, by: Person, at: datetime, stay_id: int, key: UUID | None = None) -> BedStay:
    """End a stay and ask for the bed to be cleaned. Refused ``bed.already_left`` where it ended before."""
    stay = BedStay.objects.select_related("client").get(pk=stay_id)
    lock_clients(stay.client_id)
    [bed] = lock(by, Capability.ASSIGN_BEDS, at, stay.bed_id)
    occupancy.check_there(stay, bed, at)

    occupancy.leave(stay, at)
    occupancy.house(stay.episode_id, None, at)
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
    reasons: Mapping[str, str] = NO_REASONS,
    key: UUID | None = None,
) -> BedStay:
    """Move someone to another bed in one step: the old one is freed for cleaning, the new one is theirs.

    Judged at the level of their placement. They may move back into the bed they just left while nobody cleans it yet.
    """
    stay = BedStay.objects.select_related("client", "episode__client").get(pk=stay_id)
    lock_clients(stay.client_id)
    lock_programs(bed_id)
    also = occupancy.held_for(stay.client_id, at=at)
    old, new = lock(by, Capability.ASSIGN_BEDS, at, stay.bed_id, bed_id, also=also)
    occupancy.check_there(stay, old, at)
    _refuse_two_sites(old, new)
    occupancy.refuse_if_taken(new, stay.client, at)
    overridden = refuse_unless_overridden(fit_of(new, stay.client, level_of(stay.episode_id, at), at), reasons)

    occupancy.leave(stay, at)
    fresh, freed = occupancy.come(new, stay.episode, at, overridden, reasons)
    trail.record(
        "beds.move", by=by, at=at, subject=fresh, site_id=site_of(new).pk, client_id=stay.client_id,
        summary=f"{stay.client.short_name} moved from {name_of(old)} to {name_of(new)}",
        overridden=overridden, reasons=reasons,
    )  # fmt: skip

    announce(old, new, *freed, at=at, waiting=bool(freed), people=True)
    announce_passes(*occupancy.units_of([old, new]))
    return fresh


@action("beds.swap", explain=SWAP_WALLS)
def swap(
    *,
    by: Person,
    at: datetime,
    stay_id: int,
    other_id: int,
    reasons: Mapping[str, str] = NO_REASONS,
    other_reasons: Mapping[str, str] = NO_REASONS,
    key: UUID | None = None,
) -> BedStay:
    """Let two people change beds at once, and return the first one's new stay. Nothing is cleaned in between.

    Each is judged in the other's bed as if the other had left it. What stands against either refuses both: such a finding
    keeps its code, its message names the person and the bed, and its detail says ``for`` whom (initials) and by which
    ``stay_id``. ``reasons`` are for the person of ``stay_id``, ``other_reasons`` for the person of ``other_id``.
    """
    if stay_id == other_id:
        raise Refused(stop("bed.swap_same", "One person cannot change beds with themselves. Choose a second person."))
    found = BedStay.objects.select_related("client", "episode__client").in_bulk([stay_id, other_id])
    one, two = found.get(stay_id), found.get(other_id)
    if one is None or two is None:
        raise Refused(stop("bed.unknown", "There is no such stay. Reload the board."))
    lock_clients(one.client_id, two.client_id)
    lock_programs(one.bed_id, two.bed_id)
    also = occupancy.held_for(one.client_id, two.client_id, at=at)
    first, second = lock(by, Capability.ASSIGN_BEDS, at, one.bed_id, two.bed_id, also=also)
    occupancy.check_there(one, first, at)
    occupancy.check_there(two, second, at)
    _refuse_two_sites(first, second)
    here, there = _judged(one, second, two, at), _judged(two, first, one, at)
    _refuse_either((here, reasons), (there, other_reasons))

    occupancy.leave(one, at, cleaned=False)
    occupancy.leave(two, at, cleaned=False)
    fresh, freed = _change(by, at, one, first, second, two, here, reasons)
    _, freed_too = _change(by, at, two, second, first, one, there, other_reasons)

    freed += freed_too
    announce(first, second, *freed, at=at, waiting=bool(freed), people=True)
    announce_passes(*occupancy.units_of([first, second]))
    return fresh


def _judged(stay: BedStay, bed: Bed, other: BedStay, at: datetime) -> list[Finding]:
    """What stands against this person in the other's bed, once both have left theirs; each finding names the person."""
    found = fit_of(bed, stay.client, level_of(stay.episode_id, at), at, gone=[stay.client_id, other.client_id])
    named = f"{stay.client.short_name} in {name_of(bed)}"
    return [
        Finding(
            each.code, each.severity, f"{named}: {each.message}",
            {**each.detail, "for": stay.client.initials, "stay_id": stay.pk},
        )
        for each in found
    ]  # fmt: skip


def _refuse_either(*sides: tuple[list[Finding], Mapping[str, str]]) -> None:
    """Refused with everything that stands on either side, so that both are answered in one go."""
    standing: list[Finding] = []
    for found, reasons in sides:
        try:
            refuse_unless_overridden(found, reasons)
        except Refused as refused:
            standing += refused.findings
    if standing:
        raise Refused(*standing)


def _change(
    by: Person, at: datetime, stay: BedStay, old: Bed, new: Bed, other: BedStay, found: list[Finding],
    reasons: Mapping[str, str],
) -> tuple[BedStay, list[Bed]]:  # fmt: skip
    overridden = [each for each in found if each.severity is Severity.OVERRIDE]
    fresh, freed = occupancy.come(new, stay.episode, at, overridden, reasons)
    trail.record(
        "beds.swap", by=by, at=at, subject=fresh, site_id=site_of(new).pk, client_id=stay.client_id,
        summary=f"{stay.client.short_name} changed beds with {other.client.short_name}: {name_of(old)} to {name_of(new)}",
        overridden=overridden, reasons=reasons,
    )  # fmt: skip
    return fresh, freed


def _refuse_two_sites(old: Bed, new: Bed) -> None:
    if site_of(old).pk != site_of(new).pk:
        message = (
            f"{name_of(new)} is at {site_of(new)}, and {name_of(old)} at {site_of(old)}. Choose a bed of one site."
        )
        raise Refused(stop("bed.other_site", message))


def _refuse_if_elsewhere(episode: Episode, bed: Bed, at: datetime) -> None:
    stay = occupancy.stay_at(episode.pk, at)
    if stay is not None and stay.bed_id != bed.pk:
        message = f"{episode.client.short_name} has {name_of(stay.bed)} already. Move them instead."
        raise Refused(stop("bed.person_has_one", message))
