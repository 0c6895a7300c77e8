"""Tables: every page repeats the head, and the heading of the group it continues."""

from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import black, gray
from reportlab.platypus import LongTable, Paragraph

from documents.blocks import Column, Group, Kind, Row, Table, Value
from documents.columns import GUTTER, TICK, widths
from documents.typeface import BODY, BOLD, LEADING, REGULAR, markup, paragraph, style, width, written

Cell = Any  # a string or a paragraph
PLAIN = (
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
)
RULE, THIN, HAIR = (0.9, black), (0.6, black), (0.5, gray)
TITLE = 10.0


class Grid(LongTable):  # type: ignore[misc]
    """A table that splits a row only where it is higher than a page, and names the group that goes on after a break."""

    goes_on: Sequence[str] = ()  # for every row under the head: the group it goes on with; "" where it begins one

    def split(self, wide: float, high: float) -> list["Grid"]:
        """As platypus splits; inside a row only at the top of a page, where nothing else is left to try."""
        self.splitInRow = 0
        parts: list[Grid] = super().split(wide, high)
        if not parts and self._frame._atTop:
            self.splitInRow = 1
            self._nosplitCmds: list[object] = []
            parts = super().split(wide, high)
        if len(parts) == 2 and any(self.goes_on):
            parts[1].continued(self.goes_on)
        return parts

    def continued(self, goes_on: Sequence[str]) -> None:
        """Fill the second row of the repeated head, which is empty and without height at first."""
        self.goes_on = goes_on
        title = goes_on[2 - len(self._cellvalues)]
        again = paragraph(f"{title} (continued)", TITLE, bold=True)
        self._cellvalues[1] = [again if title else "", *self._cellvalues[1][1:]]
        self._argH[1] = again.wrap(sum(self._colWidths), 0)[1] + 11 if title else 0

    def first_rows(self, room: float) -> float:
        """The height of the head and the rows after it: what a heading above must have under it."""
        self.wrap(room, 300)
        return sum(high or 0.0 for high in self._rowHeights[: self.repeatRows + 4])


class Ticked(Paragraph):  # type: ignore[misc]
    """Text after an empty square."""

    def draw(self) -> None:
        """The square beside the first line, and the text."""
        self.canv.setLineWidth(0.8)
        self.canv.rect(0, self.height - 10.5, 10, 10)
        super().draw()


def table(block: Table, room: float) -> Grid:
    """The table over the width `room` in points."""
    made = _Rows(block, room)
    if block.groups:
        made.looks += made.titled(1)
        made.rows.append([""] * len(block.columns))
    for row in block.rows:
        made.row(row)
    if not block.rows and not block.groups:
        made.across(block.empty)
    for group in block.groups:
        made.group(group, block.empty)
    if block.total:
        made.total(block.total)
    heads = 2 if block.groups else 1
    heights = [None, *([0] if block.groups else []), *([None] * len(made.goes_on))]
    grid = Grid(made.rows, made.wides, heights, style=made.looks, repeatRows=heads, spaceAfter=14, hAlign="LEFT")
    grid.goes_on = made.goes_on
    return grid


