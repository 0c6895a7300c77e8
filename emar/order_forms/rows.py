"""Rows of a form that come and go: 'taper-0-amount', 'taper-1-amount'. All are on the page; the empty ones do not count."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cells:
    """One row as typed. ``shown``: it has something in it, or is one of the first that always stand there."""

    number: int
    cells: Mapping[str, str]
    shown: bool

    @property
    def empty(self) -> bool:
        """Whether nothing is typed in what a row must have."""
        return not any(self.cells.values())


def rows_in(
    sent: Mapping[str, object], prefix: str, names: Sequence[str], *, most: int, first: int, but: Sequence[str] = ()
) -> list[Cells]:
    """Every row of a kind. ``but`` are choices that always have a value and do not make a row count."""
    return list(_rows(sent, prefix, names, most, first, but))


def _rows(
    sent: Mapping[str, object], prefix: str, names: Sequence[str], most: int, first: int, but: Sequence[str]
) -> Iterator[Cells]:
    for number in range(most):
        cells = {name: str(sent.get(f"{prefix}-{number}-{name}") or "").strip() for name in names}
        typed = any(value for name, value in cells.items() if name not in but)
        yield Cells(number, cells, typed or number < first)
