"""Cards to cut out: a sheet is a grid of equal cards, with marks where to cut."""

from math import log
from typing import Any

from reportlab.platypus import Flowable, Paragraph

from documents.blocks import Barcode, Card, Cards, Code
from documents.flow import code
from documents.typeface import paragraph, printable, width

MARGIN, MARK, INSIDE = 36.0, 10.0, 0.07
ABOVE, TITLE, LINE, FOOT = 13.0, 46.0, 17.0, 9.0
SHAPE = 1.5  # cards lie: half as wide again as high, as near as the sheet allows


def sheets(block: Cards, page: tuple[float, float]) -> list["Sheet"]:
    """The sheets of the size `page` (width, height in points)."""
    if block.to_a_page < 1:
        raise ValueError("A sheet holds at least one card.")
    made, ways = block.cards or (Card(title=block.empty),), grid(block.to_a_page, page)
    return [Sheet(made[at : at + block.to_a_page], *ways, page) for at in range(0, len(made), block.to_a_page)]


def grid(count: int, page: tuple[float, float]) -> tuple[int, int]:
    """How many cards side by side and above each other, so that `count` lie as near to 3:2 as they can."""
    wide, high = page[0] - 2 * MARGIN, page[1] - 2 * MARGIN
    ways = [(across, count // across) for across in range(1, count + 1) if count % across == 0]
    return min(ways, key=lambda way: abs(log(wide / way[0] * way[1] / high / SHAPE)))


class Sheet(Flowable):  # type: ignore[misc]
    """One sheet of cards, as large as the page."""

    def __init__(self, cards: tuple[Card, ...], across: int, down: int, page: tuple[float, float]) -> None:
        """`across` times `down` places, of which `cards` fill the first."""
        super().__init__()
        self.cards, self.across, self.down, (self.width, self.height) = cards, across, down, page

    def wrap(self, wide: float, high: float) -> tuple[float, float]:
        """A whole page, whatever is asked."""
        return self.width, self.height

    def draw(self) -> None:
        """The cards from the upper left, and a short cross on every corner: long at the edge, tiny between cards."""
        wide, deep = (self.width - 2 * MARGIN) / self.across, (self.height - 2 * MARGIN) / self.down
        for number, card in enumerate(self.cards):
            left, top = MARGIN + number % self.across * wide, self.height - MARGIN - number // self.across * deep
            _draw(self.canv, card, left, top, wide, deep)
        self.canv.setLineWidth(0.4)
        for column in range(self.across + 1):
            for row in range(self.down + 1):
                x, y = MARGIN + column * wide, MARGIN + row * deep
                self.canv.line(x - (4 if column else MARK), y, x + (4 if column < self.across else MARK), y)
                self.canv.line(x, y - (4 if row else MARK), x, y + (4 if row < self.down else MARK))


def _draw(canvas: Any, card: Card, left: float, top: float, wide: float, deep: float) -> None:
    """The card set as large as it fits: everything is printed, if need be small. A code stands beside the lines, or under them."""
    pad, scale = min(wide, deep) * INSIDE, min(1.0, deep / 260, wide / 320)
    if card.bars:
        foot = [code(Barcode(card.bars), wide - 2 * pad, deep * 0.2, space=0)]
        across, tall = foot[0].wrap(wide - 2 * pad, deep)
        _stack(canvas, foot, left + (wide - across) / 2, top - deep + pad + tall, across)
        deep -= tall + 4 * scale
    room, high, squares = wide - 2 * pad, deep - 2 * pad, bool(card.barcode and card.barcode.code is Code.QR)
    most = min(room * 0.45, deep * 0.38) if squares else room
    codes = [code(card.barcode, most, most if squares else deep * 0.12, space=0)] if card.barcode else []
    corner = codes[0].wrap(most, deep)[0] if codes else 0.0
    under = corner > room * 0.65
    beside = room - corner - 12 if codes and not under else room
    while True:
        names = _names(card, room, scale)
        lines = [paragraph(line, LINE * scale, spaceAfter=2 * scale) for line in card.lines]
        foot = [paragraph(card.foot, FOOT * scale)] if card.foot else []
        words, square = _high(lines, beside) + _high(foot, beside), _high(codes, corner)
        if _high(names, room) + (words + square if under else max(words, square)) <= high or scale < 0.02:
            break
        scale *= 0.92
    bottom = top - deep + pad
    _stack(canvas, names, left + pad, top - pad, room)
    _stack(canvas, lines, left + pad, top - pad - _high(names, room), beside)
    _stack(canvas, foot, left + pad, bottom + _high(foot, beside) + (square if under else 0), beside)
    _stack(canvas, codes, left + wide - pad - corner, bottom + square, corner)


def _names(card: Card, room: float, scale: float) -> list[Paragraph]:
    """The small line, and the title in one line where that does not make it small."""
    title, large = printable(card.title), TITLE * scale
    one_line = max(LINE * 1.3 * scale, large * room / max(width(title, large, bold=True), 1.0) * 0.99)
    longest = max((width(word, large, bold=True) for word in title.split()), default=1.0)
    size = min(large, one_line, large * room / longest * 0.99)
    above = [paragraph(card.above, ABOVE * scale)] if card.above else []
    return [*above, paragraph(card.title, size, bold=True, spaceAfter=LINE * 0.5 * scale)]


def _high(parts: list[Any], room: float) -> float:
    """The height of flowables, one under the other."""
    return sum(float(part.wrap(room, 0)[1] + part.getSpaceAfter()) for part in parts)


def _stack(canvas: Any, parts: list[Any], left: float, top: float, room: float) -> None:
    """Draw flowables downwards from `top`."""
    for part in parts:
        wide, high = part.wrapOn(canvas, room, 0)
        part.drawOn(canvas, left, top - high, _sW=room - wide)
        top -= high + part.getSpaceAfter()
