"""A week's minutes against what the level of care asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType


@dataclass(frozen=True)
class WeeklyRule:
    """The minutes a level asks for in a week, and the usual most (None = no usual most).

    ``days``: on at least so many different days, each of ``day_minutes`` or more.
    """

    minimum: int
    most: int | None = None
    days: int = 0
    day_minutes: int = 1


_INTENSIVE, _HIGH = WeeklyRule(9 * 60, 19 * 60), WeeklyRule(20 * 60)
WEEKLY: Mapping[str, WeeklyRule] = MappingProxyType(
    {"2.1": _INTENSIVE, "2.5": _HIGH, "2.5 COE": _HIGH, "3.5": _HIGH, "3.5 COE": _HIGH}
)
"""Clinical hours a week by level: 9-19 for 2.1, 20 and more for 2.5 and 3.5.

Source: The ASAM Criteria, 3rd-edition state rules carried over to the 4th for 2.1 and 2.5; derived for 3.5 (facts/
levels-of-care.md 1.1). Payers and states differ, so a program may hand in its own table. A shortfall is a flag, not an
error: some payers let a client dip under 9 hours for a week or two while stepping down.
"""


@dataclass(frozen=True)
class WeekProgress:
    """A week in minutes; ``minimum`` is None and ``short_by`` 0 for a level without a weekly rule.

    ``days_short`` is how many days are missing, each of ``day_minutes`` or more.
    """

    done: int
    minimum: int | None
    short_by: int
    over_by: int
    days_short: int = 0
    day_minutes: int = 1

    @property
    def met(self) -> bool:
        """Whether nothing is missing."""
        return self.short_by == 0 and self.days_short == 0

    def __str__(self) -> str:
        """'6 h 40 of 9 h'."""
        return say_minutes(self.done) + ("" if self.minimum is None else f" of {say_minutes(self.minimum)}")


def week_progress(
    minutes: int, level: str, table: Mapping[str, WeeklyRule] = WEEKLY, by_day: Mapping[date, int] | None = None
) -> WeekProgress:
    """Return the week against the level's rule in a table; see ``progress``."""
    return progress(minutes, table.get(level), by_day)


def progress(minutes: int, rule: WeeklyRule | None, by_day: Mapping[date, int] | None = None) -> WeekProgress:
    """Return the week against a rule (None: no rule); ``minutes`` are the week's own, each counted once, ``by_day`` the same
    minutes by local date, where the rule counts days. Raises ValueError for negative minutes.
    """
    if minutes < 0:
        raise ValueError("Minutes are never negative.")
    if rule is None:
        return WeekProgress(minutes, None, 0, 0)
    over_by = 0 if rule.most is None else max(0, minutes - rule.most)
    days = sum(counted >= rule.day_minutes for counted in (by_day or {}).values())
    days_short = max(0, rule.days - days)
    return WeekProgress(minutes, rule.minimum, max(0, rule.minimum - minutes), over_by, days_short, rule.day_minutes)


def say_minutes(minutes: int) -> str:
    """Return "6 h 40", "9 h" or "45 min"."""
    hours, left_over = divmod(minutes, 60)
    if not hours:
        return f"{left_over} min"
    return f"{hours} h {left_over:02d}" if left_over else f"{hours} h"
