"""Someone goes out for a while and comes back, as a technician sees them pass the door."""

from datetime import datetime, timedelta
from random import Random

from admissions.actions import leaves
from audit.models import Event
from config.demo.activity.beds import in_beds, sites_of_beds
from config.demo.activity.colleagues import Touched, colleague, visitors
from programs.models import Leave
from staff.models import Person
from staff.rules.capabilities import Role

OUT = timedelta(minutes=4)  # how long someone is out, at the least: a demonstration's two hours
AT_ONCE = 2  # people who are out so at the same time
LATELY = timedelta(days=3)


def go(dice: Random, at: datetime, left_alone: Touched) -> bool:
    """Somebody of a residential program goes on a pass of two or three hours."""
    if len(_sent(at)) >= AT_ONCE:
        return False
    for site in sites_of_beds(dice):
        here = list(
            in_beds(site, at, left_alone)
            .filter(bed__room__unit__program__level__in=["3.5", "3.1"], started_at__lt=at - timedelta(days=7))
            .order_by("pk")
        )
        by = colleague(dice, site, Role.TECHNICIAN, at)
        if by is not None and here:
            back = at + dice.choice((2, 3)) * timedelta(hours=1)
            stay = dice.choice(here)
            leaves.go(by=by, at=at, episode_id=stay.episode_id, kind=Leave.Kind.PASS, expected_at=back)
            return True
    return False


def come_back(dice: Random, at: datetime, left_alone: Touched) -> bool:
    """Somebody whom a colleague let out is back. Whom a visitor let out, a visitor lets in."""
    for leave in _sent(at):
        stay = leave.episode.stays.filter(ended_at=None).select_related("bed__room__unit__site").first()
        if stay is None or at - leave.started_at < OUT or stay.client_id in left_alone.clients:
            continue
        by = colleague(dice, stay.bed.room.unit.site, Role.TECHNICIAN, at)
        if by is not None:
            leaves.come_back(by=by, at=at, leave_id=leave.pk)
            return True
    return False


def _sent(at: datetime) -> list[Leave]:
    """The running leaves that colleagues recorded: the demonstration's own were recorded by nurses."""
    theirs = Person.objects.filter(assignments__role=Role.TECHNICIAN).exclude(pk__in=visitors()).values("pk")
    events = Event.objects.filter(verb="admissions.leave", by_id__in=theirs, at__gt=at - LATELY)
    found = Leave.objects.current(at).filter(pk__in=events.values("subject_id"), ended_at=None)
    return list(found.select_related("episode").order_by("started_at"))
