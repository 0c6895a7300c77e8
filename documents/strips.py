"""Bands to cut out and wear: the sheet is ruled into strips as long as it is wide, each with a name, squares and bars."""

from typing import Any

from reportlab.platypus import Flowable

from documents.blocks import Barcode, Code, Strip, Strips
from documents.flow import code
from documents.typeface import paragraph, printable, width

MARGIN, MARK, HIGH = 36.0, 10.0, 74.0  # 74 points: 26 mm
PAD, TITLE, LINE = 6.0, 20.0, 9.0
SQUARE, BARS = 50.0, 0.42  # the side of the squares; the share of the length that the bars take


def strip_sheets(block: Strips, page: tuple[float, float]) -> list["StripSheet"]:
    """The sheets of the size `page` (width, height in points)."""
    to_a_page = max(1, int((page[1] - 2 * MARGIN) // HIGH))
    made = block.strips
    return [StripSheet(made[at : at + to_a_page], page) for at in range(0, len(made), to_a_page)]


class StripSheet(Flowable):  # type: ignore[misc]
    """One sheet of bands, as large as the page."""

    def __init__(self, strips: tuple[Strip, ...], page: tuple[float, float]) -> None:
        """`strips` from the top."""
        super().__init__()
        self.strips, (self.width, self.height) = strips, page

    def wrap(self, wide: float, high: float) -> tuple[float, float]:
        """A whole page, whatever is asked."""
        return self.width, self.height

    def draw(self) -> None:
        """The bands, and marks at the edges where to cut."""
        long = self.width - 2 * MARGIN
        self.canv.setLineWidth(0.4)
        for place, strip in enumerate(self.strips):
            top = self.height - MARGIN - place * HIGH
            _draw(self.canv, strip, MARGIN, top, long)
            for y in (top, top - HIGH):
                self.canv.line(MARGIN - MARK, y, MARGIN, y)
                self.canv.line(MARGIN + long, y, MARGIN + long + MARK, y)


def _draw(canvas: Any, strip: Strip, left: float, top: float, long: float) -> None:
    """The name on the left, the squares, and the bars at the right end; all of it 26 mm high."""
    bars = code(Barcode(strip.code, caption=strip.caption), long * BARS, HIGH - 2 * PAD - 14, space=0)
    squares = code(Barcode(strip.code, Code.QR, caption=""), SQUARE, SQUARE, space=0)
    across = bars.wrap(long, HIGH)[0]
    _put(canvas, bars, left + long - across - PAD, top - PAD)
    beside = left + long - across - 2 * PAD - SQUARE - 10
    _put(canvas, squares, beside, top - (HIGH - SQUARE) / 2 + 2)
    room, title = beside - left - 2 * PAD, printable(strip.title)
    size = min(TITLE, TITLE * room / max(width(title, TITLE, bold=True), 1.0) * 0.99)
    name = paragraph(strip.title, size, bold=True)
    high = name.wrap(room, HIGH)[1]
    _put(canvas, name, left + PAD, top - (HIGH - high) / 2 + (6 if strip.line else 0))
    if strip.line:
        _put(canvas, paragraph(strip.line, LINE), left + PAD, top - (HIGH + high) / 2 + 4)


def _put(canvas: Any, flowable: Any, left: float, top: float) -> None:
    """Draw a flowable with its upper left corner there."""
    _, high = flowable.wrapOn(canvas, 400, HIGH)
    flowable.drawOn(canvas, left, top - high)
