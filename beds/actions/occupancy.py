"""Who comes into a bed and who leaves it, as rows: the parts of every act that moves people.

The caller has locked people and beds, asked who may, judged the fit, and announces.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from audit.rules.findings import Finding, Refused, stop
from beds.actions.common import check_later, clock, name_of, site_of
from beds.models import Bed, BedStay, CleaningJob, Hold
from programs.models import Client, Episode, Placement, Program

BED = ("bed__room__unit__site", "bed__room__unit__program")


def held_for(*client_ids: int, at: datetime) -> list[int]:
    """The ids of beds that are held for these people: they are locked with the beds of the act. One query."""
    return list(Hold.objects.filter(client_id__in=client_ids, ended_at__gt=at).values_list("bed_id", flat=True))


def use_holds(client: Client, at: datetime) -> list[Bed]:
    """End every hold for this client: it has served, or is not wanted any more. The beds that were held."""
    beds = []
    for hold in Hold.objects.filter(client=client, ended_at__gt=at).select_related(*BED):
        hold.ended_at = max(at, hold.started_at)
        hold.save(update_fields=["ended_at"])
        beds.append(hold.bed)
    return beds


def refuse_if_taken(bed: Bed, client: Client, at: datetime) -> None:
    """The quick no for whoever comes second, before the whole fit is judged. One query."""
    stay = BedStay.objects.current(at).filter(bed=bed).exclude(client=client).select_related("client").first()
    if stay is not None:
        message = f"{stay.client.initials} has {name_of(bed)}. Choose another bed."
        raise Refused(stop("bed.occupied", message, bed=bed.label))


def come(
    bed: Bed, episode: Episode, at: datetime, overridden: Iterable[Finding], reasons: Mapping[str, str]
) -> tuple[BedStay, list[Bed]]:
    """Begin a stay, with what was gone past on it; the stay, and every bed that a hold for this person kept till now.

    Who comes back to the bed they just left, before anybody cleans it, takes the job back: it ends ``handed_back``.
    """
    freed = use_holds(episode.client, at)
    left = CleaningJob.objects.current(at).filter(bed=bed, after__client=episode.client_id, accepted_by=None).first()
    if left is not None:
        check_later(at, left.started_at, site_of(bed))
        left.ended_at, left.handed_back = at, True
        left.save(update_fields=["ended_at", "handed_back"])
    said = [
        {"code": finding.code, "message": finding.message, "reason": reasons[finding.code].strip()}
        for finding in overridden
    ]
    stay = BedStay.objects.create(
        bed=bed, episode=episode, client_id=episode.client_id, started_at=at, overrides=said
    )  # fmt: skip
    house(episode.pk, bed.room.unit.program, at)
    return stay, [each for each in freed if each.pk != bed.pk]


def house(episode_id: int, program: Program | None, at: datetime) -> None:
    """Who has a bed of a recovery residence lives there: that placement begins and ends with the bed, beside treatment.

    ``program`` is the new bed's, None where somebody leaves without another.
    """
    lives = program if program is not None and program.kind == Program.Kind.RESIDENCE else None
    now = Placement.objects.current(at).filter(episode=episode_id, kind=Program.Kind.RESIDENCE).first()
    if now is not None and (lives is None or lives.pk != now.program_id):
        now.ended_at = at
        now.save(update_fields=["ended_at"])
        now = None
    if lives is not None and now is None:
        Placement.objects.create(episode_id=episode_id, program=lives, kind=lives.kind, started_at=at)


def leave(stay: BedStay, at: datetime, *, cleaned: bool = True) -> None:
    """End a stay; unless somebody comes at once (not ``cleaned``), the bed asks for cleaning."""
    stay.ended_at = at
    stay.save(update_fields=["ended_at"])
    if cleaned and not CleaningJob.objects.filter(bed=stay.bed_id, ended_at=None).exists():
        CleaningJob.objects.create(bed_id=stay.bed_id, after=stay, started_at=at)


def check_there(stay: BedStay, bed: Bed, at: datetime) -> None:
    """Refuse ``bed.already_left`` where the stay ended before, and an instant not later than its start."""
    stay.refresh_from_db(fields=["ended_at"])
    if stay.ended_at is not None:
        message = f"{stay.client.short_name} already left {name_of(bed)} at {clock(stay.ended_at, bed)}."
        raise Refused(stop("bed.already_left", f"{message} Reload the board."))
    check_later(at, stay.started_at, site_of(bed))


def stay_at(episode_id: int, at: datetime) -> BedStay | None:
    """The stay an episode has, with its bed, room, unit, site and client. One query."""
    return BedStay.objects.current(at).filter(episode=episode_id).select_related("client", *BED).first()


def units_of(beds: Sequence[Bed]) -> set[int]:
    """The units in which these beds stand."""
    return {bed.room.unit_id for bed in beds}
