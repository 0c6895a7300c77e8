"""What the actions of this room share: clients locked first, who joins a session by acting in it, and who is told."""

from collections.abc import Iterable

from audit.rules.findings import Refused, stop
from groups.models import Facilitator, Session
from live.actions import publish
from programs.models import Client
from programs.topics import session_topic, week_topic
from staff.models import Person


def lock_clients(ids: Iterable[int]) -> dict[int, Client]:
    """These clients, locked until the end of the transaction in the order of their ids: before any session."""
    rows = Client.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {client.pk: client for client in rows}


def refuse_cancelled(session: Session) -> None:
    """Raise Refused where the session does not take place."""
    if session.cancelled_at is not None:
        message = f"This session was cancelled: {session.cancelled_why} Plan another one, or open the one that meets."
        raise Refused(stop("session.cancelled", message.replace("..", ".")))


def join(session: Session, by: Person) -> None:
    """Whoever marks or writes runs the session too, also someone who was removed and acts again."""
    row, made = Facilitator.objects.get_or_create(session=session, person=by)
    if not made and row.removed_at is not None:
        row.removed_at = None
        row.save(update_fields=["removed_at"])


def announce(session: Session, keys: Iterable[str] = ()) -> None:
    """Tell the open pages: these pieces and the small ones that sum them up; no keys, everything. What changes somebody's
    minutes, or what is planned for them, is told to the lists of weeks as well."""
    named = list(keys)
    summed = [f"{piece}:{session.pk}" for piece in ("counts", "everyone", "faces", "saved", "signatures")]
    told: dict[str, list[str]] = {session_topic(session.pk): [*named, *summed] if named else []}
    if not named or any(key.startswith("attendance:") for key in named):
        told[week_topic(session.site_id)] = []
    publish(told)
