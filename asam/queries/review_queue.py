"""The queue as it is looked at: of a program, of what is due, of what happened, of what is not paid for."""

from collections.abc import Sequence
from dataclasses import dataclass

from asam.queries.reviews import ReviewRow

SHOWS = {
    "due": "Due", "event": "Something happened", "gap": "Authorisation", "higher": "Ratings ask for more",
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """What is shown: ``program`` is the key of one ('' for all), ``show`` a word of ``SHOWS`` ('' for all)."""

    program: str = ""
    show: str = ""


@dataclass(frozen=True)
class Tab:
    """One way to look, and how many clients it shows."""

    key: str
    label: str
    count: int
    here: bool


@dataclass(frozen=True)
class QueuePage:
    """The rows that are shown, and the ways to look. ``late`` are due today or before, of everybody."""

    rows: tuple[ReviewRow, ...]
    look: Look
    tabs: tuple[Tab, ...]
    programs: tuple[Tab, ...]
    late: int
    everybody: int


def queue_page(rows: Sequence[ReviewRow], look: Look) -> QueuePage:
    """The rows of a look, in their order; what is asked for and does not exist shows everybody."""
    programs = {str(row.program_id): row.program for row in sorted(rows, key=lambda row: row.program)}
    program = look.program if look.program in programs else ""
    mine = [row for row in rows if not program or str(row.program_id) == program]
    show = look.show if look.show in SHOWS else ""
    counts = {key: [row for row in mine if shows(row, key)] for key in ("", *SHOWS)}
    tabs = [Tab(key, label, len(counts[key]), key == show) for key, label in (("", "Everybody"), *SHOWS.items())]
    chosen = [
        Tab(key, name, sum(str(row.program_id) == key for row in rows), key == program)
        for key, name in programs.items()
    ]
    return QueuePage(
        tuple(counts[show]), Look(program, show), tuple(tabs), tuple(chosen), sum(row.late for row in rows), len(rows)
    )


def shows(row: ReviewRow, show: str) -> bool:
    """Whether a row belongs to a way to look."""
    return {
        "due": row.late,
        "event": any(each.kind == "event" for each in row.review.triggers),
        "gap": row.loud,
        "higher": row.order in {"higher", "different"},
    }.get(show, True)
