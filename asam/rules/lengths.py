"""How long is this client in each program, beside others who were there? Days are nights on the site's calendar.

Others are compared by the median and the middle half of them; fewer than ``FEWEST`` others are no comparison, and none is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

FEWEST = 5
ROOM = 1.08  # of the longest: the right edge keeps free


@dataclass(frozen=True)
class Mine:
    """This client's days in a program, all placements of the episode together."""

    program_id: int
    program: str
    level: str
    days: int
    going_on: bool


@dataclass(frozen=True)
class Length:
    """One program: the client's days, and of ``others`` people the median and the middle half (None: too few of them).

    ``bar``, ``middle``, ``low`` and ``half`` (its width) are per cent of the picture, as its attributes want them.
    """

    mine: Mine
    others: int
    median: float | None
    first: float | None
    third: float | None
    bar: str
    middle: str
    low: str
    half: str

    @property
    def words(self) -> str:
        """'21 days so far · median of 12 others 18 days, half of them 12 to 25'."""
        mine = f"{_days(self.mine.days)}{' so far' if self.mine.going_on else ''}"
        if self.median is None or self.first is None or self.third is None:
            tail = "nobody else" if not self.others else f"{self.others} other{'s' if self.others > 1 else ''}"
            return f"{mine} · {tail} in the last year: too few to compare"
        return f"{mine} · median of {self.others} others {_days(self.median)}, half of them {_said(self.first)} to {_said(self.third)}"


def lengths(mine: Sequence[Mine], others: Mapping[int, Sequence[int]]) -> tuple[Length, ...]:
    """Each program of the client beside ``others``: days a person, by program."""
    middles = {
        each.program_id: (median(there), *_half(there))
        for each in mine
        if len(there := others.get(each.program_id, ())) >= FEWEST
    }
    longest = max([each.days for each in mine] + [third for _, _, third in middles.values()], default=0)
    whole = max(longest * ROOM, 1.0)

    def wide(days: float) -> str:
        return f"{100 * days / whole:.2f}%"

    found = []
    for each in mine:
        middle, first, third = middles.get(each.program_id, (None, None, None))
        found.append(Length(
            each, len(others.get(each.program_id, ())), middle, first, third, wide(max(each.days, whole / 200)),
            wide(middle or 0.0), wide(first or 0.0), wide((third or 0.0) - (first or 0.0)),
        ))  # fmt: skip
    return tuple(found)


def _half(days: Sequence[int]) -> tuple[float, float]:
    first, _, third = quantiles(days, n=4, method="inclusive")
    return first, third


def _said(days: float) -> str:
    return f"{days:.1f}".removesuffix(".0")


def _days(days: float) -> str:
    return "1 day" if days == 1 else f"{_said(days)} days"
