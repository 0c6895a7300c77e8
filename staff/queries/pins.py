"""How does a person's PIN stand?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from staff.models import Pin, PinTry
from staff.rules.pins import MOST_TRIES, Gate, Standing, Try, standing


class PinState(StrEnum):
    """What a page says of a PIN."""

    NONE = "none"
    SET = "set"
    LOCKED = "locked"


@dataclass(frozen=True)
class Mine:
    """A person's own PIN: ``since`` is UTC, None where there is none."""

    state: PinState
    since: datetime | None


def newest_pin(person_id: int) -> Pin | None:
    """The row that counts; its secret is '' where the PIN was taken away."""
    return Pin.objects.filter(person_id=person_id).order_by("-id").first()


def standing_of(pin: Pin, at: datetime) -> Standing:
    """Whether this PIN may be tried at an instant (UTC). One query."""
    tries = PinTry.objects.filter(pin=pin).order_by("-id").values_list("right", "at")[:MOST_TRIES]
    return standing([Try(right, when) for right, when in tries], at)


def pin_state(person_id: int, at: datetime) -> Mine:
    """A person's own PIN, for their page. Two queries."""
    pin = newest_pin(person_id)
    if pin is None or not pin.secret:
        return Mine(PinState.NONE, None)
    locked = standing_of(pin, at).gate is Gate.LOCKED
    return Mine(PinState.LOCKED if locked else PinState.SET, pin.set_at)


def pin_states(person_ids: Iterable[int]) -> dict[int, PinState]:
    """How the PINs of many people stand. Two queries; a PIN is locked by its newest tries alone, at whatever instant."""
    newest = {pin.person_id: pin for pin in Pin.objects.filter(person_id__in=list(person_ids)).order_by("id")}
    found = {person: PinState.SET if pin.secret else PinState.NONE for person, pin in newest.items()}
    rows = PinTry.objects.filter(pin__in=list(newest.values())).order_by("-id").values_list("person_id", "right")
    wrong: dict[int, int] = {}
    closed: set[int] = set()
    for person, right in rows:
        if right:
            closed.add(person)
        elif person not in closed:
            wrong[person] = wrong.get(person, 0) + 1
    found.update({person: PinState.LOCKED for person, count in wrong.items() if count >= MOST_TRIES})
    return found
