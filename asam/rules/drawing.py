"""How high is a level drawn, and what does a rating draw? For pictures only: nothing is ever decided by a height.

A height is the length of the longest chain of levels below in the lattice. Levels of one height are never above or below each
other, and of two heights neither need be above the other: pictures say so in words, and a step between such levels is broken.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Literal

from asam.rules.catalog import Subdimension
from asam.rules.levels import LEVELS, NEXT_ABOVE

Shape = Literal["level", "open", "residence", "flag", "unrated"]
SIGNS: Mapping[str, str] = MappingProxyType({"lower": "↓", "higher": "↑", "different": "↔", "same": "="})
BEFORE, AFTER = 4.0, 6.0  # per cent kept free at both ends, so that nothing is cut off


def _heights() -> dict[str, int]:
    found = dict.fromkeys(LEVELS, 0)
    for code in LEVELS:  # a level stands after those below it
        for above in NEXT_ABOVE[code]:
            found[above] = max(found[above], found[code] + 1)
    return found


HEIGHTS: Mapping[str, int] = MappingProxyType(_heights())
"""The height of each level, from 0 (1.0) to 8 (4)."""


@dataclass(frozen=True)
class Row:
    """One height: its levels from the most intensive setting down, and the few words that an axis has room for."""

    height: int
    levels: tuple[str, ...]

    @property
    def words(self) -> str:
        """'3.5 2.7': the levels without an enhancement; else the first with its mark: '3.7+'. 'none' at the foot."""
        if self.height == 0:
            return "none"
        plain = [code for code in self.levels if not (LEVELS[code].coe or LEVELS[code].bio)]
        enhanced = "4 Psy" if self.levels[0] == "4 Psychiatric" else f"{LEVELS[self.levels[0]].family}+"
        return " ".join(plain) or enhanced


ROWS: tuple[Row, ...] = tuple(
    Row(height, tuple(code for code in reversed(tuple(LEVELS)) if HEIGHTS[code] == height))
    for height in range(max(HEIGHTS.values()) + 1)
)
"""All heights, the lowest first."""


@dataclass(frozen=True)
class Rating:
    """What one assessment says of one thing to rate: ``codes`` as given ('' not rated), the level they ask for ('' none)."""

    at: datetime
    codes: str
    level: str
    shape: Shape
    words: str

    @property
    def height(self) -> int:
        """Where it is drawn: at its level's height, at the foot where no level is asked for."""
        return HEIGHTS.get(self.level, 0)


def rating(at: datetime, codes: Collection[str], sub: Subdimension | None) -> Rating:
    """Read a rating by its own catalog; ``sub`` is None where that catalog does not know the line."""
    known = [each for each in (sub.codes if sub else ()) if each.code in codes]
    if not codes or not known:
        return Rating(at, "", "", "unrated", "not rated")
    said = " + ".join(each.code for each in known)
    words = f"{said}: {', '.join(each.label for each in known)}"
    asking = next((each.level for each in known if each.level), None)
    if asking:
        return Rating(at, said, asking, "level", words)
    kinds = {each.kind for each in known if not each.alongside}
    shape: Shape = "residence" if "rr" in kinds else "flag" if "flag" in kinds else "open"
    return Rating(at, said, "", shape, words)


@dataclass(frozen=True)
class Span:
    """A stretch of time from the left edge of a picture to the right one, on the clock of ``tz``."""

    since: datetime
    until: datetime
    tz: tzinfo

    def said(self, at: datetime) -> str:
        """'3 Nov'; with the year where the stretch has more than one."""
        year = " %Y" if self.since.year != self.until.year else ""
        return f"{at.astimezone(self.tz):%-d %b{year}}"

    def across(self, at: datetime) -> float:
        """Per cent from the left; what lies outside stands at the edge."""
        length = (self.until - self.since).total_seconds()
        part = (at - self.since).total_seconds() / length if length > 0 else 0.0
        return round(BEFORE + min(max(part, 0.0), 1.0) * (100 - BEFORE - AFTER), 2)
