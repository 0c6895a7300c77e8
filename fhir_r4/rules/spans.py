"""Stretches of time, cut and laid side by side: the history of a stay, and which bed belongs to which step of care."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Span:
    """From ``start`` up to and not including ``end``; open where it is None. Aware instants."""

    start: datetime
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Whether this instant is in it."""
        return self.start <= at and (self.end is None or at < self.end)

    def within(self, other: "Span") -> "Span | None":
        """The part of it that lies in the other; None where there is none."""
        start = max(self.start, other.start)
        ends = [end for end in (self.end, other.end) if end is not None]
        end = min(ends, default=None)
        return None if end is not None and end <= start else Span(start, end)


def statuses(whole: Span, leaves: Iterable[Span], *, running: str, away: str) -> list[tuple[str, Span]]:
    """The whole span as stretches that follow one another: ``away`` in each of the leaves (which never overlap), else ``running``."""
    found: list[tuple[str, Span]] = []
    begins: datetime | None = whole.start
    for each in sorted(leaves, key=lambda span: span.start):
        part = each.within(whole)
        if part is None or begins is None:
            continue
        if part.start > begins:
            found.append((running, Span(begins, part.start)))
        found.append((away, part))
        begins = part.end
    if begins is not None and (whole.end is None or begins < whole.end):
        found.append((running, Span(begins, whole.end)))
    return found


def pieces(stays: Sequence[tuple[int, Span]], whole: Span) -> list[tuple[int, Span]]:
    """The parts of these stays (key, span) that lie in the whole, oldest first."""
    found = [(key, part) for key, span in stays if (part := span.within(whole)) is not None]
    return sorted(found, key=lambda each: each[1].start)
