"""The clock of a client's request for their own record: thirty days, and once thirty more (42 CFR 2.23, 45 CFR 164.524(b))."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from audit.rules.findings import Finding, stop

LIMIT = timedelta(days=30)
SOON = 7
"""Days before the last day from which it is shown as near."""


class Wanted(StrEnum):
    """In which form the client wants it."""

    PAPER = "paper"
    FILE = "file"
    LOOK = "look"

    @property
    def label(self) -> str:
        """In words."""
        return {"paper": "On paper", "file": "As a file", "look": "To look at it here"}[self.value]


class AccessStepKind(StrEnum):
    """What happened to a request."""

    EXTENDED = "extended"
    GIVEN = "given"
    PART = "part"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """In words."""
        return {
            "extended": "Extended, and the client was told in writing", "given": "Given", "part": "Given in part", "refused": "Refused",
        }[self.value]  # fmt: skip

    @property
    def answers(self) -> bool:
        """True where it ends the clock."""
        return self is not AccessStepKind.EXTENDED


@dataclass(frozen=True)
class Clock:
    """A request that came on ``asked``, on the site's calendar. ``until``: the new last day, where it was extended."""

    asked: date
    until: date | None = None
    answered: date | None = None

    @property
    def due(self) -> date:
        """The last day on which it may be answered."""
        return self.until or self.asked + LIMIT

    def left(self, today: date) -> int:
        """Days until the last day, 0 on it; negative where it is late."""
        return (self.due - today).days

    def late(self, today: date) -> bool:
        """True where it was answered after its last day, or that day is gone and it was not."""
        return (self.answered or today) > self.due


def wrong_extension(clock: Clock, until: date | None, today: date) -> list[Finding]:
    """What stands against more time until a day: once, within the first thirty days, thirty days more at the most."""
    if clock.until is not None:
        return [
            stop("access.extended", "It was extended once already. There is no second time: answer it.", field="kind")
        ]
    if today > clock.due:
        sentence = "Its thirty days are gone, and more time is told within them (45 CFR 164.524(b)(2)). Answer it now."
        return [stop("access.too_late", sentence, field="kind")]
    if until is None:
        return [
            stop("access.until", "Write the day by which it will be answered, as the client was told.", field="until")
        ]
    if not clock.due < until <= clock.due + LIMIT:
        last = clock.due + LIMIT
        return [
            stop(
                "access.until",
                f"Choose a day after {clock.due:%-d %B %Y}, and {last:%-d %B %Y} at the latest.",
                field="until",
            )
        ]
    return []
