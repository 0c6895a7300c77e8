"""Keep a bed for someone until an hour, and let it go."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, Severity, refuse_unless_overridden, stop
from beds.actions.common import announce, card_of, fit_of, lock, name_of, site_of, taken_in_words
from beds.models import Bed, Hold
from beds.rules.states import BedState
from programs.models import Client, PlacementRequest
from staff.models import Person
from staff.rules.capabilities import Capability

LONGEST = timedelta(days=14)


def _taken(kwargs: Mapping[str, Any]) -> Finding:
    return taken_in_words(Bed.objects.select_related("room__unit__site").get(pk=kwargs["bed_id"]), kwargs["at"])


def _standing(bed: Bed, client: Client, at: datetime) -> list[Finding]:
    """What no reason would lift when the person came: a hold on such a bed keeps it from others for nothing."""
    asked = PlacementRequest.objects.filter(client=client, site=site_of(bed), settled_at=None).first()
    level = asked.level_wanted if asked and asked.level_wanted else bed.room.unit.program.level
    found = fit_of(bed, client, level, at)
    return [one for one in found if one.severity is Severity.STOP and one.code != "bed.needs_cleaning"]


@action("beds.hold", explain={"beds_one_hold_a_bed": _taken, "beds_hold_against_stay": _taken})
def hold(
    *, by: Person, at: datetime, bed_id: int, client_id: int, until: datetime, key: UUID | None = None
) -> Hold:  # fmt: skip
    """Keep a free bed for a client until an instant, at most 14 days on."""
    client = Client.objects.get(pk=client_id)
    [bed] = lock(by, Capability.ASSIGN_BEDS, at, bed_id)
    if not at < until <= at + LONGEST:
        raise Refused(stop("bed.hold_until", "Hold it until a later hour, at most 14 days from now."))
    card = card_of(bed, at)
    if card.client_id is not None or card.hold_id is not None:
        raise Refused(taken_in_words(bed, at))
    if card.state is BedState.OUT_OF_SERVICE:
        raise Refused(stop("bed.out_of_service", f"{name_of(bed)} is out of service: {card.why}. Choose another bed."))

    refuse_unless_overridden(_standing(bed, client, at), {})

    made = Hold.objects.create(bed=bed, client=client, started_at=at, ended_at=until, by=by)
    when = until.astimezone(site_of(bed).tz)
    trail.record(
        "beds.hold", by=by, at=at, subject=made, site_id=site_of(bed).pk, client_id=client.pk,
        summary=f"{name_of(bed)} held for {client.short_name} until {when:%a %H:%M}",
    )  # fmt: skip

    announce(bed, at=at)
    return made


@action("beds.release")
def release(*, by: Person, at: datetime, hold_id: int, key: UUID | None = None) -> Hold:
    """Let a held bed go. Refused ``bed.hold_over`` where the hold ended before."""
    found = Hold.objects.select_for_update().get(pk=hold_id)
    [bed] = lock(by, Capability.ASSIGN_BEDS, at, found.bed_id)
    if found.ended_at <= at:
        raise Refused(stop("bed.hold_over", f"The hold on {name_of(bed)} is already over. Reload the board."))

    found.ended_at = at
    found.save(update_fields=["ended_at"])
    trail.record(
        "beds.release", by=by, at=at, subject=found, site_id=site_of(bed).pk, client_id=found.client_id,
        summary=f"{name_of(bed)} let go",
    )  # fmt: skip

    announce(bed, at=at)
    return found
