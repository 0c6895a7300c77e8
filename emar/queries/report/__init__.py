"""What became of the doses of a site over a range of dates: sums and lists, computed and never stored."""

from emar.queries.report.page import Report, report
from emar.queries.report.sheets import Sheet

__all__ = ["Report", "Sheet", "report"]
