"""The wristband that counts for a client, and how it stops counting."""

from collections.abc import Collection
from datetime import datetime
from secrets import randbelow

from programs.models import Wristband
from programs.rules.bands import Why
from programs.rules.codes import ALPHABET, LENGTHS, made
from staff.models import Person


def current(client_id: int, at: datetime) -> Wristband | None:
    """The band that counts at an instant; None where there is none. One query."""
    return Wristband.objects.current(at).filter(client=client_id).select_related("by").first()


def codes_of(client_ids: Collection[int], at: datetime) -> dict[str, int]:
    """The codes that count at an instant for these clients, each with whose it is. One query."""
    return dict(Wristband.objects.current(at).filter(client__in=client_ids).values_list("code", "client_id"))


def end(client_id: int, *, by: Person, at: datetime, why: Why) -> bool:
    """Let the client's band count no more; whether there was one. The caller holds the client's lock and records the event."""
    running = Wristband.objects.filter(client=client_id, ended_at=None)
    return bool(running.update(ended_at=at, ended_by=by, ended_why=why.value))


def fresh_code(kind: str) -> str:
    """A new code of a kind, from the system's own randomness. The database refuses the one in 2^50 that is taken."""
    return made(kind, [randbelow(len(ALPHABET)) for _ in range(LENGTHS[kind])])
