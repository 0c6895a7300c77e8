"""Housekeeping cleans beds, intake keeps one for a while or moves someone within a unit."""

from datetime import datetime, timedelta
from random import Random

from beds.actions import cleaning, holds, stays
from beds.models import Bed, BedStay, CleaningJob, Hold
from beds.queries.cards import Card, cards
from beds.rules.states import BedState
from config.demo.activity.colleagues import Touched, colleague
from programs.models import Leave, PlacementRequest, Site
from staff.rules.capabilities import Role

AT_WORK = timedelta(seconds=50)  # how long cleaning takes, at the least: a demonstration's minute
FEW = 3  # free beds of a site that are always left for the visitor


def clean(dice: Random, at: datetime, left_alone: Touched) -> bool:
    """Accept a job, or finish one; False where there is none."""
    jobs = list(
        CleaningJob.objects.current(at)
        .exclude(bed__in=left_alone.beds)
        .select_related("bed__room__unit__site", "accepted_by")
        .order_by("pk")
    )
    dice.shuffle(jobs)
    for job in jobs:
        if job.accepted_by is None and at - job.started_at > AT_WORK:
            by = colleague(dice, job.bed.room.unit.site, Role.HOUSEKEEPING, at)
            if by is not None:
                cleaning.accept(by=by, at=at, job_id=job.pk)
                return True
        elif job.accepted_by is not None and job.accepted_at is not None and at - job.accepted_at > AT_WORK:
            cleaning.finish(by=job.accepted_by, at=at, job_id=job.pk)
            return True
    return False


def ask(dice: Random, at: datetime, left_alone: Touched) -> bool:
    """Someone sees that a free bed wants fresh linen, where not much else waits to be cleaned."""
    if CleaningJob.objects.current(at).count() >= FEW:
        return False
    for site, free in _free(dice, at, left_alone):
        by = colleague(dice, site, Role.TECHNICIAN, at)
        if by is not None:
            cleaning.ask(by=by, at=at, bed_id=free.pk)
            return True
    return False


def keep(dice: Random, at: datetime, left_alone: Touched) -> bool:
    """Hold a free bed for someone of the placement list, or let the last such hold go."""
    own = Hold.objects.current(at).exclude(bed__in=left_alone.beds).filter(ended_at__lte=at + timedelta(hours=3))
    for hold in own.select_related("bed__room__unit__site").order_by("pk"):
        by = colleague(dice, hold.bed.room.unit.site, Role.INTAKE, at)
        if by is not None and hold.by_id == by.pk:
            holds.release(by=by, at=at, hold_id=hold.pk)
            return True
    for site, free in _free(dice, at, left_alone):
        by = colleague(dice, site, Role.INTAKE, at)
        waiting = list(
            PlacementRequest.objects.filter(site=site, state__in=PlacementRequest.OPEN)
            .exclude(client__in=left_alone.clients)
            .exclude(client__holds__ended_at__gt=at)
            .order_by("pk")
        )
        if by is not None and waiting:
            request = dice.choice(waiting)
            holds.hold(by=by, at=at, bed_id=free.pk, client_id=request.client_id, until=at + timedelta(hours=2))
            return True
    return False


def move(dice: Random, at: datetime, left_alone: Touched) -> bool:
    """Move someone to another bed of their unit. A bed that does not fit is refused, as for anybody."""
    away = Leave.objects.current(at).values("episode_id")
    for site, free in _free(dice, at, left_alone):
        by = colleague(dice, site, Role.INTAKE, at)
        here = list(
            BedStay.objects.current(at)
            .filter(bed__room__unit=free.unit_id)
            .exclude(episode__in=away)
            .exclude(client__in=left_alone.clients)
            .exclude(bed__in=left_alone.beds)
            .order_by("pk")
        )
        if by is None or not here:
            continue
        stay = dice.choice(here)
        stays.move(by=by, at=at, stay_id=stay.pk, bed_id=free.pk)
        return True
    return False


def _free(dice: Random, at: datetime, left_alone: Touched) -> list[tuple[Site, Card]]:
    """Free beds by site in any order, where more than a few are left."""
    found = []
    for site in Site.objects.filter(pk__in=Bed.objects.values("room__unit__site")):
        free = [card for card in cards(site, at) if card.state is BedState.AVAILABLE and card.hold_id is None]
        if len(free) > FEW:
            found += [(site, card) for card in free if card.pk not in left_alone.beds]
    dice.shuffle(found)
    return found
