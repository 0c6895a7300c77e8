"""Strips of content, stacked into pages before anything is drawn, so that every page knows how many there are."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Canvas = Any  # reportlab has no types
Draw = Callable[[Canvas, float, float], None]  # canvas, left edge, top edge; up is more


def nothing(canvas: Canvas, left: float, top: float) -> None:
    """Draws nothing."""


@dataclass(frozen=True)
class Strip:
    """One horizontal piece over the whole width, `height` points high.

    `keep`: stays on the page of the strip after it. `again`: drawn before it where it begins a page. `space`: left out
    where it would begin a page. `breaks`: begins a page. `sheet`: has a page to itself, without letterhead.
    """

    height: float
    draw: Draw = nothing
    keep: bool = False
    again: "tuple[Strip, ...]" = ()
    space: bool = False
    breaks: bool = False
    sheet: bool = False


@dataclass(frozen=True)
class Page:
    """What stands on one page, from the top down."""

    strips: tuple[Strip, ...]
    sheet: bool = False


def gap(height: float, *, keep: bool = False) -> Strip:
    """Empty space between two pieces."""
    return Strip(height, space=True, keep=keep)


def paginate(strips: Iterable[Strip], first: float, later: float) -> list[Page]:
    """Pages for `strips`: `first` and `later` are the heights of the first page's body and of every other. At least one page."""
    pages: list[Page] = []
    open_: list[Strip] = []

    def close() -> None:
        if open_:
            pages.append(Page(tuple(open_)))
            open_.clear()

    for run in _runs(strips, later):
        if run[0].sheet:
            close()
            pages.append(Page((run[0],), sheet=True))
            continue
        room = later if pages else first
        if run[0].breaks or _height(open_) + _height(run) > room + 0.01:
            close()
        if not open_:
            while run and run[0].space:
                run = run[1:]
            run = [*run[0].again, *run] if run else []
        open_.extend(run)
    close()
    return pages or [Page(())]


def _runs(strips: Iterable[Strip], most: float) -> Iterator[list[Strip]]:
    """Strips that stay together; apart where together they are higher than a page."""
    run: list[Strip] = []
    for strip in strips:
        run.append(strip)
        if not strip.keep:
            yield from [run] if _height([*run[0].again, *run]) <= most else ([one] for one in run)
            run = []
    if run:
        yield run


def _height(strips: Iterable[Strip]) -> float:
    return sum(strip.height for strip in strips)
