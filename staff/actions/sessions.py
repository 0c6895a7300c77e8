"""End sessions: one, or all of a person but one. The browser is signed out at its next request, its live pages at once."""

from datetime import datetime
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Refused, stop
from live.actions import recheck
from staff.access import require
from staff.models import Person, SignedIn
from staff.rules.capabilities import Capability


@action("staff.end_session")
def end_session(*, by: Person, at: datetime, number: UUID, site_id: int, key: UUID | None = None) -> Person:
    """End one session: one's own, or (an administrator) somebody's. Answers whose it was.

    Refused where it ended already. Raises NotAllowed.
    """
    row = SignedIn.objects.select_for_update(of=("self",)).select_related("person").filter(number=number).first()
    if row is None or row.person is None:
        raise Refused(stop("session.over", "That session has ended already. Reload the page."))
    if row.person_id != by.pk:
        require(by, Capability.END_SESSIONS, site_id, at)
    person = row.person

    row.delete()
    trail.record(
        "staff.end_session", by=by, at=at, subject=person, site_id=site_id,
        summary=f"A session of {person.name} was ended ({row.device or 'a browser'})",
    )  # fmt: skip

    recheck(person.pk)
    return person


@action("staff.end_sessions")
def end_sessions(
    *, by: Person, at: datetime, person: Person, why: str, site_id: int | None = None, but: str | None = None
) -> Person:
    """End all sessions of a person, but the one with this key: their password changed, or they no longer work here."""
    rows = SignedIn.objects.filter(person=person).exclude(session_key=but)
    ended, _ = rows.delete()
    if ended:
        words = f"{ended} session{'' if ended == 1 else 's'} of {person.name} ended: {why}"
        trail.record("staff.end_sessions", by=by, at=at, subject=person, site_id=site_id, summary=words)

    recheck(person.pk)
    return person
