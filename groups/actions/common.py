"""What the actions of this room share: who joins a session by acting in it, and who is told."""

from collections.abc import Iterable

from groups.models import Facilitator, Session
from live.actions import publish
from programs.topics import session_topic
from staff.models import Person


def join(session: Session, by: Person) -> None:
    """Whoever marks or writes runs the session too."""
    Facilitator.objects.get_or_create(session=session, person=by)


def announce(session: Session, keys: Iterable[str] = ()) -> None:
    """Tell the open pages: these pieces and the small ones that sum them up; no keys, everything."""
    named = list(keys)
    summed = [f"{piece}:{session.pk}" for piece in ("counts", "faces", "saved", "signatures")]
    publish({session_topic(session.pk): [*named, *summed] if named else []})
