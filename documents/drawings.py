"""What was drawn by hand, on paper: lines scaled into a narrow frame, a rule under them, and whose they are."""

from itertools import chain

from reportlab.graphics.shapes import Drawing, Line, PolyLine
from reportlab.lib.colors import black
from reportlab.platypus import Flowable, KeepTogether

from documents.blocks import Drawn
from documents.typeface import SMALL, paragraph

WIDEST = 200.0
STROKE = 1.1


def drawn(block: Drawn, room: float) -> Flowable:
    """The lines over a rule, with the label under it; stays in one piece."""
    scale = min(WIDEST, room) / block.width
    wide, high = block.width * scale, block.height * scale
    picture = Drawing(wide, high)
    for line in block.lines:
        points = list(chain.from_iterable((x * scale, high - y * scale) for x, y in line))
        if len(points) > 2:
            picture.add(PolyLine(points, strokeColor=black, strokeWidth=STROKE, strokeLineCap=1, strokeLineJoin=1))
    picture.add(Line(0, 0.5, wide, 0.5, strokeColor=black, strokeWidth=0.6))
    return KeepTogether([picture, paragraph(block.label, SMALL, spaceBefore=2, spaceAfter=8)])
