"""What the acts that cross rooms share: who is where, under the locks of the house, and who is told that it changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from admissions.queries import SAME_DAY
from audit.models import Event
from audit.rules.findings import stop
from beds.actions import occupancy
from beds.actions.common import announce, announce_passes, lock_beds
from beds.models import Bed, BedStay
from groups.models import Session
from live.actions import publish
from programs.models import Placement, Program
from programs.placed import locked
from programs.topics import session_topic, week_topic
from staff.access import NotAllowed, may
from staff.models import Person
from staff.rules.capabilities import Capability, who_may


@dataclass(frozen=True)
class InCare:
    """An episode under lock: its treatment placement (with program, site and client), its stay and bed where it has one."""

    placement: Placement
    stay: BedStay | None
    bed: Bed | None


def in_care(episode_id: int, at: datetime, *, holds: bool = False) -> InCare:
    """Lock the client, the placement and the bed (with ``holds``, every bed held for the client too).

    Raises Client.DoesNotExist for an unknown episode, and Refused where it has ended or is in no program.
    """
    placement = locked(episode_id, at)
    stay = occupancy.stay_at(episode_id, at)
    others = occupancy.held_for(placement.episode.client_id, at=at) if holds else []
    beds = lock_beds([*others, *([stay.bed_id] if stay else [])])
    return InCare(placement, stay, beds[stay.bed_id] if stay else None)


def require_either(by: Person, site_id: int, at: datetime, *capabilities: Capability) -> None:
    """Raise NotAllowed, with who could, where the person has none of these at the site."""
    if not any(may(by, capability, site_id, at) for capability in capabilities):
        wanted = capabilities[0]
        raise NotAllowed(stop("staff.not_allowed", f"You may not {wanted.label} here. Ask {who_may(wanted)}."))


def tell(
    beds: Iterable[Bed],
    programs: Iterable[Program],
    at: datetime,
    *,
    people: bool = False,
    waiting: bool = False,
    sessions: Iterable[Session] = (),
) -> None:
    """Announce to the bed boards, the passes of the units and the group sessions of the programs (and ``sessions``, which
    someone left): once, and last."""
    found = list(beds)
    announce(*found, at=at, people=people, waiting=waiting)
    announce_passes(*occupancy.units_of(found))
    tell_sessions(programs, at, sessions)


def tell_sessions(programs: Iterable[Program], at: datetime, left: Iterable[Session] = ()) -> None:
    """Announce to the group sessions of these programs that run, or begin within twelve hours, to those someone left, and to the
    lists of weeks of the programs' sites."""
    touched = list(programs)
    sessions = Session.objects.filter(
        series__programs__in=touched, ended_at__gt=at, started_at__lt=at + SAME_DAY
    ).distinct()  # fmt: skip
    found = {*sessions.values_list("pk", flat=True), *(session.pk for session in left)}
    told = {session_topic(pk) for pk in found} | {week_topic(program.site_id) for program in touched}
    publish(dict.fromkeys(told, ()))


def who_did(client_id: int, at: datetime) -> str:
    """Who acted on a client at exactly this instant, by the trail: ', by Imani Clarke', or '' where nobody is known."""
    event = Event.objects.filter(client_id=client_id, at=at).order_by("pk").first()
    return f", by {event.by_name}" if event else ""
