"""Which levels of care are there, and how do they stand to one another?

The levels form a lattice, not a ladder: 2.5 and 3.1 are neither above nor below each other. 'Higher' and 'lower' always
mean this order, never the decimal. Source: facts/levels-of-care.md 1.1 and 4.3 (adults, 4th edition).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Comparison = Literal["same", "lower", "higher", "different"]
Management = Literal["clinically", "medically"]


class UnknownLevel(ValueError):
    """A text that is no level of care; ``str()`` is a sentence for the person who gave it."""


@dataclass(frozen=True)
class Level:
    """One level of care. ``setting`` is 1 outpatient, 2 intensive outpatient, 3 residential or 4 hospital."""

    code: str
    name: str
    setting: int
    managed: Management
    coe: bool = False
    bio: bool = False

    @property
    def family(self) -> str:
        """The level without its enhancement: '3.7' for '3.7 COE' and '3.7 BIO', '4' for '4 Psychiatric'."""
        return self.code.split()[0]


_ALL = (
    Level("1.0", "Long-Term Remission Monitoring", 1, "clinically"),
    Level("1.5", "Outpatient Therapy", 1, "clinically"),
    Level("1.5 COE", "Outpatient Therapy, co-occurring enhanced", 1, "clinically", coe=True),
    Level("1.7", "Medically Managed Outpatient", 1, "medically"),
    Level("1.7 COE", "Medically Managed Outpatient, co-occurring enhanced", 1, "medically", coe=True),
    Level("2.1", "Intensive Outpatient", 2, "clinically"),
    Level("2.5", "High-Intensity Outpatient", 2, "clinically"),
    Level("2.5 COE", "High-Intensity Outpatient, co-occurring enhanced", 2, "clinically", coe=True),
    Level("2.7", "Medically Managed Intensive Outpatient", 2, "medically"),
    Level("2.7 COE", "Medically Managed Intensive Outpatient, co-occurring enhanced", 2, "medically", coe=True),
    Level("3.1", "Clinically Managed Low-Intensity Residential", 3, "clinically"),
    Level("3.5", "Clinically Managed High-Intensity Residential", 3, "clinically"),
    Level("3.5 COE", "Clinically Managed High-Intensity Residential, co-occurring enhanced", 3, "clinically", coe=True),
    Level("3.7", "Medically Managed Residential", 3, "medically"),
    Level("3.7 BIO", "Medically Managed Residential, biomedically enhanced", 3, "medically", bio=True),
    Level("3.7 COE", "Medically Managed Residential, co-occurring enhanced", 3, "medically", coe=True),
    Level("4 Psychiatric", "Medically Managed Inpatient, psychiatric", 4, "medically", coe=True),
    Level("4", "Medically Managed Inpatient", 4, "medically"),
)

LEVELS: Mapping[str, Level] = MappingProxyType({level.code: level for level in _ALL})
"""Every level by its code, from the least to the most intensive setting."""

OUTCOMES: tuple[str, ...] = tuple(code for code in LEVELS if code != "1.0")
"""The 17 levels that ratings can lead to. Level 1.0 is a person's choice, never the engine's."""

# The next levels up: each gives all that the one before it gives, and no level stands between them.
# 1.0 is outside the source's 17; it stands below 1.5 so that leaving or returning to it reads as a step.
NEXT_ABOVE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "1.0": ("1.5",),
        "1.5": ("1.5 COE", "1.7", "2.1"),
        "1.5 COE": ("1.7 COE", "2.5 COE"),
        "1.7": ("1.7 COE", "2.7"),
        "1.7 COE": ("2.7 COE",),
        "2.1": ("2.5", "3.1"),
        "2.5": ("2.5 COE", "2.7", "3.5"),
        "2.5 COE": ("2.7 COE", "3.5 COE"),
        "2.7": ("2.7 COE", "3.7"),
        "2.7 COE": ("3.7 COE",),
        "3.1": ("3.5",),
        "3.5": ("3.5 COE", "3.7"),
        "3.5 COE": ("3.7 COE",),
        "3.7": ("3.7 COE", "3.7 BIO"),
        "3.7 BIO": ("4",),
        "3.7 COE": ("4 Psychiatric",),
        "4 Psychiatric": ("4",),
        "4": (),
    }
)


def _at_or_above(code: str) -> frozenset[str]:
    return frozenset({code}).union(*(_at_or_above(above) for above in NEXT_ABOVE[code]))


# A level is known by the set of levels that cover it, and two such sets intersect in the set of their join.
_COVERED_BY: Mapping[str, frozenset[str]] = {code: _at_or_above(code) for code in LEVELS}
_LEVEL_OF: Mapping[frozenset[str], str] = {above: code for code, above in _COVERED_BY.items()}


def _covered_by(code: str) -> frozenset[str]:
    try:
        return _COVERED_BY[code]
    except KeyError:
        raise UnknownLevel(f"There is no level of care '{code}'; the levels are {', '.join(LEVELS)}.") from None


def leq(a: str, b: str) -> bool:
    """Whether ``a`` is at or below ``b``: everything ``a`` gives, ``b`` gives too. Raises UnknownLevel."""
    above = _covered_by(a)
    _covered_by(b)
    return b in above


def covers(level: str, need: str) -> bool:
    """Whether ``level`` gives everything that ``need`` asks for. Raises UnknownLevel."""
    return leq(need, level)


def join(a: str, b: str) -> str:
    """The lowest level that covers both ``a`` and ``b``. Raises UnknownLevel."""
    return _LEVEL_OF[_covered_by(a) & _covered_by(b)]


def compare(a: str, b: str) -> Comparison:
    """How ``a`` stands, seen from ``b``: a client at ``b`` for whom ``a`` comes back 'lower' may step down.

    'different' means neither covers the other, such as 3.1 seen from 2.5. Raises UnknownLevel.
    """
    at_most, at_least = leq(a, b), leq(b, a)
    if at_most and at_least:
        return "same"
    if at_most:
        return "lower"
    return "higher" if at_least else "different"
