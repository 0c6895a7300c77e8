"""How a thing is timed, and how its line of the table reads. Seconds are measured, never asserted."""

import gc
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import TypeVar

K = TypeVar("K")

HEAD = f"{'runs':>6}{'p50 ms':>10}{'p95 ms':>10}{'floor':>9}"


@dataclass
class Figure:
    """A line of the table: seconds each, as measured."""

    name: str
    seconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """A second, over the whole run."""
        return len(self.seconds) / sum(self.seconds)

    @property
    def p50(self) -> float:
        """The median, in seconds."""
        return median(self.seconds)

    @property
    def p95(self) -> float:
        """In seconds; the slowest where there are too few for that."""
        return quantiles(self.seconds, n=20)[-1] if len(self.seconds) > 1 else self.seconds[0]

    def over(self, floor: "Figure") -> float:
        """How many times the floor's median."""
        return self.p50 / floor.p50

    def line(self, floor: "Figure | None" = None) -> str:
        """Name, runs, p50, p95, and the share of the floor where there is one."""
        times = f"{self.over(floor):>8.1f}x" if floor else ""
        return f"{self.name:<46}{len(self.seconds):>6}{self.p50 * 1e3:>10.2f}{self.p95 * 1e3:>10.2f}{times}"


def timed(name: str, runs: int, act: Callable[[int], object], warm: int) -> Figure:
    """Time each of ``runs`` calls, after ``warm`` that do not count. Calls are numbered from 0, the warm ones first."""
    figure = Figure(name)
    for number in range(warm + runs):
        seconds = clocked(lambda number=number: act(number))  # type: ignore[misc]
        if number >= warm:
            figure.seconds.append(seconds)
    return figure


def clocked(act: Callable[[], object]) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def in_turns(
    acts: Mapping[K, Callable[[], object]],
    rounds: int,
    inside: Callable[[K], AbstractContextManager[object]],
    warm: int = 2,
) -> dict[K, Figure]:
    """Each act once a round: what else the machine does meanwhile falls on all of them alike.

    ``inside`` gives what an act runs in (its database); that is not timed.
    """
    figures = {name: Figure(str(name)) for name in acts}
    for number in range(-warm, rounds):
        for name, act in acts.items():
            gc.collect()  # nobody pays for what another one left
            with inside(name):
                seconds = clocked(act)
            if number >= 0:
                figures[name].seconds.append(seconds)
    return figures
