"""What do the chart's pages need? Frozen read models in a constant number of queries."""

from chart.queries.clients import Row, clients
from chart.queries.page import Page, page
from chart.queries.scores import Reading, Trend, newest, scored, trend, trends
from chart.queries.timeline import moves, notes

__all__ = [
    "Page", "Reading", "Row", "Trend", "clients", "moves", "newest", "notes", "page", "scored", "trend", "trends",
]  # fmt: skip
