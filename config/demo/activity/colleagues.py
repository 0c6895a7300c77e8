"""Who the simulated colleagues are, and what visitors have their hands on: that is left alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db.models import Q

from audit.models import Event
from beds.models import BedStay, CleaningJob, Closure, Hold
from config.demo.people import SIGN_INS
from groups.models import Attendance, Part
from programs.models import Site
from staff.models import Person
from staff.rules.capabilities import Role

QUIET = timedelta(minutes=10)  # nothing that a visitor touched so recently is touched
_BED_ROWS = {model._meta.label: model for model in (BedStay, Hold, CleaningJob, Closure)}


def visitors() -> list[int]:
    """The people a visitor may be signed in as."""
    return list(Person.objects.filter(username__in=[each.username for each in SIGN_INS]).values_list("pk", flat=True))


def colleague(dice: Random, site: Site, role: Role, at: datetime) -> Person | None:
    """Someone of this role at the site whom no visitor can be; None where there is nobody."""
    held = Q(assignments__site=site, assignments__role=role, assignments__started_at__lte=at)
    open_ = Q(assignments__ended_at=None) | Q(assignments__ended_at__gt=at)
    found = list(Person.objects.filter(held, open_).exclude(pk__in=visitors()).order_by("pk").distinct())
    return dice.choice(found) if found else None


@dataclass(frozen=True)
class Touched:
    """What visitors did something with in the last minutes: ids of clients, beds and sessions."""

    clients: frozenset[int]
    beds: frozenset[int]
    sessions: frozenset[int]


def touched(at: datetime) -> Touched:
    """Look at the trail, and at drafts, which leave no event at every save."""
    since, theirs = at - QUIET, visitors()
    clients: set[int] = set()
    beds: set[int] = set()
    for client, kind, pk in Event.objects.filter(by_id__in=theirs, at__gte=since).values_list(
        "client_id", "subject_kind", "subject_id"
    ):
        if client is not None:
            clients.add(client)
        if kind in _BED_ROWS:
            beds.update(_BED_ROWS[kind].objects.filter(pk=pk).values_list("bed_id", flat=True))
    sessions = {
        *Attendance.objects.filter(by__in=theirs, at__gte=since).values_list("session_id", flat=True),
        *Part.objects.filter(author__in=theirs, saved_at__gte=since).values_list("session_id", flat=True),
    }
    return Touched(frozenset(clients), frozenset(beds), frozenset(sessions))
