"""A file of the formulary, from bytes to rows: every mistake found, each with its row, its column and a sentence."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from emar.rules.formulary.columns import COLUMNS, READERS, REQUIRED, Unreadable
from emar.rules.formulary.labels import label_problem

MOST_ROWS = 10_000
_APOSTROPHE = ("'=", "'+", "'-", "'@")  # how our own export keeps a cell from being a formula


@dataclass(frozen=True)
class Problem:
    """``row`` as a spreadsheet counts it, the heading being row 1; 0 for the file as a whole. ``column`` may be ''."""

    row: int
    column: str
    sentence: str


@dataclass(frozen=True)
class Row:
    """A row that could be read: ``values`` of the columns that the file has, and the codes of its labels."""

    number: int
    values: Mapping[str, object]
    barcodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """What was read; rows with a problem are not among ``rows``."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()


def decode(data: bytes) -> str:
    """The text of a file: UTF-8 with or without its mark, UTF-16 with it, else Windows-1252. Unreadable for anything else."""
    if not data.strip():
        raise Unreadable("The file is empty.")
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("This is a workbook. Open it, save the sheet as CSV, and choose that file.")
    codec = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as error:
            raise Unreadable("The file is not a text file that can be read. Save it as CSV (UTF-8).") from error
    if "\x00" in text:
        raise Unreadable("The file is not a text file that can be read. Save it as CSV (UTF-8).")
    return text


def read(text: str) -> Sheet:
    """Read rows separated by commas, semicolons or tabs. Never raises for what is in the text."""
    try:
        table = _table(text)
    except csv.Error:
        return Sheet(
            (), (Problem(0, "", "A quotation mark opens and never closes, or stands inside a cell. Mend it."),)
        )
    start = next((number for number, cells in enumerate(table) if any(cells)), None)
    if start is None:
        return Sheet((), (Problem(0, "", "The file is empty."),))
    heads = [_heading(cell) for cell in table[start]]
    if problems := _headings(start + 1, heads):
        return Sheet((), tuple(problems))
    body = [(number, cells) for number, cells in enumerate(table[start + 1 :], start + 2) if any(cells)]
    if not body:
        return Sheet((), (Problem(start + 1, "", "There are headings, and no row under them."),))
    if len(body) > MOST_ROWS:
        return Sheet((), (Problem(0, "", f"The file has {len(body):,} rows; {MOST_ROWS:,} can be read. Split it."),))
    rows, found = [], []
    for number, cells in body:
        row, wrong = _row(number, heads, cells)
        found += wrong
        if row is not None:
            rows.append(row)
    return Sheet(tuple(rows), tuple(found))


def _table(text: str) -> list[list[str]]:
    """The cells, their spaces made one; the separator is whichever of three the headings name most columns with."""
    lines = text.splitlines()
    first = lines[0] if lines else ""
    told = first[4:5] if first.lower().startswith("sep=") else ""
    heads = next((line for line in lines[1 if told else 0 :] if line.strip(" ,;\t")), "")
    mark = told or max(
        ",;\t", key=lambda each: (sum(_heading(cell) in COLUMNS for cell in heads.split(each)), each == ",")
    )
    table = [
        [_clean(cell) for cell in cells]
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    ]
    return [[], *table[1:]] if told else table


def _clean(cell: str) -> str:
    plain = " ".join(cell.split())
    return plain[1:] if plain.startswith(_APOSTROPHE) else plain


def _heading(cell: str) -> str:
    return cell.strip().strip('"').strip().casefold().replace(" ", "_").replace("-", "_")


def _headings(row: int, heads: Sequence[str]) -> list[Problem]:
    found = []
    for head in dict.fromkeys(heads):
        if not head:
            continue
        if head not in COLUMNS:
            near = get_close_matches(head, COLUMNS, n=1)
            meant = f" Is {near[0]} meant?" if near else " Take it out."
            found.append(Problem(row, head, f"The formulary has no column '{head}'.{meant}"))
        elif heads.count(head) > 1:
            found.append(Problem(row, head, f"The column {head} is there twice. Take one out."))
    missing = [name for name in REQUIRED if name not in heads]
    return found + [Problem(row, name, f"The column {name} is missing. Every line needs it.") for name in missing]


def _row(number: int, heads: Sequence[str], cells: Sequence[str]) -> tuple[Row | None, list[Problem]]:
    stray = next((at for at, cell in enumerate(cells) if cell and (at >= len(heads) or not heads[at])), None)
    if stray is not None:
        words = f"'{cells[stray][:30]}' stands under no heading. Is there a separator too many in this row?"
        return None, [Problem(number, "", words)]
    values: dict[str, object] = {}
    found = []
    for at, head in enumerate(heads):
        if not head:
            continue
        try:
            values[head] = READERS[head](cells[at] if at < len(cells) else "")
        except Unreadable as error:
            found.append(Problem(number, head, str(error)))
    codes = values.pop("barcodes", ())
    assert isinstance(codes, tuple)
    found += [Problem(number, "barcodes", words) for code in codes if (words := label_problem(code))]
    return (None if found else Row(number, values, codes)), found
