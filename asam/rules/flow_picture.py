"""The flow between levels as a picture: two columns of names, ribbons between them as wide as the people who went that way.

y and heights are in pixels; a ribbon's path lies in a box 100 wide, which stretches.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from asam.rules.flow import Flow, place

TALL = 320.0  # what all people together take, at most
WIDEST = 14.0  # pixels a person, at most
LEAST = 24.0  # of a name: its words need it
GAP = 8.0


@dataclass(frozen=True)
class Node:
    """A name in a column, with how many left it or came to it; ``at`` is where its words stand."""

    name: str
    count: int
    y: float
    height: float

    @property
    def at(self) -> float:
        """The middle."""
        return round(self.y + self.height / 2, 2)


@dataclass(frozen=True)
class Ribbon:
    """One way: its path, what it says, and its count where there is room (``count_y``, else None)."""

    path: str
    tone: str
    said: str
    count: int
    count_y: float | None


@dataclass(frozen=True)
class FlowPicture:
    """All of it; ``label`` says it in words."""

    height: int
    sources: tuple[Node, ...]
    targets: tuple[Node, ...]
    ribbons: tuple[Ribbon, ...]
    label: str


def flow_picture(flows: Sequence[Flow]) -> FlowPicture | None:
    """The picture of these ways; None where nobody moved."""
    total = sum(flow.count for flow in flows)
    if not total:
        return None
    unit = min(TALL / total, WIDEST)
    sources, targets = (
        _column([(flow.source, flow.count) for flow in flows], unit),
        _column([(flow.target, flow.count) for flow in flows], unit),
    )
    height = max(sources[-1].y + sources[-1].height, targets[-1].y + targets[-1].height)
    from_, to = _starts(sources, unit), _starts(targets, unit)
    ribbons = []
    for flow in sorted(flows, key=lambda each: (place(each.source), place(each.target))):
        wide = flow.count * unit
        y0, y1 = from_[flow.source], to[flow.target]
        from_[flow.source] += wide
        to[flow.target] += wide
        people = f"{flow.count} {'person' if flow.count == 1 else 'people'}"
        ribbons.append(Ribbon(
            f"M0 {y0:.2f}C50 {y0:.2f} 50 {y1:.2f} 100 {y1:.2f}V{y1 + wide:.2f}C50 {y1 + wide:.2f} 50 {y0 + wide:.2f} 0 {y0 + wide:.2f}Z",
            flow.tone, f"{flow.source} to {flow.target}: {people}, {flow.words}", flow.count,
            round(y0 + wide / 2, 2) if wide >= 12 else None,
        ))  # fmt: skip
    label = "; ".join(f"{flow.source} to {flow.target}: {flow.count}" for flow in flows)
    return FlowPicture(round(height) + 1, sources, targets, tuple(ribbons), label)


def _column(ends: Sequence[tuple[str, int]], unit: float) -> tuple[Node, ...]:
    counts: dict[str, int] = defaultdict(int)
    for name, count in ends:
        counts[name] += count
    found, y = [], 0.0
    for name in sorted(counts, key=place):
        high = max(counts[name] * unit, LEAST)
        found.append(Node(name, counts[name], round(y, 2), round(high, 2)))
        y += high + GAP
    return tuple(found)


def _starts(column: Sequence[Node], unit: float) -> dict[str, float]:
    """Where the first ribbon of each name begins: all of them stand in its middle."""
    return {node.name: node.y + (node.height - node.count * unit) / 2 for node in column}
