"""How long until a bed that someone left is clean again, and where did the time go?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

ZERO = timedelta(0)


@dataclass(frozen=True)
class Cleaned:
    """One cleaning job after a stay. ``end`` of a job that was handed back is when it was given up, not when the bed was clean."""

    asked: datetime
    accepted: datetime | None
    end: datetime | None
    handed_back: bool = False


@dataclass(frozen=True)
class Turnaround:
    """From the end of a stay to a clean bed. ``finished`` None while the bed is not clean; ``jobs`` counts who tried."""

    bed: int
    left: datetime
    asked: datetime
    accepted: datetime | None
    finished: datetime | None
    jobs: int

    @property
    def whole(self) -> timedelta | None:
        """The turnaround; None while the bed is not clean."""
        return None if self.finished is None else max(ZERO, self.finished - self.left)

    @property
    def steps(self) -> tuple[timedelta, timedelta, timedelta] | None:
        """Left to asked, asked to accepted, accepted to clean: together the whole. What came before the bed was left is 0."""
        if self.finished is None:
            return None
        end = max(self.left, self.finished)
        asked = min(max(self.left, self.asked), end)
        accepted = min(max(asked, self.accepted or end), end)
        return asked - self.left, accepted - asked, end - accepted


@dataclass(frozen=True)
class Parts:
    """Many turnarounds in figures. ``count`` were finished, ``open`` were not; the rest is None where none was finished.

    ``to_ask``, ``to_accept`` and ``to_finish`` are medians of each step, so they need not add up to ``middle``.
    """

    count: int
    open: int
    middle: timedelta | None
    ninety: timedelta | None
    longest: timedelta | None
    to_ask: timedelta | None
    to_accept: timedelta | None
    to_finish: timedelta | None


def turnarounds(ended: Iterable[tuple[int, datetime, Sequence[Cleaned]]]) -> tuple[Turnaround, ...]:
    """One for each stay that ended and was followed by cleaning: (bed, when it was left, the jobs after it).

    Where a job was handed back, the bed is clean when the last one is finished. A stay that nobody cleaned after is left
    out: it was taken back, or the bed was given on as it was.
    """
    found = []
    for bed, left, jobs in ended:
        if not jobs:
            continue
        ordered = sorted(jobs, key=lambda job: job.asked)
        last = ordered[-1]
        done = None if last.handed_back else last.end
        accepted = None if last.handed_back else last.accepted
        found.append(Turnaround(bed, left, ordered[0].asked, accepted, done, len(ordered)))
    return tuple(sorted(found, key=lambda one: one.left))


def parts(many: Iterable[Turnaround]) -> Parts:
    """Median, 90th percentile and steps. The percentile is a turnaround that happened: nine of ten were no longer."""
    every = list(many)
    whole = sorted(one.whole for one in every if one.whole is not None)
    steps = [one.steps for one in every if one.steps is not None]
    return Parts(
        count=len(whole),
        open=len(every) - len(whole),
        middle=_median(whole),
        ninety=whole[ceil(0.9 * len(whole)) - 1] if whole else None,
        longest=whole[-1] if whole else None,
        to_ask=_median([step[0] for step in steps]),
        to_accept=_median([step[1] for step in steps]),
        to_finish=_median([step[2] for step in steps]),
    )


def slowest(many: Iterable[Turnaround], most: int) -> tuple[Turnaround, ...]:
    """The longest first, those that never ended before them (the bed that waits longest first)."""

    def order(one: Turnaround) -> tuple[bool, float]:
        return (True, -one.whole.total_seconds()) if one.whole is not None else (False, one.left.timestamp())

    return tuple(sorted(many, key=order)[:most])


def _median(lengths: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(each.total_seconds() for each in lengths)) if lengths else None