class _Rows:
    """The cells of a table and how they look, row by row."""

    def __init__(self, block: Table, room: float) -> None:
        """Begins with the head."""
        self.columns, asked = block.columns, widths(block, room)
        self.wides = [*(wide + GUTTER for wide in asked[:-1]), asked[-1]]
        self.goes_on: list[str] = []
        self.rows: list[list[Cell]] = [
            [_cell(one.head, one, asked[at], head=True) for at, one in enumerate(block.columns)]
        ]
        pad = 5.2 if block.roomy or any(column.kind is Kind.TICK for column in block.columns) else 3.0
        self.looks: list[tuple[Any, ...]] = [
            *PLAIN,
            ("FONT", (0, 0), (-1, -1), REGULAR, BODY, LEADING),
            ("FONT", (0, 0), (-1, 0), BOLD, BODY, LEADING),
            ("RIGHTPADDING", (0, 0), (-2, -1), GUTTER),
            ("TOPPADDING", (0, 1), (-1, -1), pad),
            ("BOTTOMPADDING", (0, 1), (-1, -1), pad),
            ("BOTTOMPADDING", (0, 0), (-1, 0), 2),
            ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
            ("LINEBELOW", (0, 1), (-1, -1), *HAIR),
            ("LINEBELOW", (0, 0), (-1, 0), *RULE),
        ]
        for number, column in enumerate(block.columns):
            if column.kind is Kind.NUMBER:
                self.looks.append(("ALIGN", (number, 0), (number, -1), "RIGHT"))
            if column.kind is Kind.STRONG:
                self.looks.append(("FONT", (number, 1), (number, -1), BOLD, BODY, LEADING))

    def row(self, row: Row, group: str = "") -> None:
        """One row, in the group it belongs to."""
        wides = [*(wide - GUTTER for wide in self.wides[:-1]), self.wides[-1]]
        self.rows.append([_cell(value, self.columns[at], wides[at]) for at, value in enumerate(row)])
        self.goes_on.append(group)

    def across(self, text: str, group: str = "", size: float = BODY, *, bold: bool = False) -> None:
        """A sentence over the whole width."""
        self.looks.append(("SPAN", (0, len(self.rows)), (-1, len(self.rows))))
        self.rows.append([paragraph(text, size, bold=bold), *[""] * (len(self.columns) - 1)])
        self.goes_on.append(group)

    def titled(self, at: int) -> list[tuple[Any, ...]]:
        """How the heading of a group looks."""
        row = (0, at), (-1, at)
        return [("SPAN", *row), ("TOPPADDING", *row, 8), ("BOTTOMPADDING", *row, 3), ("LINEBELOW", *row, *THIN)]

    def group(self, group: Group, empty: str) -> None:
        """The heading kept with the first row, the rows, and the total kept with the last."""
        self.looks += [*self.titled(len(self.rows)), ("NOSPLIT", (0, len(self.rows)), (0, len(self.rows) + 1))]
        self.across(group.title, "", TITLE, bold=True)
        for row in group.rows:
            self.row(row, group.title)
        if not group.rows:
            self.across(empty, group.title)
        if group.total:
            self.total(group.total, group.title)

    def total(self, row: Row, group: str = "") -> None:
        """Bold under a line; a text runs on over the empty cells after it."""
        at, cells = len(self.rows), [""] * len(row)
        self.looks += [
            ("FONT", (0, at), (-1, at), BOLD, BODY, LEADING),
            ("LINEABOVE", (0, at), (-1, at), *RULE),
            ("NOSPLIT", (0, at - 1), (0, at)),
        ]
        for number, value in enumerate(row):
            last = number
            while self.columns[number].kind is not Kind.NUMBER and row[last + 1 : last + 2] == (None,):
                last += 1
            reach = sum(self.wides[number : last + 1]) - GUTTER
            if value is not None:
                cells[number] = _cell(value, self.columns[number], reach, head=True)
                self.looks.append(("SPAN", (number, at), (last, at)))
        self.rows.append(cells)
        self.goes_on.append(group)


def _cell(value: Value, column: Column, wide: float, *, head: bool = False) -> Cell:
    """A plain string where it fits, as that is quick; else a paragraph. In the head and in a total all is bold."""
    text, strong = written(value), head or column.kind is Kind.STRONG
    right = column.kind is Kind.NUMBER
    if column.kind is Kind.TICK and not head:
        return Ticked(markup(text) or "\u00a0", style(leftIndent=TICK))
    first, feed, rest = text.partition("\n")
    if head or not (strong and feed):
        fits = width(text, bold=strong) <= wide
        return text if fits else paragraph(text, bold=strong, right=right)
    return Paragraph(f"<b>{markup(first)}</b><br/>{markup(rest)}", style(right=right))
