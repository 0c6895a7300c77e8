"""When is a level looked at again, and how is that said? Days are days of the site's calendar."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from asam.rules.decision import review_due_days
from asam.rules.levels import LEVELS


class Due(StrEnum):
    """How near a review is."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"
    BY_HAND = "by_hand"


@dataclass(frozen=True)
class Review:
    """``due`` and the words for it; ``days`` until it is due (negative: past), None where no rule knows the level."""

    due: Due
    words: str
    days: int | None


def review(level: str, since: datetime, at: datetime, tz: ZoneInfo) -> Review:
    """When a client at this level is due, counted from ``since``: the last decision, ratings, or the placement.

    A level that Stepwell does not know (of another edition) is reviewed by hand. Source: facts/levels-of-care.md 5.2.
    """
    if level not in LEVELS:
        return Review(Due.BY_HAND, "no rule for this level: set by hand", None)
    today = at.astimezone(tz).date()
    on = since.astimezone(tz).date() + timedelta(days=review_due_days(level))
    days = (on - today).days
    if days < 0:
        return Review(Due.OVERDUE, f"overdue by {-days} day{'' if days == -1 else 's'}", days)
    if days == 0:
        return Review(Due.TODAY, "due today", days)
    if days == 1:
        return Review(Due.SOON, "due tomorrow", days)
    return Review(Due.LATER, f"due {on:%a %-d %b}", days)
