"""What the pages of the pass need: read models in a constant number of queries."""

from emar.queries.pages import ClientCard, PassLine, PassPage
from emar.queries.passes import dose_row, due_of, open_orders, paper_page, pass_lines, pass_page, prn_row
from emar.queries.rows import DoseRow, PrnRow
from emar.queries.timeline import timeline

__all__ = [
    "ClientCard",
    "DoseRow",
    "PassLine",
    "PassPage",
    "PrnRow",
    "dose_row",
    "due_of",
    "open_orders",
    "paper_page",
    "pass_lines",
    "pass_page",
    "prn_row",
    "timeline",
]
