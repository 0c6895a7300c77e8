"""Admit a person from the placement list into a bed: episode, placement, stay and request in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from beds.actions import stays
from beds.models import Bed
from programs.models import Client, Episode, Placement, PlacementRequest, Program
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability


def _already_in_care(kwargs: Mapping[str, Any]) -> Finding:
    return stop("admit.in_care", "This person was admitted just now. Open the chart to see where they are.")


@action("admissions.admit", explain={"programs_one_episode_a_time": _already_in_care})
def admit(
    *,
    by: Person,
    at: datetime,
    request_id: int,
    bed_id: int,
    reasons: Mapping[str, str],
    key: UUID | None = None,
) -> Episode:
    """Open an episode for who asked, place them in the bed's program, and give them the bed.

    Raises Refused: the request was settled meanwhile (who and when), the person is in care already, or the bed does not fit
    (``reasons`` overrides what may be overridden).
    """
    request = PlacementRequest.objects.select_for_update(of=("self",)).select_related("client").get(pk=request_id)
    require(by, Capability.ADMIT, request.site_id, at)
    client = Client.objects.select_for_update().get(pk=request.client_id)
    bed = Bed.objects.select_related("room__unit__program", "room__unit__site").get(pk=bed_id)
    program, site = bed.room.unit.program, bed.room.unit.site

    if request.settled_at is not None:
        when = request.settled_at.astimezone(site.tz)
        raise Refused(
            stop(
                "admit.settled",
                f"{client.short_name} was {request.get_state_display().lower()} at {when:%H:%M} already.",
            )
        )
    if Episode.objects.current(at).filter(client=client).exists():
        raise Refused(stop("admit.in_care", f"{client.short_name} is in care already. Open the chart to see where."))
    if site.pk != request.site_id:
        raise Refused(
            stop("admit.other_site", f"{client.short_name} asked for {request.site}, and this bed is at {site}.")
        )
    if program.kind == Program.Kind.RESIDENCE:
        raise Refused(
            stop(
                "admit.residence",
                f"{program} is a recovery residence, not treatment. Admit to a program first, then house.",
            )
        )

    episode = Episode.objects.create(client=client, started_at=at)
    placement = Placement.objects.create(
        episode=episode, program=program, kind=program.kind, level=program.level, started_at=at
    )
    request.state, request.settled_at = PlacementRequest.State.ADMITTED, at
    request.save(update_fields=["state", "settled_at"])
    trail.record(
        "admissions.admit", by=by, at=at, subject=placement, site_id=site.pk, client_id=client.pk,
        summary=f"{client.short_name} admitted to {program}",
    )  # fmt: skip

    # The bed last: it announces to the board what the whole transaction did.
    stays.assign(
        by=by, at=at, bed_id=bed_id, episode_id=episode.pk, level=request.level_wanted or program.level, reasons=reasons
    )
    return episode
