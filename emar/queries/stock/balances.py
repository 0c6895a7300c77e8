"""What is in a line now: the newest entry of its ledger."""

from collections.abc import Collection
from decimal import Decimal
from typing import NamedTuple

from django.db.models import OuterRef, Subquery

from emar.models import LedgerEntry, StockLine


class Balance(NamedTuple):
    """The number of the newest entry (0: none yet) and the balance it left."""

    number: int
    balance: Decimal


def balances(line_ids: Collection[int]) -> dict[int, Balance]:
    """The balances of these lines; a line without entries is left out. One query, one index look-up a line."""
    newest = LedgerEntry.objects.filter(line=OuterRef("pk")).order_by("-number").values("pk")[:1]
    of_each = StockLine.objects.filter(pk__in=line_ids).values(newest=Subquery(newest))
    found = LedgerEntry.objects.filter(pk__in=of_each).values_list("line_id", "number", "balance")
    return {line_id: Balance(number, balance) for line_id, number, balance in found}
