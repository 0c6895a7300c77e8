"""The sheet of a count: blind until both numbers are in, then what each found beside what the ledger said."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from emar.models import Count, CountNumber, CountSigning, StockLine, Variance


@dataclass(frozen=True)
class SheetLine:
    """A line of a sheet. What was counted and what the ledger said are None until the count has ended.

    ``variance_id``: the difference this count opened, or the one that was open before.
    """

    line_id: int
    medication: str
    lot: str
    unit: str
    owner: str
    first: Decimal | None = None
    first_balance: Decimal | None = None
    second: Decimal | None = None
    balance: Decimal | None = None
    variance_id: int | None = None

    @property
    def agrees(self) -> bool:
        """Both numbers are what the ledger said at their minutes."""
        return self.first == self.first_balance and self.second == self.balance


@dataclass(frozen=True)
class Signed:
    """Who counted, and when (UTC)."""

    person_id: int
    name: str
    at: datetime


@dataclass(frozen=True)
class CountSheet:
    """A count of a place. ``signed``: nobody, the first, or both; the lines say numbers only once ``ended_at`` is there."""

    count: Count
    signed: tuple[Signed, ...]
    lines: tuple[SheetLine, ...]

    @property
    def differences(self) -> int:
        """How many lines do not agree; 0 while the count is open."""
        return 0 if self.count.ended_at is None else sum(not line.agrees for line in self.lines)


def count_sheet(count_id: int) -> CountSheet | None:
    """A count with its lines, in the order of the sheet; None for an unknown one. Five queries, however many lines.

    While it is open no number and no balance is read at all, so no page can show one.
    """
    count = Count.objects.select_related("location__site", "by").filter(pk=count_id).first()
    if count is None:
        return None
    signings = list(CountSigning.objects.filter(count=count).select_related("person").order_by("part"))
    signed = tuple(Signed(each.person_id, each.person.signature, each.at) for each in signings)
    rows = {row.pk: row for row in StockLine.objects.filter(pk__in=count.asked).select_related("medication", "owner")}
    lines = {pk: _blind(rows[pk]) for pk in count.asked if pk in rows}
    if count.ended_at is None or len(signings) < 2:
        return CountSheet(count, signed, tuple(lines.values()))
    locks = {
        each.line_id: each.pk
        for each in Variance.objects.filter(line__in=rows, opened_at__lte=count.ended_at).order_by("opened_at")
        if each.ended_at is None or each.count_id == count.pk
    }
    numbers: dict[tuple[int, int], CountNumber] = {
        (number.line_id, number.signing_id): number for number in CountNumber.objects.filter(signing__in=signings)
    }
    one, two = signings
    return CountSheet(
        count,
        signed,
        tuple(_open(line, numbers[pk, one.pk], numbers[pk, two.pk], locks.get(pk)) for pk, line in lines.items()),
    )


def _blind(row: StockLine) -> SheetLine:
    owner = "" if row.owner is None else row.owner.called
    return SheetLine(row.pk, str(row.medication), row.lot, row.unit, owner)


def _open(line: SheetLine, first: CountNumber, second: CountNumber, variance_id: int | None) -> SheetLine:
    return SheetLine(
        line.line_id, line.medication, line.lot, line.unit, line.owner, first.counted, first.balance, second.counted,
        second.balance, variance_id,
    )  # fmt: skip
