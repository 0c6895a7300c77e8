"""What do the chart's pages need? Frozen read models in a constant number of queries."""

from chart.queries.clients import Row, clients
from chart.queries.due import safety_open, scales_due
from chart.queries.page import Page, page
from chart.queries.scores import Reading, newest, scored
from chart.queries.timeline import moves
from chart.queries.trends import Trend, series, trend, trends

__all__ = [
    "Page", "Reading", "Row", "Trend", "clients", "moves", "newest", "page", "safety_open", "scales_due", "scored",
    "series", "trend", "trends",
]  # fmt: skip
