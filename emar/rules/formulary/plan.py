"""What a file would do to the formulary: which lines are new, which change and how, which stay. Lines not in it stay as they are."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from emar.rules.formulary.columns import Line, say
from emar.rules.formulary.reading import Problem, Row, Sheet

WEIGHTY = frozenset({"ingredient", "contents", "counted_in", "is_active"})
"""Fields that orders in force are counted or chosen by."""


class Kind(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Known:
    """A line of the formulary as it stands, and how many orders in force name it."""

    pk: int
    line: Line
    orders: int = 0


@dataclass(frozen=True)
class Label:
    """A code that is taken: by which medication, and whether it still names it."""

    medication_id: int
    said: str
    is_active: bool


@dataclass(frozen=True)
class Change:
    """One field that becomes another; '' for empty."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """A row with what it does. ``pk`` is None for a new line; ``codes`` are labels to be added; ``orders`` are in force and
    counted by something that changes."""

    row: int
    kind: Kind
    line: Line
    pk: int | None = None
    changes: tuple[Change, ...] = ()
    codes: tuple[str, ...] = ()
    orders: int = 0


@dataclass(frozen=True)
class Plan:
    """What a file would do. With a problem anywhere nothing is imported."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()

    def of(self, kind: Kind) -> tuple[Entry, ...]:
        """The entries of one kind, in the order of the file."""
        return tuple(entry for entry in self.entries if entry.kind is kind)

    @property
    def digest(self) -> str:
        """One hash of everything that would be written: two plans that do the same have the same."""
        what = [
            [entry.pk, {each.name: say(getattr(entry.line, each.name)) for each in fields(Line)}, entry.codes]
            + [[change.field, change.before] for change in entry.changes]
            for entry in self.entries
            if entry.kind is not Kind.UNCHANGED
        ]
        return hashlib.sha256(json.dumps(what).encode()).hexdigest()


def plan(sheet: Sheet, known: Sequence[Known], labels: Mapping[str, Label]) -> Plan:
    """Hold the rows against the formulary. A row is a line's by name, strength and form: as written, else in any case."""
    exact = {(each.line.name, each.line.strength, each.line.form): each for each in known}
    loose = {each.line.key: each for each in known}
    entries, problems = [], list(sheet.problems)
    seen: dict[tuple[str, str, str], int] = {}
    coded: dict[str, int] = {}
    for row in sheet.rows:
        asked = Line(**row.values)  # type: ignore[arg-type]  # each column's reader gives its field's kind
        now = exact.get((asked.name, asked.strength, asked.form)) or loose.get(asked.key)
        line = asked if now is None else replace(now.line, **row.values)  # type: ignore[arg-type]
        wrong = [*_twice(row, line, seen), *_whole(row, line), *_labels(row, now, labels, coded)]
        problems += wrong
        if not wrong:
            entries.append(_entry(row, line, now, labels))
    return Plan(tuple(entries), tuple(sorted(problems, key=lambda each: each.row)))


def _entry(row: Row, line: Line, now: Known | None, labels: Mapping[str, Label]) -> Entry:
    codes = tuple(code for code in row.barcodes if code not in labels)
    if now is None:
        return Entry(row.number, Kind.NEW, line, codes=codes)
    changes = tuple(_changes(now.line, line))
    kind = Kind.CHANGED if changes or codes else Kind.UNCHANGED
    weighty = any(change.field in WEIGHTY for change in changes)
    return Entry(row.number, kind, line, now.pk, changes, codes, now.orders if weighty else 0)


def _changes(before: Line, after: Line) -> Iterator[Change]:
    for each in fields(Line):
        one, other = getattr(before, each.name), getattr(after, each.name)
        if one != other:
            yield Change(each.name, say(one), say(other))


def _twice(row: Row, line: Line, seen: dict[tuple[str, str, str], int]) -> Iterator[Problem]:
    first = seen.setdefault(line.key, row.number)
    if first != row.number:
        words = f"Row {first} is {line.name} {line.strength} {line.form} too. One row for each name, strength and form."
        yield Problem(row.number, "name", words)


def _whole(row: Row, line: Line) -> Iterator[Problem]:
    """What only the line as a whole can say."""
    if line.display_name and line.name.casefold() not in line.display_name.casefold():
        words = (
            f"'{line.display_name}' is not '{line.name}' written another way. Only capitals differ, as in hydrOXYzine."
        )
        yield Problem(row.number, "display_name", words)
    if line.contents and line.contents[0].name != line.ingredient:
        words = f"The ingredient is '{line.ingredient}', and the contents begin with '{line.contents[0].name}'."
        yield Problem(row.number, "contents", f"{words} The main ingredient comes first.")
    if line.contents and not line.counted_in:
        words = "Say what the contents are counted by: tablet, mL, puff and the like."
        yield Problem(row.number, "counted_in", words)


def _labels(row: Row, now: Known | None, labels: Mapping[str, Label], coded: dict[str, int]) -> Iterator[Problem]:
    for code in row.barcodes:
        label, first = labels.get(code), coded.setdefault(code, row.number)
        if first != row.number:
            yield Problem(
                row.number, "barcodes", f"Label {code} stands in row {first} too. A label names one medication."
            )
        elif label is None:
            continue
        elif now is None or label.medication_id != now.pk:
            yield Problem(row.number, "barcodes", taken(code, label))
        elif not label.is_active:
            words = f"Label {code} was retired. Bring it back on the medication's page, or leave it out here."
            yield Problem(row.number, "barcodes", words)


def taken(code: str, label: Label) -> str:
    """Why a code cannot name another medication."""
    held = "names" if label.is_active else "once named"
    return f"Label {code} {held} {label.said}. Use another code: an old label may still be on a box."


def summary(entries: Iterable[Entry]) -> dict[Kind, int]:
    """How many of each kind."""
    numbers = dict.fromkeys(Kind, 0)
    for entry in entries:
        numbers[entry.kind] += 1
    return numbers
