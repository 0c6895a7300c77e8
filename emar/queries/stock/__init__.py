"""What the pages of controlled stock need."""

from emar.queries.stock.asked import lines_to_count
from emar.queries.stock.balances import Balance, balances
from emar.queries.stock.dose import Choice, Draws, draws_for
from emar.queries.stock.due import CountDue, counts_due
from emar.queries.stock.ledger import EntryRow, LedgerPage, ledger_between, ledger_page
from emar.queries.stock.places import Counted, LineRow, PlaceRow, line_rows, stock_places
from emar.queries.stock.sheet import CountSheet, SheetLine, Signed, count_sheet
from emar.queries.stock.variances import VarianceRow, open_variances, variance, variances_between

__all__ = [
    "Balance", "Choice", "CountDue", "CountSheet", "Counted", "Draws", "EntryRow", "LedgerPage", "LineRow", "PlaceRow", "SheetLine",
    "Signed", "VarianceRow", "balances", "count_sheet", "counts_due", "draws_for", "ledger_between", "ledger_page", "line_rows",
    "lines_to_count", "open_variances", "stock_places", "variance", "variances_between",
]  # fmt: skip
