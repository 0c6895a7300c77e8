"""The periods that a census is counted from. Instants are aware UTC; an end is exclusive, None while it lasts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Stay:
    """An episode has a bed. ``payer`` '' where none was recorded."""

    bed: int
    episode: int
    payer: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Away:
    """An episode is on leave."""

    episode: int
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Placed:
    """An episode is in treatment at a level. A recovery residence is no level and is not among these."""

    episode: int
    level: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Held:
    """A bed is kept for someone; ``end`` is when the hold really ended."""

    bed: int
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Closed:
    """A bed is out of service."""

    bed: int
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Facts:
    """Everything about some beds over some time. ``units`` maps each bed to its unit."""

    units: Mapping[int, int]
    stays: tuple[Stay, ...] = ()
    leaves: tuple[Away, ...] = ()
    placements: tuple[Placed, ...] = ()
    holds: tuple[Held, ...] = ()
    closures: tuple[Closed, ...] = ()
