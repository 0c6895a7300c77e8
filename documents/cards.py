"""Cards to cut out: a sheet is a grid of equal cards, with marks where to cut."""

from dataclasses import dataclass
from math import log

from documents.blocks import Card, Cards, Code
from documents.codes import code_strip
from documents.ink import high, shrunk, write
from documents.pages import Canvas, Strip
from documents.typeface import BOLD, Face, printable, width, wrap

MARGIN, MARK, INSIDE = 36.0, 10.0, 0.07
ABOVE, TITLE, LINE, FOOT = Face(size=13.0), Face(BOLD, 46.0), Face(size=17.0), Face(size=9.0)
SHAPE = 1.5  # cards lie: half as wide again as high, as near as the sheet allows


def card_strips(cards: Cards, page: tuple[float, float]) -> list[Strip]:
    """One strip for each sheet of the size `page` (width, height in points)."""
    if cards.to_a_page < 1:
        raise ValueError("A sheet holds at least one card.")
    across, down = grid(cards.to_a_page, page)
    made = cards.cards or (Card(title=cards.empty),)
    sheets = [made[start : start + across * down] for start in range(0, len(made), across * down)]
    return [_sheet(sheet, across, down, page) for sheet in sheets]


def grid(count: int, page: tuple[float, float]) -> tuple[int, int]:
    """How many cards side by side and above each other, so that `count` lie as near to 3:2 as they can."""
    wide, high_ = page[0] - 2 * MARGIN, page[1] - 2 * MARGIN
    ways = [(across, count // across) for across in range(1, count + 1) if count % across == 0]
    return min(ways, key=lambda way: abs(log(wide / way[0] * way[1] / high_ / SHAPE)))


def _sheet(cards: tuple[Card, ...], across: int, down: int, page: tuple[float, float]) -> Strip:
    wide, deep = (page[0] - 2 * MARGIN) / across, (page[1] - 2 * MARGIN) / down
    faces = [_fitted(card, wide, deep) for card in cards]

    def draw(canvas: Canvas, left: float, top: float) -> None:
        left, top = left + MARGIN, top - MARGIN
        for number, face in enumerate(faces):
            face.draw(canvas, left + number % across * wide, top - number // across * deep, wide, deep)
        _marks(canvas, left, top, across, down, wide, deep)

    return Strip(page[1], draw, sheet=True)


def _marks(canvas: Canvas, left: float, top: float, across: int, down: int, wide: float, deep: float) -> None:
    """A short cross on every corner of every card: outside the cards at the edge, tiny between them."""
    canvas.setLineWidth(0.4)
    for column in range(across + 1):
        for row in range(down + 1):
            x, y = left + column * wide, top - row * deep
            canvas.line(x - (MARK if column == 0 else 4), y, x + (MARK if column == across else 4), y)
            canvas.line(x, y - (MARK if row == down else 4), x, y + (MARK if row == 0 else 4))


@dataclass(frozen=True)
class _Face:
    """A card whose text fits."""

    above: tuple[str, ...]
    title: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...]
    code: Strip | None
    faces: tuple[Face, Face, Face, Face]
    pad: float
    corner: float

    def draw(self, canvas: Canvas, left: float, top: float, wide: float, deep: float) -> None:
        """Text from the top, foot and code at the bottom."""
        above, title, line, foot = self.faces
        left, y = left + self.pad, top - self.pad
        for lines, face, space in ((self.above, above, 0.0), (self.title, title, line.size * 0.5)):
            write(canvas, lines, face, left, y)
            y -= high(lines, face) + space
        for part in self.lines:
            write(canvas, part, line, left, y)
            y -= high(part, line) + line.size * 0.15
        bottom = top - deep + self.pad
        write(canvas, self.foot, foot, left, bottom + high(self.foot, foot))
        if self.code:
            self.code.draw(canvas, left + wide - 2 * self.pad - self.corner, bottom + self.code.height)

    def height(self) -> float:
        """From the first line to the last, the foot or the code included."""
        above, title, line, foot = self.faces
        text = high(self.above, above) + high(self.title, title) + line.size * 0.5
        text += sum(high(part, line) + line.size * 0.15 for part in self.lines)
        return text + max(high(self.foot, foot), self.code.height if self.code else 0.0)


def _fitted(card: Card, wide: float, deep: float) -> _Face:
    """The card set as large as it fits: everything is printed, if need be small."""
    pad = min(wide, deep) * INSIDE
    scale = min(1.0, deep / 260, wide / 320)
    while True:
        face = _set(card, wide, deep, pad, scale)
        if face.height() <= deep - 2 * pad or scale < 0.02:
            return face
        scale *= 0.92


def _set(card: Card, wide: float, deep: float, pad: float, scale: float) -> _Face:
    room = wide - 2 * pad
    above, title, line, foot = (face.at(round(face.size * scale, 2)) for face in (ABOVE, TITLE, LINE, FOOT))
    heading, title = shrunk(card.title, title, room, min(title.size, line.size * 1.3))
    longest = max((width(word, title) for word in printable(card.title).split()), default=0.0)
    if longest > room:
        title = title.at(title.size * room / longest * 0.99)
        heading = wrap(card.title, title, room)
    corner = min(room * 0.45, deep * 0.3 if card.barcode and card.barcode.code is Code.QR else room)
    share = 0.3 if card.barcode and card.barcode.code is Code.QR else 0.12
    code = code_strip(card.barcode, corner, deep * share, right=True) if card.barcode else None
    return _Face(
        above=wrap(card.above, above, room) if card.above else (),
        title=heading,
        lines=tuple(wrap(text, line, room) for text in card.lines),
        foot=wrap(card.foot, foot, room - (corner + 12 if code else 0)) if card.foot else (),
        code=code,
        faces=(above, title, line, foot),
        pad=pad,
        corner=corner,
    )
