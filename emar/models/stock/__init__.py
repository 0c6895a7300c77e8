"""Controlled stock: where it is kept, every entry of its ledger, its counts, differences and keys.

Nothing of it is ever changed or deleted but a place's name; triggers hold what a check cannot (migration ``stock_walls``).
"""

from emar.models.stock.counts import Count, CountNumber, CountSigning, KeyHandover
from emar.models.stock.ledger import LedgerEntry
from emar.models.stock.places import OwnApproval, StockLine, StockLocation
from emar.models.stock.variances import Resolution, Variance, VarianceReport

__all__ = [
    "Count", "CountNumber", "CountSigning", "KeyHandover", "LedgerEntry", "OwnApproval", "Resolution", "StockLine",
    "StockLocation", "Variance", "VarianceReport",
]  # fmt: skip
