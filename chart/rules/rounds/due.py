"""When is somebody to be looked in on? A chain from look to look, each next one due a little before the interval is over.

The next look is due ``gap`` minutes after the last one: at most the interval, at least three fifths of it, so that whoever does every
look in time never leaves more than the interval between two, and nobody who waits for the next can know when it comes. How long
a gap is follows from what asks for the look (``Stretch.seed``) and from how much of it is over: two tablets agree, and so do two
people looked in on in one walk.

Source of at most 15 minutes, varied, with the actual time recorded: California Title 15 section 1328 (juvenile detention, taken as a
model; docs/rounds.md); 30 minutes in withdrawal and 60 at night are practice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from programs.rules.precautions import Precaution

MINUTE = timedelta(minutes=1)

WATCHED = {Precaution.CONSTANT_WATCH: 15, Precaution.CLOSE_WATCH: 15, Precaution.WITHDRAWAL_WATCH: 30}
"""How often a watch that was set as a precaution asks for a look, in minutes. At a constant watch somebody stays; this is how often it
is written down."""

SHORTEST, LONGEST = 5, 240
"""Minutes between two looks that can be ordered."""


@dataclass(frozen=True)
class Asked:
    """One thing that asks for looks, from ``since`` to ``until`` (UTC; None: open). ``words`` says what it is."""

    seed: str
    minutes: int
    since: datetime
    until: datetime | None
    words: str


@dataclass(frozen=True)
class Stretch:
    """A period in which one thing asks (the shortest interval of all), while the client is here. ``before`` is the interval in minutes
    that held right before it, 0 where none did."""

    asked: Asked
    since: datetime
    until: datetime | None
    before: int = 0


def gap(seed: str, slot: int, minutes: int) -> timedelta:
    """How long after a look the next is due: between three fifths of the interval (rounded up) and all of it, in whole minutes."""
    least = -(-minutes * 3 // 5)
    number = int.from_bytes(sha256(f"{seed}/{slot}".encode()).digest()[:8], "big")
    return (least + number % (minutes - least + 1)) * MINUTE


def due_after(stretch: Stretch, anchor: datetime) -> datetime:
    """When the next look is due after one at ``anchor`` (not before the stretch began)."""
    asked = stretch.asked
    slot = (anchor - asked.since) // (asked.minutes * MINUTE)
    return anchor + gap(asked.seed, slot, asked.minutes)


def stretches(
    asked: Sequence[Asked], here: Sequence[tuple[datetime, datetime | None]], until: datetime
) -> list[Stretch]:
    """Which thing asks when, in the order of time, up to ``until``: the shortest interval counts, the earlier begun of two alike, and
    nobody is looked in on while they are not ``here`` (periods, end exclusive)."""
    edges = {
        edge
        for since, end in (*((each.since, each.until) for each in asked), *here)
        for edge in (since, end)
        if edge is not None and edge < until
    }
    found: list[Stretch] = []
    ordered = sorted(edges)
    for start, end in zip(ordered, [*ordered[1:], None], strict=True):
        holding = [each for each in asked if each.since <= start and (each.until is None or each.until > start)]
        present = any(since <= start and (over is None or over > start) for since, over in here)
        if not holding or not present:
            continue
        first = min(holding, key=lambda each: (each.minutes, each.since, each.seed))
        last = found[-1] if found and found[-1].until == start else None
        if last is not None and last.asked == first:
            found[-1] = Stretch(first, last.since, end, last.before)
        else:
            found.append(Stretch(first, start, end, 0 if last is None else last.asked.minutes))
    return [_ended(each) for each in found]


def _ended(stretch: Stretch) -> Stretch:
    """A stretch that no edge before ``until`` ends may still have a planned end."""
    if stretch.until is None and stretch.asked.until is not None:
        return Stretch(stretch.asked, stretch.since, stretch.asked.until, stretch.before)
    return stretch


def first_due(stretch: Stretch, last_seen: datetime | None) -> datetime:
    """When the first look of a stretch is due. A look from before it counts where its interval still runs; what was due before by the
    interval that held until then stays due."""
    fresh = due_after(stretch, stretch.since)
    if last_seen is None or last_seen >= stretch.since:
        return fresh
    carried = last_seen + (due_after(stretch, stretch.since) - stretch.since)
    if carried > stretch.since:
        return carried
    owed = last_seen + stretch.before * MINUTE
    return min(fresh, owed) if stretch.before and owed > stretch.since else fresh
