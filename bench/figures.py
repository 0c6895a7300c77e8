"""How a thing is timed, and how its line of the table reads. Seconds are measured, never asserted."""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
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
    gc.collect()
    gc.freeze()  # what is there by now is not looked through before every call
    try:
        for number in range(-warm, rounds):
            for name, act in acts.items():
                gc.collect()  # nobody pays for what another one left
                with inside(name):
                    seconds = clocked(act)
                if number >= 0:
                    figures[name].seconds.append(seconds)
    finally:
        gc.unfreeze()
    return figures


@dataclass(frozen=True)
class Line:
    """One line of the one table; every field is text as it is read, with its unit.

    ``p50``, ``p95``: '12.3 ms', or '118 a second' in ``p50`` where a rate is what counts. ``floor``: what it is held against and
    what that took, 'bare SELECT 3.1 ms'. ``ratio``: '3.9x', '7.6 %'. ``target``: 'at most 1.1x'; ``met`` says whether it is (None:
    there is none). ``besides``: queries, bytes, spread.
    """

    name: str
    p50: str
    p95: str = ""
    floor: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None
    besides: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the one table: '2. Chart a dose'. ``said`` are sentences under it."""

    title: str
    lines: Sequence[Line]
    said: Sequence[str] = ()

    def __str__(self) -> str:
        """As Markdown."""
        rows = [
            "| Line | p50 | p95 | Floor | Against it | Target | Besides |", "|---|---|---|---|---|---|---|",
            *(
                f"| {each.name} | {each.p50} | {each.p95} | {each.floor} | {each.ratio} | {_aim(each)} | {each.besides} |"
                for each in self.lines
            ),
        ]  # fmt: skip
        return "\n".join([f"### {self.title}", "", *rows, *(f"\n{each}" for each in self.said)])


def ms(seconds: float) -> str:
    """'12.3 ms'."""
    return f"{seconds * 1e3:.{0 if seconds >= 0.1 else 1 if seconds >= 0.01 else 2}f} ms"


def _aim(line: Line) -> str:
    said = {True: "met", False: "**missed**", None: ""}[line.met]
    return ": ".join(part for part in (line.target, said) if part)
