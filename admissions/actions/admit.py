"""Admit a person from the placement list into a bed, in one transaction; take an admission back that was a mistake."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from admissions.actions.common import in_care, tell, tell_sessions, who_did
from admissions.actions.ending import WALLS, end_everything
from audit import trail
from audit.actions import action
from audit.rules.findings import Finding, Refused, stop
from beds.actions import occupancy, stays
from beds.actions.common import lock_beds, lock_clients, lock_programs
from chart.models import Note
from emar.models import Administration
from groups.models import Part
from programs.models import Client, Episode, Placement, PlacementRequest, Program
from programs.placed import last, told
from staff.access import require
from staff.models import Person
from staff.rules.capabilities import Capability

TAKE_BACK = timedelta(hours=24)


def in_care_at(client: Client, at: datetime) -> Finding | None:
    """What is said of someone who is in care: at which site, in which program, and since when. None where they are not."""
    episode = Episode.objects.filter(client=client, ended_at=None).first()
    if episode is None:
        return None
    placement = last(episode.pk, max(at, episode.started_at))  # the clock of another server may be ahead
    where = f" at {placement.program.site}, in {placement.program}," if placement else ""
    since = f"since {told(episode.started_at, placement.program.site.tz)}" if placement else "elsewhere"
    message = f"{client.short_name} is in care already{where} {since}. Open the chart to see more."
    return stop("admit.in_care", message)


def _already_in_care(kwargs: Mapping[str, Any]) -> Finding:
    request = PlacementRequest.objects.select_related("client").get(pk=kwargs["request_id"])
    just_now = stop("admit.in_care", f"{request.client.short_name} was admitted just now. Open the chart to see where.")
    return in_care_at(request.client, kwargs["at"]) or just_now


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

    The payer of the request becomes the episode's. Raises Refused: the request was settled meanwhile (how, when, by whom),
    the person is in care already (where), or the bed does not fit (``reasons`` overrides what may be overridden).
    """
    known = PlacementRequest.objects.get(pk=request_id)
    require(by, Capability.ADMIT, known.site_id, at)
    client = lock_clients(known.client_id)[known.client_id]
    request = PlacementRequest.objects.select_for_update(of=("self",)).select_related("site").get(pk=request_id)
    lock_programs(bed_id)
    bed = lock_beds([bed_id, *occupancy.held_for(client.pk, at=at)]).get(bed_id)
    if bed is None:
        raise Refused(stop("bed.unknown", "There is no such bed. Reload the board."))
    program, site = bed.room.unit.program, bed.room.unit.site
    if request.settled_at is not None:
        raise Refused(stop("admit.settled", _settled(request, client, request.settled_at)))
    in_care = in_care_at(client, at)
    if in_care is not None:
        raise Refused(in_care)
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
    occupancy.refuse_if_taken(bed, client, at)

    episode = Episode.objects.create(client=client, started_at=at, payer=request.payer)
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
    tell_sessions([program], at)
    return episode


@action("admissions.take_back", explain=WALLS)
def take_back(*, by: Person, at: datetime, episode_id: int, key: UUID | None = None) -> Episode:
    """End an admission that was a mistake, within 24 hours and before any dose was charted or note signed.

    Stay, placement, orders and episode end now, as a mistake; the bed asks for cleaning. The request that was admitted is
    approved and open again, unless the person asked anew at this site meanwhile. Raises Refused; NotAllowed.
    """
    care = in_care(episode_id, at, holds=True)
    client, program = care.placement.episode.client, care.placement.program
    episode = care.placement.episode
    require(by, Capability.ADMIT, program.site_id, at)
    findings = _too_late(episode, at, program)
    if findings:
        raise Refused(*findings)

    ended = end_everything(care, by=by, at=at, outcome=Episode.Outcome.MISTAKE, why="admitted by mistake")
    reopened = _reopen(episode, program)
    back = " and is on the placement list again" if reopened else ""
    trail.record(
        "admissions.take_back", by=by, at=at, subject=episode, site_id=program.site_id, client_id=client.pk,
        summary=f"{client.short_name} was admitted to {program} by mistake{back}",
    )  # fmt: skip

    tell(ended.beds, ended.programs, at, people=True, waiting=True)
    return episode


def _settled(request: PlacementRequest, client: Client, at: datetime) -> str:
    """'M. Delgado was admitted at 10:42 already, by Imani Clarke, to Residential 3.5.'"""
    state = request.get_state_display().lower()
    to = f" to {request.referred_to}" if request.referred_to else ""
    if request.state == PlacementRequest.State.ADMITTED:
        placement = Placement.objects.filter(episode__client=client, started_at=at).select_related("program").first()
        to = f" to {placement.program}" if placement else ""
    when = told(at, request.site.tz)
    return f"{client.short_name} was {state}{to} at {when} already{who_did(client.pk, at)}. Reload the placement list."


def _too_late(episode: Episode, at: datetime, program: Program) -> list[Finding]:
    name = episode.client.short_name
    if at > episode.started_at + TAKE_BACK:
        when = told(episode.started_at, program.site.tz)
        words = f"{name} was admitted at {when}, more than 24 hours ago. Discharge them instead."
        return [stop("take_back.late", words)]
    done = []
    if Administration.objects.filter(order__episode=episode).exists():
        done.append("a dose was charted")
    parts = Part.objects.filter(client=episode.client_id, signed_at__gte=episode.started_at)
    if Note.objects.filter(episode=episode).exists() or parts.exists():
        done.append("a note was signed")
    if done:
        words = f"{' and '.join(done)} since {name} was admitted. Discharge them instead."
        return [stop("take_back.used", words[0].upper() + words[1:])]
    return []


def _reopen(episode: Episode, program: Program) -> bool:
    """Put the request that was admitted back on the list; False where there is none, or a newer one is open."""
    asked = PlacementRequest.objects.select_for_update(of=("self",)).filter(
        client=episode.client_id, site=program.site_id
    )  # fmt: skip
    rows = list(asked.order_by("pk"))
    found = next(
        (row for row in rows if row.settled_at == episode.started_at and row.state == row.State.ADMITTED), None
    )
    if found is None or any(row.settled_at is None for row in rows):
        return False
    found.state, found.settled_at = PlacementRequest.State.APPROVED, None
    found.save(update_fields=["state", "settled_at"])
    return True
