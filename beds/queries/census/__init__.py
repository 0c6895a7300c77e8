"""What do the census and turnaround pages need? Periods out of the database, figures out of ``beds/rules/census``."""

from beds.queries.census.page import CensusPage, UnitLine, census_lines, census_page, unit_days
from beds.queries.census.turnaround import Slow, TurnaroundPage, turnaround_page

__all__ = [
    "CensusPage", "Slow", "TurnaroundPage", "UnitLine", "census_lines", "census_page", "turnaround_page", "unit_days",
]  # fmt: skip
