"""What is a bed right now, and do the counts add up? Derived from stays, leaves, holds, closures and cleaning."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class BedState(StrEnum):
    """What a bed is at one instant: exactly one of these."""

    AVAILABLE = "available"
    HELD = "held"
    OCCUPIED = "occupied"
    ON_LEAVE = "on_leave"
    CLEANING = "cleaning"
    BEING_CLEANED = "being_cleaned"
    OUT_OF_SERVICE = "out_of_service"

    @property
    def label(self) -> str:
        """The word on the card."""
        return _LABELS[self]


_LABELS = {
    BedState.AVAILABLE: "Free",
    BedState.HELD: "Held",
    BedState.OCCUPIED: "Occupied",
    BedState.ON_LEAVE: "On leave, bed kept",
    BedState.CLEANING: "Needs cleaning",
    BedState.BEING_CLEANED: "Being cleaned",
    BedState.OUT_OF_SERVICE: "Out of service",
}


class Cleaning(StrEnum):
    """How far an open cleaning job is; a finished one is no cleaning."""

    ASKED = "asked"
    STARTED = "started"


def derive_state(*, stay: bool, on_leave: bool, hold: bool, closure: bool, cleaning: Cleaning | None) -> BedState:
    """Return the bed's state at one instant from what holds at that instant.

    In this order, the first that applies: a stay (whoever is in the bed is never hidden; on leave when the person is),
    a closure, cleaning, a hold, else free. So a held bed that needs cleaning needs cleaning: the hold stands, and the
    card shows it beside the state. A leave without a stay changes nothing.
    """
    if stay:
        return BedState.ON_LEAVE if on_leave else BedState.OCCUPIED
    if closure:
        return BedState.OUT_OF_SERVICE
    if cleaning is not None:
        return BedState.BEING_CLEANED if cleaning is Cleaning.STARTED else BedState.CLEANING
    return BedState.HELD if hold else BedState.AVAILABLE


@dataclass(frozen=True)
class Counts:
    """Beds by state. Every bed is counted once:

    ``beds`` = ``in_service`` + ``out_of_service``, and
    ``in_service`` = ``occupied`` + ``on_leave`` + ``held`` + ``cleaning`` + ``free``.
    ``occupied`` is people in the building; ``cleaning`` is needed or under way (``being_cleaned`` is its second part).
    ``licensed`` is what the licence allows, which may be more or fewer than the beds there are; ``staffed`` is how many
    people there is staff for.
    """

    licensed: int
    staffed: int
    beds: int
    in_service: int
    out_of_service: int
    occupied: int
    on_leave: int
    held: int
    cleaning: int
    being_cleaned: int
    free: int

    @property
    def kept(self) -> int:
        """Beds that are someone's: occupied and on leave."""
        return self.occupied + self.on_leave


def counts(states: Iterable[BedState], *, licensed: int | None = None, staffed: int | None = None) -> Counts:
    """Return the counts of these beds; ``licensed`` and ``staffed`` None mean that every bed is."""
    tally = Counter(states)
    beds, closed = tally.total(), tally[BedState.OUT_OF_SERVICE]
    return Counts(
        licensed=beds if licensed is None else licensed,
        staffed=beds if staffed is None else staffed,
        beds=beds,
        in_service=beds - closed,
        out_of_service=closed,
        occupied=tally[BedState.OCCUPIED],
        on_leave=tally[BedState.ON_LEAVE],
        held=tally[BedState.HELD],
        cleaning=tally[BedState.CLEANING] + tally[BedState.BEING_CLEANED],
        being_cleaned=tally[BedState.BEING_CLEANED],
        free=tally[BedState.AVAILABLE],
    )
