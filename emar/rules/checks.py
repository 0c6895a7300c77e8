"""What a person says beside a dose: the score they looked at, when opioids were last used, the mouth, how long it took to dissolve."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from audit.rules.findings import Finding, stop

LONGEST_DISSOLVED = 120  # minutes; anything longer is a slip of the finger. House limit.


@dataclass(frozen=True)
class Checks:
    """All may be left out. ``score_id``: a score in the chart (``chart.models.Score``). ``mouth_before``: None when not asked."""

    score_id: int | None = None
    last_use_at: datetime | None = None
    mouth_before: bool | None = None
    dissolved_minutes: int | None = None


NOTHING_CHECKED = Checks()


def unwritable(checks: Checks) -> Iterator[Finding]:
    """What the table would not take."""
    minutes = checks.dissolved_minutes
    if minutes is not None and not 1 <= minutes <= LONGEST_DISSOLVED:
        words = f"It dissolved within 1 to {LONGEST_DISSOLVED} minutes. Enter the minutes again, or leave them out."
        yield stop("dose.dissolved", words)
    if checks.last_use_at is not None and checks.last_use_at.utcoffset() is None:
        yield stop("dose.no_zone", "The time came without a time zone. Send it with one, such as 08:00-05:00.")
