"""Who was identified by a scan, and what was: per nurse, per medication, and why not. Doses that were taken, nothing else."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from emar.models import TAKEN, UNDONE, Administration
from emar.queries.report.load import Facts
from emar.queries.report.sheets import Cell, Sheet
from emar.rules.unscanned import why_not

HEADS = ("Taken", "Wristband scanned", "of them", "Medication scanned", "of them", "Neither scanned", "of them")
NONE_TAKEN = "No dose was taken."


def scanning(facts: Facts) -> Iterator[Sheet]:
    """The tables, whoever scans least first. A corrected entry counts for who charted it first."""
    rows = [dose.mark for dose in facts.scheduled if dose.mark is not None and dose.mark.outcome in TAKEN]
    rows += facts.as_needed
    yield _sheet("scanning-staff", "Scanning by nurse", "Nurse", rows, lambda row: _charter(row))
    yield _sheet(
        "scanning-medications", "Scanning by medication", "Medication", rows, lambda row: str(row.order.medication)
    )
    yield _reasons(rows)


def percent(part: int, whole: int) -> str:
    """'87 %', cut down, so that 100 % means all; ``whole`` is more than nothing."""
    return f"{part * 100 // whole} %"


def _charter(row: Administration) -> str:
    was = row.corrects
    return (was if was is not None and was.outcome != UNDONE else row).by.signature


def _counts(rows: Sequence[Administration]) -> tuple[int, int, int, int]:
    bands, labels = [row.band_id is not None for row in rows], [bool(row.barcode) for row in rows]
    neither = sum(not (band or label) for band, label in zip(bands, labels, strict=True))
    return len(rows), sum(bands), sum(labels), neither


def _cells(rows: Sequence[Administration]) -> tuple[Cell, ...]:
    taken, bands, labels, neither = _counts(rows)
    shares = [percent(part, taken) for part in (bands, labels, neither)]
    return taken, bands, shares[0], labels, shares[1], neither, shares[2]


def _sheet(
    slug: str, title: str, head: str, rows: Sequence[Administration], by: Callable[[Administration], str]
) -> Sheet:
    found: dict[str, list[Administration]] = {}
    for row in rows:
        found.setdefault(by(row), []).append(row)
    ordered = sorted(found.items(), key=lambda each: (_share(each[1]), each[0].casefold()))
    table = tuple((name, *_cells(listed)) for name, listed in ordered)
    total = ("All", *_cells(rows)) if rows else None
    return Sheet(slug, title, (head, *HEADS), table, NONE_TAKEN, total)


def _share(rows: Sequence[Administration]) -> float:
    taken, bands, labels, _ = _counts(rows)
    return (bands + labels) / taken


def _reasons(rows: Sequence[Administration]) -> Sheet:
    """Why a medication was not scanned."""
    counted = Counter(why_not(row.unscanned) for row in rows if not row.barcode)
    whole = sum(counted.values())
    table = tuple((words, count, percent(count, whole)) for words, count in counted.most_common())
    total = ("All", whole, percent(whole, whole)) if whole else None
    heads = ("Why the medication was not scanned", "Doses", "of them")
    return Sheet("scanning-reasons", "Why not scanned", heads, table, "Every medication was scanned.", total)
