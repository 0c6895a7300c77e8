"""A form of small boxes with all its lines: sections of rows, beside the text they belong to."""

from collections.abc import Iterator
from typing import Any

from reportlab.lib.colors import Color, black

from documents.blocks import Ruled, Section
from documents.tables import THIN, Grid
from documents.typeface import markup, paragraph, style, width, written

from reportlab.platypus import Paragraph  # isort: skip

TEXT, LABEL, LINE = 158.0, 38.0, 7.0  # the width of the text, of the labels, and the size of both
BOX, LEAST = 6.5, 18.0  # the size of what stands in a box, and how high a row is at least
TOGETHER = 14  # rows of a section that stay on one page
GREY = Color(0.86, 0.86, 0.86)


def ruled(block: Ruled, room: float) -> list[Grid]:
    """The form over the width `room` in points; nothing where it has no section."""
    wide = (room - TEXT - LABEL) / len(block.columns)
    rows: list[list[Any]] = [[paragraph(block.head, LINE, bold=True), "", *block.columns]]
    looks: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("VALIGN", (0, 0), (0, -1), "TOP"),
        *((f"{side}PADDING", (0, 0), (-1, -1), pad) for side, pad in _PADS),
        *((f"{side}PADDING", (0, 0), (0, -1), 4) for side in ("LEFT", "RIGHT")),
        ("FONT", (1, 0), (-1, 0), style(bold=True).fontName, BOX, BOX + 1.5),
        ("FONT", (1, 1), (-1, -1), style().fontName, BOX, BOX + 1.2),
        ("ALIGN", (1, 0), (-1, -1), "CENTER"),
        ("INNERGRID", (1, 0), (-1, -1), 0.35, black),
        ("LINEAFTER", (0, 1), (0, -1), 0.35, black),
        ("BOX", (0, 0), (-1, -1), 0.9, black),
        ("LINEBELOW", (0, 0), (-1, 0), 0.9, black),
        ("SPAN", (0, 0), (1, 0)),
    ]
    for section in _parts(block.sections):
        first, last = len(rows), len(rows) + max(len(section.rows), 1) - 1
        looks += [
            ("SPAN", (0, first), (0, last)),
            ("NOSPLIT", (0, first), (0, last)),
            ("LINEBELOW", (0, last), (-1, last), *THIN),
        ]
        for number, (label, boxes) in enumerate(section.rows or (("", (None,) * len(block.columns)),)):
            looks += _grey(boxes, first + number)
            cells = ["" if box is None else _box(box, wide) for box in boxes]
            rows.append([_said(section) if not number else "", _box(label, LABEL), *cells])
    if block.mark is not None:
        at = 2 + block.mark
        looks.append(("BOX", (at, 0), (at, -1), 1.6, black))
    heights = _heights(rows, block)
    made = Grid(rows, [TEXT, LABEL, *[wide] * len(block.columns)], heights, style=looks, repeatRows=1, spaceAfter=10)
    return [made] if block.sections else []


_PADS = (("LEFT", 1), ("RIGHT", 1), ("TOP", 2), ("BOTTOM", 2))


def _said(section: Section) -> Paragraph:
    return Paragraph(f"<b>{markup(section.title)}</b><br/>{markup(section.text)}", style(LINE))


def _box(text: str, wide: float) -> str | Paragraph:
    """A string where it fits, else a smaller paragraph, broken where it must be."""
    plain = written(text)
    if width(plain, BOX, bold=True) <= wide - 2:
        return plain
    return paragraph(plain, BOX - 1, middle=True)


def _grey(boxes: tuple[str | None, ...], row: int) -> Iterator[tuple[Any, ...]]:
    """A background for each run of boxes in which nothing belongs."""
    begins: int | None = None
    for number, box in enumerate((*boxes, "")):
        if box is None and begins is None:
            begins = number
        if box is not None and begins is not None:
            yield ("BACKGROUND", (2 + begins, row), (1 + number, row), GREY)
            begins = None


def _heights(rows: list[list[Any]], block: Ruled) -> list[float | None]:
    """Every row at least as high as a hand writes; a section as high as its text, its rows sharing what is missing."""
    heights: list[float | None] = [None]
    at = 1
    for section in _parts(block.sections):
        count = max(len(section.rows), 1)
        text = rows[at][0].wrap(TEXT - 8, 0)[1] + 6
        for row in rows[at : at + count]:
            high = max((_high(cell) for cell in row[1:]), default=0.0)
            heights.append(max(LEAST, text / count, high + 4))
        at += count
    return heights


def _high(cell: Any) -> float:
    if isinstance(cell, str):
        return (cell.count("\n") + 1) * (BOX + 1.2)
    return float(cell.wrap(LABEL / 2 - 2, 0)[1])


def _parts(sections: tuple[Section, ...]) -> Iterator[Section]:
    """The sections, the very long ones in parts that say they go on."""
    for section in sections:
        yield Section(section.title, section.text, section.rows[:TOGETHER])
        for start in range(TOGETHER, len(section.rows), TOGETHER):
            yield Section(f"{section.title} (continued)", "", section.rows[start : start + TOGETHER])
