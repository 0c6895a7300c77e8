"""Housekeeping cleans beds, intake keeps one for a while, moves someone within a unit, or says when someone will leave."""

from datetime import datetime, time, timedelta
from random import Random

from django.db.models import F, QuerySet

from admissions.actions import expected
from beds.actions import cleaning, holds, stays
from beds.models import Bed, BedStay, CleaningJob, Hold
from beds.queries.cards import Card, cards
from beds.rules.states import BedState
from config.demo.activity.colleagues import Touched, colleague, visitors
from programs.models import ExpectedDischarge, Leave, PlacementRequest, Site
from staff.rules.capabilities import Role

AT_WORK = timedelta(seconds=50)  # how long cleaning takes, at the least: a demonstration's minute
KEPT = timedelta(hours=2)  # how long intake keeps a bed
ONCE = timedelta(hours=3)  # a bed that was handed back is not handed back again
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
        elif _theirs(job, at) and job.accepted_by is not None:
            cleaning.finish(by=job.accepted_by, at=at, job_id=job.pk)
            return True
    return False


def hand_back(dice: Random, at: datetime, left_alone: Touched) -> bool:
    """Someone is called away and gives a bed back unfinished, once a bed."""
    jobs = CleaningJob.objects.current(at).exclude(bed__in=left_alone.beds).select_related("accepted_by").order_by("pk")
    for job in jobs:
        before = CleaningJob.objects.filter(bed=job.bed_id, handed_back=True, ended_at__gt=at - ONCE).exists()
        if _theirs(job, at) and job.accepted_by is not None and not before:
            cleaning.hand_back(by=job.accepted_by, at=at, job_id=job.pk)
            return True
    return False


def _theirs(job: CleaningJob, at: datetime) -> bool:
    """True where a colleague has been at it for a while."""
    begun = job.accepted_at is not None and at - job.accepted_at > AT_WORK
    return begun and job.accepted_by_id not in visitors()


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
    own = Hold.objects.current(at).exclude(bed__in=left_alone.beds).filter(until__lte=F("started_at") + KEPT)
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
            holds.hold(by=by, at=at, bed_id=free.pk, client_id=request.client_id, until=at + KEPT)
            return True
    return False


def expect(dice: Random, at: datetime, left_alone: Touched) -> bool:
    """Say of someone when they will leave, as long as that is known of fewer than half of a site's people."""
    known = ExpectedDischarge.objects.current(at).values("episode_id")
    for site in sites_of_beds(dice):
        by = colleague(dice, site, Role.INTAKE, at)
        here = in_beds(site, at, left_alone)
        open_ = list(here.exclude(episode__in=known).order_by("pk"))
        if by is None or not open_ or len(open_) * 2 <= here.count():
            continue
        stay = dice.choice(open_)
        day = at.astimezone(site.tz).date() + timedelta(days=dice.randrange(1, 10))
        leaves = datetime.combine(day, time(dice.choice((10, 11, 14))), tzinfo=site.tz)
        expected.expect(by=by, at=at, episode_id=stay.episode_id, expected_at=leaves)
        return True
    return False


def move(dice: Random, at: datetime, left_alone: Touched) -> bool:
    """Move someone to another bed of their unit. A bed that does not fit is refused, as for anybody."""
    for site, free in _free(dice, at, left_alone):
        by = colleague(dice, site, Role.INTAKE, at)
        here = list(in_beds(site, at, left_alone).filter(bed__room__unit=free.unit_id).order_by("pk"))
        if by is None or not here:
            continue
        stay = dice.choice(here)
        stays.move(by=by, at=at, stay_id=stay.pk, bed_id=free.pk)
        return True
    return False


def in_beds(site: Site, at: datetime, left_alone: Touched) -> QuerySet[BedStay]:
    """Who is in a bed of the site, not on leave, and not in a visitor's hands."""
    return (
        BedStay.objects.current(at)
        .filter(bed__room__unit__site=site)
        .exclude(episode__in=Leave.objects.current(at).values("episode_id"))
        .exclude(client__in=left_alone.clients)
        .exclude(bed__in=left_alone.beds)
    )


def sites_of_beds(dice: Random) -> list[Site]:
    """The sites that have beds, in any order."""
    found = list(Site.objects.filter(pk__in=Bed.objects.values("room__unit__site")))
    dice.shuffle(found)
    return found


def _free(dice: Random, at: datetime, left_alone: Touched) -> list[tuple[Site, Card]]:
    """Free beds by site in any order, where more than a few are left."""
    found = []
    for site in sites_of_beds(dice):
        free = [card for card in cards(site, at) if card.state is BedState.AVAILABLE and card.hold_id is None]
        if len(free) > FEW:
            found += [(site, card) for card in free if card.pk not in left_alone.beds]
    dice.shuffle(found)
    return found
