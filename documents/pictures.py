"""Pictures on paper: lines, filled outlines and words, scaled to their share of the page. Grey and black only: printers differ."""

from collections.abc import Iterator, Sequence
from itertools import chain

from reportlab.graphics.shapes import Drawing, Polygon, PolyLine, String
from reportlab.lib.colors import Color, black, white
from reportlab.platypus import Flowable, TableStyle
from reportlab.platypus import Table as Laid

from documents.blocks import Picture, Pictures, Shape, Stroke, Tone, Word
from documents.typeface import REGULAR, SMALL, paragraph, printable

GAP = 10.0  # points between two pictures
TONES: dict[Tone, Color] = {
    "ink": black,
    "quiet": Color(0.42, 0.42, 0.42),
    "pale": Color(0.86, 0.86, 0.86),
    "paper": white,
}
DASH = [2.0, 2.0]


def pictures(block: Pictures, room: float) -> list[Flowable]:
    """Row after row; each row stays in one piece."""
    wide = (room - GAP * (block.across - 1)) / block.across
    rows = [block.items[place : place + block.across] for place in range(0, len(block.items), block.across)]
    return [_row(row, block.across, wide, room) for row in rows]


def _row(row: Sequence[Picture], across: int, wide: float, room: float) -> Flowable:
    cells: list[list[Flowable]] = [list(_cell(each, wide)) for each in row]
    cells += [[] for _ in range(across - len(cells))]
    laid = Laid([cells], colWidths=[wide + GAP] * (across - 1) + [wide], hAlign="LEFT", spaceAfter=8)
    laid.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
                              ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 0),
                              ("BOTTOMPADDING", (0, 0), (-1, -1), 0)]))  # fmt: skip
    return laid


def _cell(picture: Picture, wide: float) -> Iterator[Flowable]:
    if picture.title:
        yield paragraph(picture.title, SMALL, bold=True, spaceAfter=1)
    yield draw(picture, wide)
    if picture.said:
        yield paragraph(picture.said, SMALL)


def draw(picture: Picture, wide: float) -> Drawing:
    """The picture as wide as this, all in proportion; words keep their size."""
    scale, made = wide / picture.width, Drawing(wide, picture.height * wide / picture.width)

    def at(points: Sequence[tuple[float, float]]) -> list[float]:
        return list(chain.from_iterable((x * scale, (picture.height - y) * scale) for x, y in points))

    for part in picture.parts:
        if isinstance(part, Word):
            (x, y), how = (
                at([(part.x, part.y)]),
                {"fontName": REGULAR, "fontSize": part.size, "textAnchor": part.anchor},
            )
            made.add(String(x, y, printable(part.text), fillColor=TONES[part.tone], **how))
        elif isinstance(part, Stroke):
            made.add(PolyLine(at(part.points), strokeColor=TONES[part.tone], strokeWidth=part.width,
                              strokeDashArray=DASH if part.broken else None, strokeLineCap=0 if part.broken else 1))  # fmt: skip
        else:
            made.add(_filled(part, at(part.points)))
    return made


def _filled(part: Shape, points: list[float]) -> Polygon:
    return Polygon(points, fillColor=TONES[part.fill], strokeColor=TONES[part.tone], strokeWidth=0.6)
