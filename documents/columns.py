"""How wide the columns of a table are: as their content asks, within the page."""

from collections.abc import Sequence

from documents.blocks import Column, Kind, Table, Value
from documents.ink import GUTTER, STRONG, written
from documents.typeface import printable, width

TICK = 15.0  # the box and the space after it
LEAST = 12.0


def widths(table: Table, room: float) -> tuple[float, ...]:
    """The width of every column in points; with the gutters between them they fill `room`.

    A column with a share gets it. The others get what their longest line asks; where that is too much, the widest give way
    first, down to their longest word. The text of a total does not count: it runs on over the empty cells after it.
    Refuses (ValueError) shares that leave the others nothing.
    """
    free = room - GUTTER * (len(table.columns) - 1)
    rows = [*table.rows, *(row for group in table.groups for row in group.rows)]
    totals = [row for row in (table.total, *(group.total for group in table.groups)) if row]
    rows += [tuple(None if isinstance(cell, str) else cell for cell in row) for row in totals]
    open_ = [number for number, column in enumerate(table.columns) if not column.share]
    left = free * (1 - sum(column.share for column in table.columns))
    if open_ and left < LEAST * len(open_):
        raise ValueError("The shares of the columns leave the others no room: make them smaller.")
    needs = [_needs(table.columns[number], [row[number] for row in rows], left) for number in open_]
    shared = dict(zip(open_, _shared(needs, [table.columns[number].kind for number in open_], left), strict=True))
    return tuple(shared.get(number, free * column.share) for number, column in enumerate(table.columns))


def _needs(column: Column, cells: Sequence[Value], room: float) -> tuple[float, float]:
    """The least and the natural width of a column."""
    head = printable(column.head)
    least = max((width(word, STRONG) for word in head.split()), default=0.0)
    natural = max(least, min(width(head, STRONG), 80.0))
    box = TICK if column.kind is Kind.TICK else 0.0
    for cell in {written(cell) for cell in cells}:
        for line in printable(cell).split("\n"):
            natural = max(natural, width(line, STRONG) + box)
            words = (line,) if column.kind is Kind.NUMBER else line.split()
            least = max(least, *(width(word, STRONG) + box for word in words), 0.0)
    least = max(min(least, room * 0.45), box, LEAST)
    return least, max(natural, least)


def _shared(needs: Sequence[tuple[float, float]], kinds: Sequence[Kind], room: float) -> list[float]:
    least, natural = sum(need[0] for need in needs), sum(need[1] for need in needs)
    if natural <= room:
        eager = [0.0 if kind is Kind.TICK else need[1] for need, kind in zip(needs, kinds, strict=True)]
        eager = eager if sum(eager) else [need[1] for need in needs]
        return [need[1] + (room - natural) * want / sum(eager) for need, want in zip(needs, eager, strict=True)]
    if least <= room:
        return _levelled(needs, room)
    return [room * need[0] / least for need in needs]


def _levelled(needs: Sequence[tuple[float, float]], room: float) -> list[float]:
    """What each column gets where none may be wider than a common level, unless its longest word is."""
    low, high = 0.0, max(need[1] for need in needs)
    for _ in range(40):
        level = (low + high) / 2
        filled = sum(min(natural, max(least, level)) for least, natural in needs)
        low, high = (level, high) if filled <= room else (low, level)
    return [min(natural, max(least, low)) for least, natural in needs]
