"""A signature drawn on a tablet: whether it is one, and its picture. No Django, no clock."""

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

from audit.rules.findings import Finding, stop

WIDE, HIGH = 1000, 400
"""The frame that points are given in: x from 0 to 1000, y from 0 to 400."""

MOST_POINTS = 6000
SHORTEST = 150.0
"""How long the whole line is at least, in the same units: a touch and a dot are no signature. House proposal."""

LONGEST_TIME = 600_000  # ms

Point = tuple[int, int, int]
Strokes = tuple[tuple[Point, ...], ...]


def read_strokes(sent: object) -> Strokes | None:
    """The strokes as they were sent ([[[x, y, ms], ...], ...]); None where they are anything else. Points are whole numbers inside
    the frame, at most 6000 of them."""
    if not isinstance(sent, Sequence) or isinstance(sent, str | bytes) or len(sent) > MOST_POINTS:
        return None
    strokes = []
    for stroke in sent:
        if not isinstance(stroke, Sequence) or isinstance(stroke, str | bytes):
            return None
        points = [_point(each) for each in stroke[: MOST_POINTS + 1]]
        if any(point is None for point in points):
            return None
        strokes.append(tuple(point for point in points if point is not None))
    return tuple(strokes) if sum(map(len, strokes)) <= MOST_POINTS else None


def stroke_findings(strokes: Strokes | None) -> list[Finding]:
    """What stands against a drawing: it could not be read, or it is too little to be somebody's signature."""
    if strokes is None:
        return [stop("signature.unreadable", "The drawing could not be read. Clear the frame and sign again.")]
    if length(strokes) < SHORTEST:
        return [stop("signature.empty", "Nothing is drawn in the frame. Sign with a finger or a pen, then confirm.")]
    return []


def length(strokes: Strokes) -> float:
    """How long all lines are together, in the frame's units."""
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for stroke in strokes for a, b in pairwise(stroke))


def lines_of(strokes: Sequence[Sequence[Sequence[float]]]) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The drawing as lines of points, for paper."""
    return tuple(tuple((float(point[0]), float(point[1])) for point in stroke) for stroke in strokes)


def svg_of(strokes: Strokes) -> str:
    """The drawing as an SVG of lines and nothing else."""
    lines = "".join(
        f'<polyline points="{" ".join(f"{x},{y}" for x, y, _ in stroke)}"/>' for stroke in strokes if len(stroke) > 1
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" fill="none" stroke="currentColor" '
        f'stroke-width="5" stroke-linecap="round" stroke-linejoin="round">{lines}</svg>'
    )


def _point(sent: object) -> Point | None:
    if not isinstance(sent, Sequence) or isinstance(sent, str | bytes) or len(sent) != 3:
        return None
    if any(isinstance(each, bool) or not isinstance(each, int) for each in sent):
        return None
    x, y, ms = sent
    return (x, y, ms) if 0 <= x <= WIDE and 0 <= y <= HIGH and 0 <= ms <= LONGEST_TIME else None
