"""Counting doses: every dose falls into exactly one box, so that the boxes add up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

from emar.models import TAKEN
from emar.queries.known import Due, Stand
from emar.rules.windows import Timing


@dataclass
class Tally:
    """How many doses fell into each box. ``away`` is charted as absent, or on leave with nothing charted."""

    in_time: int = 0
    early: int = 0
    late: int = 0
    missed: int = 0
    refused: int = 0
    held: int = 0
    not_available: int = 0
    away: int = 0
    open: int = 0

    @property
    def due(self) -> int:
        """All of them. Doses of an order on hold with nothing charted are not due, nor is what lies ahead."""
        return sum(self.boxes)

    @property
    def boxes(self) -> tuple[int, ...]:
        """The numbers in the order of ``HEADS``."""
        return tuple(getattr(self, field.name) for field in fields(self))


HEADS = ("In time", "Early", "Late", "Missed", "Refused", "Held", "Not available", "Away", "Open")


def box_of(dose: Due) -> str | None:
    """The box of a dose; None for one that is not due."""
    if dose.stand in (Stand.AHEAD, Stand.ON_HOLD):
        return None
    if dose.mark is None:
        return {Stand.MISSED: "missed", Stand.AWAY: "away"}.get(dose.stand, "open")
    if dose.mark.outcome in TAKEN:
        return {Timing.EARLY: "early", Timing.LATE: "late"}.get(dose.timing, "in_time")
    return "away" if dose.mark.outcome == "absent" else dose.mark.outcome


def tally(doses: Iterable[Due]) -> Tally:
    """Count doses."""
    return tallies(doses, lambda dose: "").get("", Tally())


def tallies(doses: Iterable[Due], by: Callable[[Due], str]) -> dict[str, Tally]:
    """Count doses by what ``by`` says of them, in the order in which it was said first."""
    found: dict[str, Tally] = {}
    for dose in doses:
        box = box_of(dose)
        if box is not None:
            counted = found.setdefault(by(dose), Tally())
            setattr(counted, box, getattr(counted, box) + 1)
    return found
