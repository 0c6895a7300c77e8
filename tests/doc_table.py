"""Reads a table of examples out of a documentation page, so that the page and the test are the same table."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def table(page: str, heading: str) -> list[dict[str, str]]:
    """Return the rows of the first table under that heading of ``page`` (a path from the root), one dict a row.

    Keys are the column titles; backticks around a cell are dropped. Raises LookupError when there is no such table.
    """
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    titles = [number for number, line in enumerate(lines) if line.startswith("#") and line.lstrip("# ") == heading]
    if not titles:
        raise LookupError(f"{page} has no heading '{heading}'.")
    rows: list[list[str]] = []
    for line in lines[titles[0] + 1 :]:
        if line.startswith("|"):
            rows.append([cell.strip().strip("`") for cell in line.strip().strip("|").split("|")])
        elif rows or line.startswith("#"):
            break
    if len(rows) < 3:
        raise LookupError(f"{page} has no table under '{heading}'.")
    columns, examples = rows[0], rows[2:]
    return [dict(zip(columns, row, strict=True)) for row in examples]
