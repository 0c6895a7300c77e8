"""How many had a bed at a midnight, and what became of the beds over a range of dates? Worked out from periods alone.

``docs/rules/census.md`` has the rules in words and the examples that the tests read.
"""

from beds.rules.census.asked import Asked, ask
from beds.rules.census.clock import dates, midnight_after, midnights
from beds.rules.census.count import Day, Line, days, lines, totals
from beds.rules.census.facts import Away, Closed, Facts, Held, Placed, Stay
from beds.rules.census.figures import Figures, figures
from beds.rules.census.picture import Picture, picture
from beds.rules.census.turnaround import Cleaned, Parts, Turnaround, parts, slowest, turnarounds
from beds.rules.census.words import average, duration, percent

__all__ = [
    "Asked", "Away", "Cleaned", "Closed", "Day", "Facts", "Figures", "Held", "Line", "Parts", "Picture", "Placed",
    "Stay", "Turnaround", "ask", "average", "dates", "days", "duration", "figures", "lines", "midnight_after",
    "midnights", "parts", "percent", "picture", "slowest", "totals", "turnarounds",
]  # fmt: skip
