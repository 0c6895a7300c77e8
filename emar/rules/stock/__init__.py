"""Controlled stock: what may be drawn, moved, counted and resolved, and by when a loss is reported."""

from emar.rules.stock.clocks import Report, form_due, is_reportable, notice_due, reports
from emar.rules.stock.counts import (
    counter_findings,
    keys_findings,
    numbers_findings,
    resolution_findings,
)
from emar.rules.stock.draws import Drawn, Line, Use, draw_findings, line_findings, locked, waste_findings
from emar.rules.stock.kinds import COUNT, KEYS, Cause, Keeps, Kind, Shift, Told
from emar.rules.stock.words import real, say_units

__all__ = [
    "COUNT", "KEYS", "Cause", "Drawn", "Keeps", "Kind", "Line", "Report", "Shift", "Told", "Use", "counter_findings",
    "draw_findings", "form_due", "is_reportable", "keys_findings", "line_findings", "locked", "notice_due", "numbers_findings",
    "real", "reports", "resolution_findings", "say_units", "waste_findings",
]  # fmt: skip
