"""A range of dates in a few figures: bed-days, occupancy, who came, who left, how long they had stayed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from beds.rules.census.count import Day
from beds.rules.census.facts import Stay


@dataclass(frozen=True)
class Run:
    """An episode had a bed of the site without a break: ``first`` and ``last`` are beds, the same where nobody moved."""

    episode: int
    first: int
    last: int
    start: datetime
    end: datetime | None


@dataclass(frozen=True)
class Figures:
    """Sums over the midnights of a range; ``average_stay`` in days of those who left, None where nobody did."""

    bed_days: int
    leave_days: int
    hold_days: int
    service_days: int
    admissions: int
    departures: int
    average_stay: float | None

    @property
    def occupancy(self) -> float | None:
        """Bed-days of all bed-days in service, 0 to 1; None where no bed was in service."""
        return self.bed_days / self.service_days if self.service_days else None


def figures(
    days: Iterable[Day], stays: Iterable[Stay], after: datetime, to: datetime, beds: Callable[[int], bool] = lambda bed: True
) -> Figures:  # fmt: skip
    """The figures of the range after one midnight, up to and including another.

    Whoever comes or goes at the stroke of midnight does so in the day that ends, as the census counts it. ``beds`` says
    which beds count: one came to the first bed of their run and left from the last.
    """
    chosen = list(days)
    found = runs(stays)
    left = [run for run in found if run.end is not None and after < run.end <= to and beds(run.last)]
    return Figures(
        bed_days=sum(day.census for day in chosen),
        leave_days=sum(day.on_leave for day in chosen),
        hold_days=sum(day.held for day in chosen),
        service_days=sum(day.in_service for day in chosen),
        admissions=sum(after < run.start <= to and beds(run.first) for run in found),
        departures=len(left),
        average_stay=_average(left),
    )


def runs(stays: Iterable[Stay]) -> tuple[Run, ...]:
    """Stays of an episode that follow each other at once are one run: a move or a swap is no leaving and no coming."""
    found: list[Run] = []
    ordered = sorted(stays, key=lambda stay: (stay.episode, stay.start))
    for before, stay in pairwise([None, *ordered]):
        assert stay is not None
        if before is not None and before.episode == stay.episode and before.end == stay.start:
            run = found.pop()
            found.append(Run(run.episode, run.first, stay.bed, run.start, stay.end))
        else:
            found.append(Run(stay.episode, stay.bed, stay.bed, stay.start, stay.end))
    return tuple(found)


def _average(left: list[Run]) -> float | None:
    lengths = [(run.end - run.start) / timedelta(days=1) for run in left if run.end is not None]
    return sum(lengths) / len(lengths) if lengths else None
