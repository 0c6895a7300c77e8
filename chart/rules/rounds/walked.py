"""What became of every look that was due? Late stays late, missed stays missed, whatever is written afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chart.rules.rounds.due import Stretch, due_after, first_due

SLACK = timedelta(minutes=2)
"""A look that came here at most this long after it was taken counts as written when it was taken: the tap, the wire."""

EARLY = 2
"""A look answers the next slot once one part in so many of its gap is over; before, it is kept and answers nothing."""


class Outcome(StrEnum):
    """What became of a slot."""

    ON_TIME = "on time"
    ENTERED_LATER = "entered later"
    LATE = "late"
    MISSED = "missed"
    OPEN = "open"

    @property
    def tone(self) -> str:
        """One of the look's words."""
        return _TONES[self]


_TONES = {
    Outcome.ON_TIME: "free",
    Outcome.ENTERED_LATER: "caution",
    Outcome.LATE: "late",
    Outcome.MISSED: "stop",
    Outcome.OPEN: "",
}


@dataclass(frozen=True)
class Look:
    """A check as the rule sees it: when it was taken, when it came here."""

    pk: int
    at: datetime
    entered_at: datetime


@dataclass(frozen=True)
class Slot:
    """One look that was due. ``look`` answered it (None: nobody did). ``late`` is how long after it was due it came here."""

    stretch: Stretch
    opens_at: datetime
    due_at: datetime
    missed_at: datetime
    outcome: Outcome = Outcome.OPEN
    look: Look | None = None
    late: timedelta = timedelta(0)

    @property
    def late_minutes(self) -> int:
        """Whole minutes, begun ones counted."""
        return -(-int(self.late.total_seconds()) // 60)


def walked(stretches: Sequence[Stretch], looks: Sequence[Look], at: datetime) -> list[Slot]:
    """Every slot that was due, and the one that is open, as known at ``at``; ``looks`` in any order, those after ``at`` unknown.

    Slots are answered in the order in which looks came here (``entered_at``), so that nothing written afterwards makes a late one
    early, or takes a miss away. A slot is late while the next one's gap runs, and missed after it.
    """
    known = sorted((each for each in looks if each.entered_at <= at), key=lambda each: (each.entered_at, each.pk))
    found: list[Slot] = []
    for stretch in stretches:
        if stretch.since > at:
            break
        end = at if stretch.until is None else min(at, stretch.until)
        found.extend(_walk(stretch, known, end, over=stretch.until is not None and stretch.until <= at))
    return found


def _walk(stretch: Stretch, known: Sequence[Look], end: datetime, *, over: bool) -> list[Slot]:
    before = [each.at for each in known if each.at < stretch.since and each.entered_at <= stretch.since]
    slot = _slot(stretch, stretch.since, first_due(stretch, max(before, default=None)))
    done: list[Slot] = []
    for look in known:
        if look.entered_at < stretch.since or (over and look.entered_at >= end):
            continue
        while slot.missed_at <= look.entered_at:
            done.append(replace(slot, outcome=Outcome.MISSED))
            slot = _slot(stretch, slot.due_at, slot.missed_at)
        if look.at >= slot.opens_at:
            done.append(_answered(slot, look))
            slot = _slot(stretch, look.at, due_after(stretch, look.at))
    while slot.missed_at <= end:
        done.append(replace(slot, outcome=Outcome.MISSED))
        slot = _slot(stretch, slot.due_at, slot.missed_at)
    if not over:
        done.append(slot)
    elif slot.due_at < end:
        done.append(replace(slot, outcome=Outcome.MISSED))
    return done


def _slot(stretch: Stretch, anchor: datetime, due: datetime) -> Slot:
    """``missed_at``: when the next one would be due, had this one been in time."""
    return Slot(stretch, anchor + (due - anchor) / EARLY, due, due_after(stretch, due))


def _answered(slot: Slot, look: Look) -> Slot:
    if look.entered_at <= slot.due_at or (look.at <= slot.due_at and look.entered_at - look.at <= SLACK):
        return replace(slot, outcome=Outcome.ON_TIME, look=look)
    outcome = Outcome.ENTERED_LATER if look.at <= slot.due_at else Outcome.LATE
    return replace(slot, outcome=outcome, look=look, late=look.entered_at - slot.due_at)
