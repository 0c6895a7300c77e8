"""The formulary as a file: read it, say what is wrong row by row, and what it would change."""

from emar.rules.formulary.columns import COLUMNS, COUNTED_IN, REQUIRED, Line, Unreadable, say
from emar.rules.formulary.labels import kind_of, label_problem
from emar.rules.formulary.plan import Change, Entry, Kind, Known, Label, Plan, plan, summary, taken
from emar.rules.formulary.reading import Problem, Row, Sheet, decode, read

__all__ = [
    "COLUMNS", "COUNTED_IN", "REQUIRED", "Change", "Entry", "Kind", "Known", "Label", "Line", "Plan", "Problem", "Row", "Sheet",
    "Unreadable", "decode", "kind_of", "label_problem", "plan", "read", "say", "summary", "taken",
]  # fmt: skip
