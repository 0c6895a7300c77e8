"""How wide the columns of a table are: as their content asks, within the page."""

from collections.abc import Sequence
from itertools import pairwise

from documents.blocks import Column, Kind, Table, Value
from documents.typeface import width, written

GUTTER, TICK, LEAST = 10.0, 15.0, 12.0  # between columns; the box to tick and the space after it; the narrowest


def widths(table: Table, room: float) -> tuple[float, ...]:
    """The width of every column in points; with the gutters between them they fill `room`.

    A column with a share gets it. The others get what their longest line asks; where that is too much, the widest give way
    first, down to their longest word. The text of a total does not count where it runs on over empty cells.
    Refuses (ValueError) shares that leave the others nothing.
    """
    free = room - GUTTER * (len(table.columns) - 1)
    left = free * (1 - sum(column.share for column in table.columns))
    open_ = [number for number, column in enumerate(table.columns) if not column.share]
    if open_ and left < LEAST * len(open_):
        raise ValueError("The shares of the columns leave the others no room: make them smaller.")
    rows = [*table.rows, *(row for group in table.groups for row in group.rows)]
    totals = [row for row in (table.total, *(group.total for group in table.groups)) if row]
    rows += [
        tuple(None if isinstance(cell, str) and after is None else cell for cell, after in pairwise((*row, "")))
        for row in totals
    ]
    needs = [_needs(table.columns[number], [row[number] for row in rows], left) for number in open_]
    shared = dict(zip(open_, _shared(needs, left), strict=True))
    return tuple(shared.get(number, free * column.share) for number, column in enumerate(table.columns))


def _needs(column: Column, cells: Sequence[Value], room: float) -> tuple[float, float]:
    """The least and the natural width of a column, as if all were bold."""
    box = TICK if column.kind is Kind.TICK else 0.0
    head, texts = written(column.head), {written(cell) for cell in cells}
    words = {word for text in texts for word in (text.split("\n") if column.kind is Kind.NUMBER else text.split())}
    least = max(width(word, bold=True) + box for word in (*words, ""))
    least = max(min(max(least, *(width(word, bold=True) for word in ("", *head.split()))), room * 0.45), LEAST)
    natural = max(width(text, bold=True) + box for text in (*texts, ""))
    return least, max(natural, least, min(width(head, bold=True), 80.0))


def _shared(needs: Sequence[tuple[float, float]], room: float) -> list[float]:
    """What each column gets where none may be wider than a common level, unless its longest word is."""
    least, natural = (sum(need[side] for need in needs) for side in (0, 1))
    if natural <= room:
        return [need[1] * room / natural for need in needs]
    if least > room:
        return [need[0] * room / least for need in needs]
    low, high = 0.0, max(need[1] for need in needs)
    for _ in range(30):
        level = (low + high) / 2
        filled = sum(min(natural, max(least, level)) for least, natural in needs)
        low, high = (level, high) if filled <= room else (low, level)
    return [min(natural, max(least, low)) for least, natural in needs]
