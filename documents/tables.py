"""Tables as strips: every page repeats the head, and the heading of the group it continues."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

from documents.blocks import Group, Kind, Row, Table
from documents.columns import TICK, widths
from documents.ink import BODY, GUTTER, HAIRLINE, RULE, STRONG, box, high, rule, write, written
from documents.pages import Canvas, Strip, gap
from documents.typeface import BOLD, Face, wrap

GROUP = Face(BOLD, 10.0)
PAD, ROOMY_PAD, ROOMY = 3.0, 4.5, 22.0
Lines = tuple[tuple[Face, str], ...]


def table_strips(table: Table, room: float, tallest: float) -> list[Strip]:
    """The table over the width `room`; a row higher than `tallest` is continued in another."""
    grid = _Grid(table, widths(table, room), room, tallest)
    head = grid.head()
    strips = [head]
    if not table.groups and not table.rows:
        strips.append(grid.sentence((head,)))
    for row in table.rows:
        strips += grid.row(row, (head,))
    for group in table.groups:
        strips += _group(grid, group, head)
    if table.total:
        strips[-1] = replace(strips[-1], keep=True)
        strips += grid.row(table.total, (head,), total=True)
    return [*strips, gap(12)]


def _group(grid: "_Grid", group: Group, head: Strip) -> Iterator[Strip]:
    again = (head, grid.heading(f"{group.title} (continued)"))
    yield replace(grid.heading(group.title), again=(head,))
    rows = [strip for row in group.rows for strip in grid.row(row, again)] or [grid.sentence(again)]
    if group.total:
        rows[-1] = replace(rows[-1], keep=True)
        rows += grid.row(group.total, again, total=True)
    yield from rows


@dataclass(frozen=True)
class _Grid:
    table: Table
    widths: tuple[float, ...]
    room: float
    tallest: float

    @cached_property
    def edges(self) -> tuple[float, ...]:
        """Where each column begins, from the left edge of the table."""
        return tuple(accumulate((wide + GUTTER for wide in self.widths[:-1]), initial=0.0))

    def head(self) -> Strip:
        """The names of the columns, on the line under them."""
        cells = [wrap(column.head, STRONG, wide) for column, wide in zip(self.table.columns, self.widths, strict=True)]
        deep = max(high(lines, STRONG) for lines in cells)

        def draw(canvas: Canvas, left: float, top: float) -> None:
            for number, lines in enumerate(cells):
                self._cell(canvas, number, lines, STRONG, left, top - deep + high(lines, STRONG))
            rule(canvas, left, left + self.room, top - deep - PAD, RULE)

        return Strip(deep + PAD, draw, keep=True)

    def heading(self, title: str) -> Strip:
        """The heading of a group, kept with its first row."""
        lines = wrap(title, GROUP, self.room)
        deep = high(lines, GROUP) + 9

        def draw(canvas: Canvas, left: float, top: float) -> None:
            write(canvas, lines, GROUP, left, top - 7)
            rule(canvas, left, left + self.room, top - deep, 0.6)

        return Strip(deep, draw, keep=True)

    def sentence(self, again: tuple[Strip, ...]) -> Strip:
        """What a table without rows says."""
        lines = wrap(self.table.empty, BODY, self.room)
        deep = high(lines, BODY) + 2 * PAD

        def draw(canvas: Canvas, left: float, top: float) -> None:
            write(canvas, lines, BODY, left, top - PAD)
            rule(canvas, left, left + self.room, top - deep)

        return Strip(deep, draw, again=again)

    def row(self, row: Row, again: tuple[Strip, ...], *, total: bool = False) -> Iterator[Strip]:
        """One row, or as many as it takes to print all of its text."""
        cells = [self._wrapped(number, row, total) for number in range(len(row))]
        longest = max(len(lines) for lines in cells)
        step = max(1, int((self.tallest - 12) // BODY.leading))
        for start in range(0, longest, step):
            part = [lines[start : start + step] for lines in cells]
            yield self._part(part, again, total=total, first=start == 0, last=start + step >= longest)

    def _part(self, cells: list[Lines], again: tuple[Strip, ...], *, total: bool, first: bool, last: bool) -> Strip:
        ticks = any(column.kind is Kind.TICK for column in self.table.columns)
        roomy = not total and (self.table.roomy or ticks)
        pad = ROOMY_PAD if roomy else PAD
        deep = max(max(len(lines) for lines in cells) * BODY.leading + 2 * pad, ROOMY if roomy else 0.0)

        def draw(canvas: Canvas, left: float, top: float) -> None:
            if total:
                rule(canvas, left, left + self.room, top, RULE)
            for number, lines in enumerate(cells):
                tick = first and not total and self.table.columns[number].kind is Kind.TICK
                self._body(canvas, number, lines, left, top - pad, box_too=tick)
            if last:
                rule(canvas, left, left + self.room, top - deep, HAIRLINE)

        return Strip(deep, draw, again=again)

    def _wrapped(self, number: int, row: Row, total: bool) -> Lines:
        """The lines of a cell, each with its face; all are of the body's size."""
        kind = self.table.columns[number].kind
        text, wide = written(row[number]), self.widths[number]
        if total:
            return _faced(STRONG, wrap(text, STRONG, self._reach(number, row)))
        if kind is Kind.TICK:
            return _faced(BODY, wrap(text, BODY, max(wide - TICK, 1.0)) if text else ())
        if kind is not Kind.STRONG:
            return _faced(BODY, wrap(text, BODY, wide))
        name, _, rest = text.partition("\n")
        return _faced(STRONG, wrap(name, STRONG, wide)) + _faced(BODY, wrap(rest, BODY, wide) if rest else ())

    def _reach(self, number: int, row: Row) -> float:
        """How far the cell of a total may run: over the empty cells after it, unless it is set to the right."""
        last = number
        if self.table.columns[number].kind is not Kind.NUMBER:
            while last + 1 < len(row) and row[last + 1] is None:
                last += 1
        return self.edges[last] + self.widths[last] - self.edges[number]

    def _body(self, canvas: Canvas, number: int, lines: Lines, left: float, top: float, *, box_too: bool) -> None:
        if box_too:
            box(canvas, left + self.edges[number], top - 1)
        indent = TICK if self.table.columns[number].kind is Kind.TICK else 0.0
        for face, line in lines:
            self._cell(canvas, number, (line,), face, left + indent, top)
            top -= face.leading

    def _cell(self, canvas: Canvas, number: int, lines: Sequence[str], face: Face, left: float, top: float) -> None:
        left += self.edges[number]
        right = left + self.widths[number] if self.table.columns[number].kind is Kind.NUMBER else 0.0
        write(canvas, lines, face, left, top, right=right)


def _faced(face: Face, lines: Sequence[str]) -> Lines:
    return tuple((face, line) for line in lines)
