"""Rows as CSV for a spreadsheet, in which no cell can become a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

Cell = str | int | float | Decimal | date | datetime | None

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*", re.ASCII)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\N{MINUS SIGN}")


def spreadsheet(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The head and the rows as UTF-8 with byte order mark, comma separated, lines ended by CR LF.

    Days and instants are ISO 8601; an instant carries its offset from UTC and is refused (ValueError) without one. Text that
    a spreadsheet would take for a formula gets an apostrophe before it, unless it is a number. Text is always quoted, so
    that a program which separates by semicolons finds no formula inside a cell. Source of the rule: OWASP, CSV Injection.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([safe(name) for name in head])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def safe(cell: Cell) -> str | int | float | Decimal:
    """One cell as it is written: numbers stay numbers, None is empty."""
    if isinstance(cell, datetime):
        if cell.tzinfo is None:
            raise ValueError(f"An instant needs its zone: {cell!r}")
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        risky = cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell)
        return f"'{cell}" if risky else cell
    return "" if cell is None else cell
