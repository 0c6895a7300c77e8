"""The kinds of schedule an order can have. Each refuses a wrong setting with a ValueError that says what is wrong."""

from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TypeAlias, TypeGuard

LONGEST_DAYS = 366
"""The longest interval or step taken as meant, in days: anything longer is a slip of the finger. House limit."""

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class FixedTimes:
    """Due at wall-clock times of the site's zone.

    ``times`` are naive, whole minutes, kept in order. ``weekdays``: Monday = 0, None = every day. ``every_n_days``
    counts local days from the day of the order's start, which is the first. With both, a day must satisfy both.
    """

    times: tuple[time, ...]
    weekdays: frozenset[int] | None = None
    every_n_days: int = 1

    def __post_init__(self) -> None:
        """Put the times in order; raise ValueError for a setting that can never be meant."""
        object.__setattr__(self, "times", in_order(self.times))
        if not whole(self.every_n_days) or not 1 <= self.every_n_days <= LONGEST_DAYS:
            raise ValueError(f"The number of days between doses must be a whole number from 1 to {LONGEST_DAYS}.")
        if self.weekdays is None:
            return
        object.__setattr__(self, "weekdays", frozenset(self.weekdays))
        if not self.weekdays:
            raise ValueError("Choose at least one weekday, or leave weekdays out for every day.")
        if not all(whole(day) and 0 <= day <= 6 for day in self.weekdays):
            raise ValueError("Weekdays are numbers from 0 (Monday) to 6 (Sunday).")
        if self.every_n_days % 7 == 0:
            raise ValueError("Every 7, 14, 21... days always falls on one weekday already: leave the weekdays out.")


@dataclass(frozen=True)
class EveryHours:
    """Due at the start and then every so many elapsed hours, whatever the clock on the wall does."""

    hours: int

    def __post_init__(self) -> None:
        """Raise ValueError unless the interval is 1 hour to a year."""
        if not whole(self.hours) or not 1 <= self.hours <= 24 * LONGEST_DAYS:
            raise ValueError(f"The interval must be a whole number of hours from 1 to {24 * LONGEST_DAYS}.")


@dataclass(frozen=True)
class Once:
    """Due one time, at the order's start: a single, first or STAT dose."""


@dataclass(frozen=True)
class TaperStep:
    """A stretch of a taper: ``amount`` (in the order's unit) at each of ``times``, for ``days`` local days."""

    days: int
    times: tuple[time, ...]
    amount: Decimal

    def __post_init__(self) -> None:
        """Put the times in order; raise ValueError for days or an amount that cannot be given."""
        object.__setattr__(self, "times", in_order(self.times))
        if not whole(self.days) or not 1 <= self.days <= LONGEST_DAYS:
            raise ValueError(f"A taper step lasts a whole number of days from 1 to {LONGEST_DAYS}.")
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite() or self.amount <= 0:
            raise ValueError("A taper step's dose is an exact decimal number of more than zero.")


@dataclass(frozen=True)
class Taper:
    """Steps that follow one another; the first begins on the local day of the order's start."""

    steps: tuple[TaperStep, ...]

    def __post_init__(self) -> None:
        """Raise ValueError when there is no step."""
        object.__setattr__(self, "steps", tuple(self.steps))
        if not self.steps:
            raise ValueError("A taper needs at least one step.")

    @property
    def days(self) -> int:
        """Local days from the first step's first day to the last step's last."""
        return sum(step.days for step in self.steps)

    @property
    def total(self) -> Decimal:
        """What the whole taper adds up to, in the order's unit, when it starts at or before its first time."""
        return sum((step.amount * len(step.times) * step.days for step in self.steps), Decimal(0))


@dataclass(frozen=True)
class AsNeeded:
    """Never due by the clock: at least ``min_gap`` apart and at most ``max_in_24h`` doses in any rolling 24 hours.

    A PRN order has to state both (emar-safety rule 12). A maximum in milligrams is a limit of the order, not of its
    schedule: see ``emar.rules.administration.PrnLimits``.
    """

    min_gap: timedelta
    max_in_24h: int

    def __post_init__(self) -> None:
        """Raise ValueError unless the gap is whole minutes and the maximum a whole number, both more than zero."""
        if not timedelta(0) < self.min_gap <= timedelta(days=LONGEST_DAYS) or self.min_gap % MINUTE:
            raise ValueError(f"The gap between as-needed doses is whole minutes, from 1 up to {LONGEST_DAYS} days.")
        if not whole(self.max_in_24h) or self.max_in_24h < 1:
            raise ValueError("The most doses in 24 hours must be a whole number, 1 or more.")


Schedule: TypeAlias = FixedTimes | EveryHours | Once | Taper | AsNeeded


def in_order(times: tuple[time, ...]) -> tuple[time, ...]:
    """Return the times of day earliest first; raise ValueError when empty, repeated, zoned or not whole minutes."""
    if not times:
        raise ValueError("A schedule needs at least one time of day.")
    for moment in times:
        if moment.tzinfo is not None:
            raise ValueError("A time of day is what the site's clock shows and carries no time zone.")
        if moment.second or moment.microsecond:
            raise ValueError(f"{moment} is not a whole minute.")
    ordered = tuple(sorted(moment.replace(fold=0) for moment in times))
    for earlier, later in pairwise(ordered):
        if earlier == later:
            raise ValueError(f"{earlier:%H:%M} is listed twice.")
    return ordered


def whole(value: object) -> TypeGuard[int]:
    """Whether this is an int and not a bool, which Python counts as one."""
    return isinstance(value, int) and not isinstance(value, bool)
