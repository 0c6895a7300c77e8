"""Who runs a session: add someone, or take someone off it. Nobody who wrote words goes before they are signed."""

from datetime import datetime
from uuid import UUID

from audit import trail
from audit.actions import action
from audit.rules.findings import Refused, stop
from groups.access import lock_session
from groups.actions.common import announce, join
from groups.models import Facilitator
from staff.access import may
from staff.models import Person
from staff.rules.capabilities import Capability


@action("groups.add_facilitator")
def add_facilitator(
    *, by: Person, at: datetime, session_id: int, person_id: int, key: UUID | None = None
) -> Facilitator:  # fmt: skip
    """Put a colleague on a session. Refused ``facilitator.not_allowed`` where they may not run groups at its site."""
    session = lock_session(by, at, session_id)
    person = Person.objects.get(pk=person_id)
    if not may(person, Capability.RUN_GROUPS, session.site_id, at):
        message = f"{person.signature} may not run groups at {session.site.name}. Choose a facilitator of this site."
        raise Refused(stop("facilitator.not_allowed", message))

    join(session, person)
    row = Facilitator.objects.get(session=session, person=person)
    trail.record(
        "groups.add_facilitator", by=by, at=at, subject=row, site_id=session.site_id,
        summary=f"{person.signature} runs {session.name}",
    )  # fmt: skip

    announce(session)
    return row


@action("groups.remove_facilitator")
def remove_facilitator(
    *, by: Person, at: datetime, session_id: int, person_id: int, key: UUID | None = None
) -> Facilitator:  # fmt: skip
    """Take someone off a session; what they signed stays theirs.

    Refused ``facilitator.words_open`` where words of theirs are not signed: they sign them, or a colleague takes them over.
    """
    session = lock_session(by, at, session_id)
    row = Facilitator.objects.select_related("person").get(session=session, person_id=person_id)
    theirs = session.parts.select_for_update(no_key=True).filter(author_id=person_id, signed_at=None)
    written = theirs.exclude(text="").count()
    if written:
        words = "1 part that is not signed" if written == 1 else f"{written} parts that are not signed"
        message = f"{row.person.signature} wrote {words}. They sign first, or someone who runs this session takes the words over."
        raise Refused(stop("facilitator.words_open", message))
    if row.removed_at is not None:
        return row

    theirs.filter(text="").update(author=None, saved_at=None)
    row.removed_at = at
    row.save(update_fields=["removed_at"])
    trail.record(
        "groups.remove_facilitator", by=by, at=at, subject=row, site_id=session.site_id,
        summary=f"{row.person.signature} no longer runs {session.name}",
    )  # fmt: skip

    announce(session)
    return row
