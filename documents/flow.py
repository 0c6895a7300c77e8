"""Headings, paragraphs, notices, key figures, facts, lines to sign and codes as flowables of platypus, `room` points wide."""

from typing import Any

from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.lib.colors import black, white
from reportlab.platypus import Flowable, KeepTogether, Paragraph

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
        self.entry = printable(heading.text), level

    def draw(self) -> None:
        """The words, and a note for the outline, which the canvas writes once all pages are there."""
        super().draw()
        self.canv.entries.append((*self.entry, self.canv.absolutePosition(0, self.height)[1]))


def text(block: Text, room: float) -> Paragraph:
    """A paragraph of lines that the eye can follow."""
    size = SMALL if block.small else BODY
    return paragraph(
        block.text, size, spaceAfter=7, rightIndent=max(0.0, room - size * 62), allowWidows=0, allowOrphans=0
    )


def notice(block: Notice, room: float) -> Grid:
    """A box with its word."""
    edge = width(printable(block.word), bold=True) + 14
    word = paragraph(block.word, bold=True, textColor=white if block.strong else black)
    looks = [
        *_padded(5, 7),
        ("BOX", (0, 0), (-1, -1), 1.6 if block.strong else 0.8, black),
        ("BACKGROUND", (0, 0), (0, -1), black) if block.strong else ("LINEAFTER", (0, 0), (0, -1), 0.8, black),
    ]
    return Grid([[word, paragraph(block.text)]], [edge, room - edge], style=looks, spaceAfter=10)


def figures(block: Figures, room: float) -> list[Grid]:
    """Key figures side by side over a line, at most five in a row."""
    abreast = min(len(block.items), ABREAST)
    wide = room / max(abreast, 1)
    looks = [
        *_padded(0, 8),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("VALIGN", (0, 1), (-1, 1), "BOTTOM"),
        ("LINEAFTER", (0, 0), (-2, -2), *HAIR),
        ("LINEBELOW", (0, -1), (-1, -1), *RULE),
        ("NOSPLIT", (0, 0), (0, -1)),
    ]
    made = []
    for start in range(0, len(block.items), abreast or 1):
        items = block.items[start : start + abreast]
        rows = [
            [paragraph(item.label, 8.0) for item in items],
            [_large(written(item.value), wide - 16) for item in items],
            [paragraph(item.note, SMALL) for item in items],
            [],
        ]
        cells = [[*row, *[""] * (abreast - len(row))] for row in rows]
        made.append(Grid(cells, [wide] * abreast, [None, None, None, 6], style=looks, spaceBefore=5, spaceAfter=12))
    return made


def _large(value: str, room: float) -> Paragraph:
    """As large as fits on one line, between 10 and 22 points."""
    return paragraph(value, max(10.0, min(22.0, 21.9 * room / max(width(value, 22.0, bold=True), 1.0))), bold=True)


def facts(block: Facts, room: float) -> Grid | None:
    """Facts in columns, the label small above what is known."""
    count = max(1, block.columns)
    rows: list[list[Any]] = []
    looks: list[tuple[Any, ...]] = [*PLAIN, ("RIGHTPADDING", (0, 0), (-2, -1), ASIDE)]
    for start in range(0, len(block.items), count):
        items = block.items[start : start + count]
        looks += [("NOSPLIT", (0, len(rows)), (0, len(rows) + 1)), ("BOTTOMPADDING", (0, len(rows) + 1), (-1, len(rows) + 1), 5)]
        rows += [[paragraph(item.label, SMALL) for item in items], [paragraph(written(item.value), bold=True) for item in items]]
    cells = [[*row, *[""] * (count - len(row))] for row in rows]
    wide = (room - ASIDE * (count - 1)) / count
    return Grid(cells, [*[wide + ASIDE] * (count - 1), wide], style=looks, spaceAfter=8) if cells else None


def signatures(block: Signatures, room: float) -> Grid | None:
    """Lines to write on, two side by side, each with its label under it; all on one page."""
    pairs = [block.labels[start : start + 2] for start in range(0, len(block.labels), 2)]
    rows, looks = [], [*PLAIN, ("NOSPLIT", (0, 0), (0, -1)), ("TOPPADDING", (0, 0), (-1, -1), 2)]
    for pair in pairs:
        rows += [["", "", ""], [paragraph(pair[0], SMALL), "", paragraph(pair[1], SMALL) if len(pair) > 1 else ""]]
        looks += [("LINEABOVE", (at, len(rows) - 1), (at, len(rows) - 1), *THIN) for at in (0, 2)[: len(pair)]]
    wide = (room - ASIDE) / 2
    return Grid(rows, [wide, ASIDE, wide], [36, None] * len(pairs), style=looks, spaceAfter=8) if rows else None


def _padded(high: float, wide: float) -> list[tuple[Any, ...]]:
    pads = {"TOP": high, "BOTTOM": high, "LEFT": wide, "RIGHT": wide}
    return [("VALIGN", (0, 0), (-1, -1), "TOP"), *((f"{side}PADDING", (0, 0), (-1, -1), pad) for side, pad in pads.items())]


def code(block: Barcode, room: float, height: float = 0.0, *, right: bool = False) -> list[Flowable]:
    """The code with the white that a scanner needs on its sides, no wider than `room`, and its caption.

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
    drawing.hAlign = "RIGHT" if right else "LEFT"
    caption = block.value if block.caption is None else block.caption
    return [drawing, paragraph(caption, SMALL, right=right)]


def barcode(block: Barcode, room: float) -> KeepTogether:
    """A code in the text."""
    drawing, caption = code(block, room)
    drawing.spaceBefore = 6
    caption.style = caption.style.clone("", spaceAfter=10)
    return KeepTogether([drawing, caption])
