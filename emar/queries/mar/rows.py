"""What a page of the medication record shows: frozen, complete before a template or a document sees it."""

from dataclasses import dataclass
from datetime import date, datetime

from chart.queries.allergies import Allergies
from programs.models import Client, Site


@dataclass(frozen=True)
class Box:
    """One box of the grid: a day and a time. ``look`` is a word of the look, or ahead, closed, open; ``words`` say it in full."""

    text: str
    look: str
    words: str


@dataclass(frozen=True)
class Line:
    """One time of day of an order, with a box for each day of the month; ``amount`` where it differs along the order."""

    label: str
    amount: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Given:
    """One dose as needed: what it was for, the score before, and what came of it."""

    at: datetime
    outcome: str
    amount: str
    why: str
    before: str
    effect: str
    seen: str
    initials: str


@dataclass(frozen=True)
class Ordered:
    """One version of an order. ``period`` says start and stop, ``by`` who ordered it, ``state`` what became of it."""

    order_id: int
    title: str
    sig: str
    flags: tuple[str, ...]
    by: str
    period: str
    state: str
    lines: tuple[Line, ...] = ()
    given: tuple[Given, ...] = ()


@dataclass(frozen=True)
class Note:
    """A box that needs words: what, when it was due, what was charted, why, by whom."""

    at: datetime
    medication: str
    said: str
    why: str
    initials: str


@dataclass(frozen=True)
class Signer:
    """One line of the signature legend."""

    initials: str
    name: str
    credentials: str


@dataclass(frozen=True)
class Month:
    """A client's medication record of a month, as it stood at ``at`` (UTC). ``today`` is the day of ``at`` in it, else None."""

    client: Client
    site: Site
    first: date
    at: datetime
    today: int | None
    days: tuple[date, ...]
    where: str
    age: int
    allergies: Allergies
    scheduled: tuple[Ordered, ...]
    as_needed: tuple[Ordered, ...]
    carried: tuple[Ordered, ...]
    notes: tuple[Note, ...]
    signers: tuple[Signer, ...]
    legend: tuple[tuple[str, str], ...]

    @property
    def empty(self) -> bool:
        """Whether nothing was ordered in that month."""
        return not (self.scheduled or self.as_needed or self.carried)
