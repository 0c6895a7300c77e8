"""The tables of a report, as the page, the spreadsheet and the paper show them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from emar.models import Administration, Order
from emar.queries.known import Due
from emar.queries.mar.words import reason_of, title_of
from emar.queries.report.load import NO_UNIT, Facts
from emar.queries.report.tally import HEADS, Tally, box_of, tallies
from emar.rules.administration import say_clock

Cell = str | int | datetime


@dataclass(frozen=True)
class Sheet:
    """A table: ``slug`` names its file, ``numbers`` says which columns are figures. A cell may be an aware instant."""

    slug: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    total: tuple[Cell, ...] | None = None
    about: str = ""

    def shown(self, tz: tzinfo, most: int | None = None) -> list[tuple[str | int, ...]]:
        """The rows with instants as text, '7 Nov 08:00'; at most so many."""
        return [tuple(_text(cell, tz) for cell in row) for row in self.rows[:most]]


def _text(cell: Cell, tz: tzinfo) -> str | int:
    if not isinstance(cell, datetime):
        return cell
    return f"{cell.astimezone(tz):%-d %b} {say_clock(cell, tz)}"


def sums(facts: Facts, tz: tzinfo, total: Tally) -> Iterator[Sheet]:
    """The doses by unit, by medication and by hour."""

    def unit(dose: Due) -> str:
        return facts.stays.unit(dose.order.episode_id, dose.due_at)

    def hour(dose: Due) -> str:
        return f"{dose.due_at.astimezone(tz):%H}:00"

    def sheet(slug: str, title: str, head: str, by: Callable[[Due], str]) -> Sheet:
        found = sorted(tallies(facts.scheduled, by).items(), key=lambda each: (each[0] == NO_UNIT, each[0].casefold()))
        rows: tuple[tuple[Cell, ...], ...] = tuple((name, counted.due, *counted.boxes) for name, counted in found)
        return Sheet(
            slug,
            title,
            (head, "Due", *HEADS),
            rows,
            "No dose was due.",
            ("All", total.due, *total.boxes) if rows else None,
        )

    yield sheet("units", "By unit", "Unit", unit)
    yield sheet("medications", "By medication", "Medication", lambda dose: str(dose.order.medication))
    yield sheet("hours", "By hour of the day", "Due at", hour)


LISTS = (
    ("missed", "Missed", ("missed",), "No dose was missed."),
    ("early-late", "Early and late", ("early", "late"), "Every dose was given in time."),
    ("refused", "Refused", ("refused",), "No dose was refused."),
    ("held", "Held", ("held",), "No dose was held."),
    ("not-available", "Not available", ("not_available",), "Every dose was available."),
)


def lists(facts: Facts) -> Iterator[Sheet]:
    """The doses that were not given as ordered and in time, dose by dose, and what was gone past."""
    heads = ("Due", "Client", "Record", "Unit", "Medication", "Charted", "Minutes off", "Why", "By")
    boxed: dict[str, list[Due]] = defaultdict(list)
    for dose in sorted(facts.scheduled, key=lambda dose: (dose.due_at, dose.order.client_id, dose.order.pk)):
        box = box_of(dose)
        if box is not None:
            boxed[box].append(dose)
    for slug, title, boxes, empty in LISTS:
        found = sorted((dose for box in boxes for dose in boxed[box]), key=lambda dose: (dose.due_at, dose.order.pk))
        if slug == "missed":  # nothing was charted
            rows = tuple((dose.due_at, *_whose(facts, dose.order, dose.due_at)) for dose in found)
            yield Sheet(slug, title, heads[:5], rows, empty, about="The window closed with nothing charted.")
        else:
            yield Sheet(slug, title, heads, tuple(_line(facts, dose) for dose in found), empty)
    yield _overrides(facts)


def _line(facts: Facts, dose: Due) -> tuple[Cell, ...]:
    row = dose.mark
    assert row is not None
    whose = _whose(facts, dose.order, dose.due_at)
    return dose.due_at, *whose, row.given_at, dose.minutes, reason_of(row), row.by.signature


def _whose(facts: Facts, order: Order, at: datetime) -> tuple[str, str, str, str]:
    client = order.client
    return client.called, client.record_number, facts.stays.unit(order.episode_id, at), title_of(order)


def _overrides(facts: Facts) -> Sheet:
    """What was gone past, each finding on a line of its own with its code and the reason that was given."""
    charted: Iterable[Administration] = (
        *(dose.mark for dose in facts.scheduled if dose.mark is not None), *facts.as_needed,
    )  # fmt: skip
    rows = tuple(
        (row.given_at, *_whose(facts, row.order, row.given_at), each["code"], each["message"], each["reason"],
         row.by.signature)
        for row in sorted(charted, key=lambda row: (row.given_at, row.pk))
        for each in row.overrides
    )  # fmt: skip
    heads = ("Charted", "Client", "Record", "Unit", "Medication", "Code", "What was gone past", "Why", "By")
    return Sheet("overrides", "Overrides", heads, rows, "Nothing was gone past.")


EFFECTS = ("worked", "partly", "none", "worse", "asleep", "not_seen")


def as_needed(facts: Facts, at: datetime) -> Sheet:
    """Whether doses as needed helped, by medication. In time means looked at by when it was owed."""
    heads = (
        "Medication", "Doses", "Seen in time", "Seen late", "Open", "Overdue", "Worked", "Helped a little", "No effect",
        "Worse", "Asleep", "Not seen",
    )  # fmt: skip
    found: dict[str, list[int]] = {}
    for row in facts.as_needed:
        counted = found.setdefault(str(row.order.medication), [0] * (len(heads) - 1))
        counted[0] += 1
        seen = facts.seen_after(row)
        if seen is None:
            continue
        if seen.result is None:
            counted[4 if seen.due_at <= at else 3] += 1
            continue
        counted[1 if seen.result.seen_at <= seen.due_at else 2] += 1
        counted[5 + EFFECTS.index(seen.result.effect)] += 1
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *counted) for name, counted in sorted(found.items(), key=lambda each: each[0].casefold())
    )
    total: tuple[Cell, ...] = ("All", *(sum(column) for column in zip(*found.values(), strict=True)))
    return Sheet(
        "as-needed", "As needed: did it help?", heads, rows, "No dose was given as needed.", total if rows else None
    )
