"""How an objective goes: what may be said of it. Pure."""

from typing import NamedTuple

from audit.rules.findings import Finding, stop
from chart.rules.plans import number_in
from chart.rules.scales import Measure
from chart.rules.trend import Picture

STATUSES = ("progressing", "met", "deferred", "dropped")
LONGEST_WORDS = 1000


def status_findings(number: str, status: str, percent: int | None, words: str) -> list[Finding]:
    """What stands against a statement about objective ``number``: no status, no words, a percent outside 0 to 100."""
    found = []
    if status not in STATUSES:
        found.append(
            stop("objective.status", f"Choose how objective {number} goes: progressing, met, deferred or dropped.")
        )
    if not words.strip():
        found.append(
            stop("objective.words", f"Write what you saw of objective {number}: the status alone says too little.")
        )
    if len(words) > LONGEST_WORDS:
        found.append(stop("objective.long", f"Write at most {LONGEST_WORDS:,} characters about objective {number}."))
    if percent is not None and not 0 <= percent <= 100:
        found.append(stop("objective.percent", f"How far objective {number} has come is a percent from 0 to 100."))
    if percent is not None and status == "met" and percent < 100:
        words = (
            f"Objective {number} is met, and {percent} % were entered. Leave the percent empty, or choose progressing."
        )
        found.append(stop("objective.percent", words))
    return found


class Aim(NamedTuple):
    """A line across the picture of a score: how far from the top, whether the target or the baseline, and its number."""

    y: float
    kind: str
    words: str


def aims(drawn: Picture, measure: Measure, baseline: str, target: str) -> tuple[Aim, ...]:
    """Where baseline and target lie on a picture that shows the whole of a measure; what is no number on it is left out."""
    found = []
    for kind, typed in (("baseline", baseline), ("target", target)):
        value = number_in(typed)
        if value is not None and measure.bottom <= value <= measure.top:
            share = (float(value) - measure.bottom) / (measure.top - measure.bottom)
            y = round(drawn.floor - share * (drawn.floor - drawn.top), 1)
            found.append(Aim(y, kind, f"{kind.capitalize()} {typed.strip()}"))
    return tuple(found)
