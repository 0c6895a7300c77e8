"""Headings, paragraphs, notices, key figures, facts, lines to sign and codes as flowables of platypus, `room` points wide."""

from typing import Any

from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.lib.colors import black, white
from reportlab.platypus import Paragraph

from documents.blocks import Barcode, Code, Facts, Figures, Heading, Notice, Signatures, Text
from documents.tables import HAIR, PLAIN, RULE, THIN, Grid
from documents.typeface import BODY, SMALL, markup, paragraph, printable, style, width, written

ABREAST, ASIDE = 5, 16.0
BARS, SQUARE = 34.0, 92.0
MODULE = 1.0  # width of the narrowest bar in points, 0.35 mm; narrower only where the room is


class Title(Paragraph):  # type: ignore[misc]
    """A heading that also stands in the outline of the file, at `level` (0 or 1)."""

    def __init__(self, heading: Heading, level: int) -> None:
        """Spaced by its level."""
        size, before, after = (13.0, 8, 4) if heading.level == 1 else (10.5, 4, 3)
        super().__init__(markup(heading.text), style(size, bold=True, spaceBefore=before, spaceAfter=after))
        self.entry, self.first = (printable(heading.text), level), heading.level == 1

    def draw(self) -> None:
        """The words, and a note for the outline, which the canvas writes once all pages are there."""
        super().draw()
        self.canv.entries.append((*self.entry, self.canv.absolutePosition(0, self.height)[1], self.first))


def text(block: Text, room: float) -> Paragraph:
    """A paragraph of lines that the eye can follow, of which none stands alone on a page."""
    size = SMALL if block.small else BODY
    indent = max(0.0, room - size * 62)
    return paragraph(block.text, size, spaceAfter=7, rightIndent=indent, allowWidows=0, allowOrphans=0)


def notice(block: Notice, room: float) -> Grid:
    """A box with its word."""
    edge = width(printable(block.word), bold=True) + 15
    word = paragraph(block.word, bold=True, textColor=white if block.strong else black)
    looks = [
        *_padded(5, 7),
        ("BOX", (0, 0), (-1, -1), 1.6 if block.strong else 0.8, black),
        ("BACKGROUND", (0, 0), (0, -1), black) if block.strong else ("LINEAFTER", (0, 0), (0, -1), 0.8, black),
    ]
    return Grid([[word, paragraph(block.text)]], [edge, room - edge], style=looks, spaceAfter=10)


def figures(block: Figures, room: float) -> list[Grid]:
    """Key figures side by side over a line, at most five in a row."""
    abreast = max(1, min(len(block.items), ABREAST))
    wide, made = room / abreast, []
    for start in range(0, len(block.items), abreast):
        items = block.items[start : start + abreast]
        rows = [
            [paragraph(item.label, 8.0) for item in items],
            [_large(written(item.value), wide - 16) for item in items],
            [paragraph(item.note, SMALL) for item in items],
            [],
        ]
        looks = [
            *_padded(0, 8),
            ("LEFTPADDING", (0, 0), (0, -1), 0),
            ("VALIGN", (0, 1), (-1, 1), "BOTTOM"),
            *(("LINEAFTER", (at, 0), (at, -2), *HAIR) for at in range(len(items) - 1)),
            ("LINEBELOW", (0, -1), (-1, -1), *RULE),
            ("NOSPLIT", (0, 0), (0, -1)),
        ]
        heights = [None, None, None, 6]
        made.append(Grid(_filled(rows, abreast), [wide] * abreast, heights, style=looks, spaceBefore=13, spaceAfter=12))
    return made


def _filled(rows: list[list[Any]], count: int) -> list[list[Any]]:
    """Rows of `count` cells, the last of them without height."""
    return [[*row, *(paragraph("") for _ in range(count - len(row)))] for row in rows]


def _large(value: str, room: float) -> Paragraph:
    """As large as fits on one line, between 10 and 22 points."""
    return paragraph(value, max(10.0, min(22.0, 21.9 * room / max(width(value, 22.0, bold=True), 1.0))), bold=True)


def facts(block: Facts, room: float) -> list[Grid]:
    """Facts in columns, the label small above what is known."""
    count = max(1, block.columns)
    rows: list[list[Any]] = []
    looks: list[tuple[Any, ...]] = [*PLAIN, ("RIGHTPADDING", (0, 0), (-2, -1), ASIDE)]
    for start in range(0, len(block.items), count):
        items = block.items[start : start + count]
        looks += [
            ("NOSPLIT", (0, len(rows)), (0, len(rows) + 1)),
            ("BOTTOMPADDING", (0, len(rows) + 1), (-1, len(rows) + 1), 5),
        ]
        rows += [
            [paragraph(item.label, SMALL) for item in items],
            [paragraph(written(item.value), bold=True) for item in items],
        ]
    cells, wide = _filled(rows, count), (room - ASIDE * (count - 1)) / count
    return [Grid(cells, [*[wide + ASIDE] * (count - 1), wide], style=looks, spaceAfter=8)] if cells else []


def signatures(block: Signatures, room: float) -> list[Grid]:
    """Lines to write on, two side by side, each with its label under it; all on one page."""
    pairs = [block.labels[start : start + 2] for start in range(0, len(block.labels), 2)]
    rows, looks = [], [*PLAIN, ("NOSPLIT", (0, 0), (0, -1)), ("TOPPADDING", (0, 0), (-1, -1), 2)]
    for pair in pairs:
        rows += [["", "", ""], [paragraph(pair[0], SMALL), "", paragraph(pair[1], SMALL) if len(pair) > 1 else ""]]
        looks += [("LINEABOVE", (at, len(rows) - 1), (at, len(rows) - 1), *THIN) for at in (0, 2)[: len(pair)]]
    wide = (room - ASIDE) / 2
    return [Grid(rows, [wide, ASIDE, wide], [36, None] * len(pairs), style=looks, spaceAfter=8)] if rows else []


def code(block: Barcode, room: float, height: float = 0.0, *, space: float = 10.0) -> Grid:
    """The code with the white that a scanner needs around it, no wider than `room`, and its caption under it.

    `height` is that of the bars or the side of the square, in points; 0: as usual in a text.
    """
    if block.code is Code.QR:
        side = min(height or SQUARE, room)
        drawing = createBarcodeDrawing("QR", value=block.value, barLevel="M", width=side, height=side)
    else:
        bars = {"value": block.value, "barHeight": height or BARS, "barWidth": MODULE, "humanReadable": False}
        drawing = createBarcodeDrawing("Code128", **bars)
        if drawing.width > room:
            drawing = createBarcodeDrawing("Code128", **bars, width=room, height=height or BARS)
    caption = paragraph(block.value if block.caption is None else block.caption, SMALL, middle=True)
    looks = [*PLAIN, ("NOSPLIT", (0, 0), (0, -1))]
    return Grid(
        [[drawing], [caption]], [drawing.width], style=looks, hAlign="LEFT", spaceBefore=space, spaceAfter=space
    )


def _padded(high: float, wide: float) -> list[tuple[Any, ...]]:
    pads = {"TOP": high, "BOTTOM": high, "LEFT": wide, "RIGHT": wide}
    return [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        *((f"{side}PADDING", (0, 0), (-1, -1), pad) for side, pad in pads.items()),
    ]
