"""May this person reach this session? A session of a site where they hold no fitting role does not exist for them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists
from django.http import Http404

from groups.models import Session
from programs.desk import Desk
from programs.models import Client, Episode
from programs.people import mine, with_others
from staff.access import posts, require
from staff.models import Person
from staff.rules.capabilities import Capability, allows


@dataclass(frozen=True)
class Viewer:
    """Who looks at a session: ``runs`` may mark and write, ``reads`` may read what is written; ``credentials`` as they sign."""

    person_id: int
    runs: bool
    reads: bool
    credentials: str = ""


def viewer_of(person: Person, site_id: int, at: datetime) -> Viewer | None:
    """What the person may do with the sessions of a site at this instant, in one query; None where not even see them."""
    held = [post.role for post in posts(person, at) if post.site_id == site_id]

    def may(capability: Capability) -> bool:
        return any(allows(role, capability) for role in held)

    if not may(Capability.SEE_GROUPS):
        return None
    runs = may(Capability.RUN_GROUPS)
    return Viewer(person.pk, runs, runs or may(Capability.OPEN_CHART), person.credentials)


def session_for(person: Person, pk: int, at: datetime) -> tuple[Session, Viewer]:
    """The session and who looks at it. Raises Http404 where it is not there, or not for this person."""
    session = Session.objects.select_related("series", "site").filter(pk=pk).first()
    viewer = viewer_of(person, session.site_id, at) if session else None
    if session is None or viewer is None:
        raise Http404
    return session, viewer


def client_at(desk: Desk, pk: int) -> Client:
    """A client who was ever placed at the desk's site: their minutes are for whoever sees its groups. Raises Http404."""
    here = Episode.objects.filter(mine(pk), placements__program__site=desk.site)
    found = with_others(Client.objects.filter(Exists(here), pk=pk)).first()
    if found is None:
        raise Http404("No such client here.")
    return found


def lock_session(by: Person, at: datetime, pk: int) -> Session:
    """The session, locked until the end of the transaction, for someone who may run groups at its site.

    Raises Session.DoesNotExist, and NotAllowed where the person may not.
    """
    locked = Session.objects.select_for_update(of=("self",), no_key=True)
    session = locked.select_related("series", "site").get(pk=pk)
    require(by, Capability.RUN_GROUPS, session.site_id, at)
    return session
