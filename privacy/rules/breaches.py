"""The clocks of a breach: who must be told, and by which day (42 CFR 2.16(b), 45 CFR 164.404 to 164.408)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from audit.rules.findings import Finding, stop

LIMIT = timedelta(days=60)
MANY = 500


class Told(StrEnum):
    """Who is told of a breach."""

    INDIVIDUALS = "individuals"
    HHS = "hhs"
    MEDIA = "media"

    @property
    def label(self) -> str:
        """In words."""
        return {
            "individuals": "The people concerned", "hhs": "Secretary of Health and Human Services", "media": "The media",
        }[self.value]  # fmt: skip


@dataclass(frozen=True)
class Clock:
    """``whom`` is told on ``due`` at the latest. ``sent``: the day on which they were; ``left`` counts days, negative where it is late."""

    whom: Told
    due: date
    sent: date | None = None

    def left(self, today: date) -> int:
        """Days until the last day; 0 on it."""
        return (self.due - today).days

    def late(self, today: date) -> bool:
        """True where it was told after its last day, or that day is gone and it was not."""
        return (self.sent or today) > self.due


def year_end(discovered: date) -> date:
    """The sixtieth day after the end of the year of discovery: 1 March, in a leap year 29 February."""
    return date(discovered.year, 12, 31) + LIMIT


def clocks(
    discovered: date, people: int, most_in_state: int = 0, sent: dict[Told, date] | None = None
) -> tuple[Clock, ...]:  # fmt: skip
    """The clocks of a breach that was discovered on this day (on the site's calendar), the nearest first.

    The people concerned: without unreasonable delay, within sixty days (164.404). ``people`` 500 or more: the Secretary at the same time
    (164.408(b)); fewer: within sixty days after the year's end (164.408(c)). More than 500 in one state: the media (164.406).
    """
    done = sent or {}
    due = {Told.INDIVIDUALS: discovered + LIMIT}
    due[Told.HHS] = discovered + LIMIT if people >= MANY else year_end(discovered)
    if most_in_state > MANY:
        due[Told.MEDIA] = discovered + LIMIT
    rows = [Clock(whom, day, done.get(whom)) for whom, day in due.items()]
    return tuple(sorted(rows, key=lambda each: each.due))


def may_close(assessed: bool, breach: bool, running: tuple[Clock, ...]) -> list[Finding]:
    """What stands against closing an incident."""
    if not assessed:
        words = "It cannot be closed without an assessment of the four factors (45 CFR 164.402). Write it first."
        return [stop("breach.not_assessed", words)]
    if not breach:
        return []
    return [
        stop("breach.not_told", f"{each.whom.label}: not told yet, by {each.due:%-d %B %Y} at the latest. Record it first.")
        for each in running
        if each.sent is None
    ]  # fmt: skip
