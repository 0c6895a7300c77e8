"""Hold limits of an order: the dose is held while a vital sign or score lies on the wrong side of a value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from emar.rules.orders.kinds import Comparison, Measure

FRESH_MINUTES = 60
"""How old a value may be where the order says nothing (emar-safety 25)."""

LONGEST_FRESH = 24 * 60
_FIELDS = {"measure", "comparison", "value", "fresh_minutes", "strict"}


@dataclass(frozen=True)
class HoldLimit:
    """'Hold when systolic is under 90, measured in the last 60 minutes.'

    ``strict``: such a dose may not be given at all; else it may, with a reason.
    """

    measure: Measure
    comparison: Comparison
    value: Decimal
    fresh_minutes: int = FRESH_MINUTES
    strict: bool = True

    def __post_init__(self) -> None:
        """Raise ValueError for a value that can never be meant."""
        least, most = self.measure.span
        if not self.value.is_finite() or not least <= self.value <= most:
            raise ValueError(f"{self.measure.label} is a number from {least} to {most}.")
        if not 1 <= self.fresh_minutes <= LONGEST_FRESH:
            raise ValueError(f"A value is fresh for 1 to {LONGEST_FRESH} minutes.")

    @property
    def said(self) -> str:
        """The words, and whether a reason goes past it: 'Hold if pulse is under 60 /min, unless there is a reason'."""
        return self.words if self.strict else f"{self.words}, unless there is a reason"

    @property
    def words(self) -> str:
        """'Hold if systolic is under 90 mmHg'."""
        name = self.measure.label if self.measure in (Measure.CIWA, Measure.COWS) else self.measure.label.lower()
        return f"Hold if {name} is {self.comparison.label} {self.value:f} {self.measure.unit}".rstrip()

    def holds(self, value: Decimal) -> bool:
        """Whether this value holds the dose; the limit itself does not."""
        return value < self.value if self.comparison is Comparison.BELOW else value > self.value


def limits_to_json(limits: Iterable[HoldLimit]) -> list[dict[str, object]]:
    """As an order keeps them."""
    return [
        {
            "measure": limit.measure.value,
            "comparison": limit.comparison.value,
            "value": f"{limit.value:f}",
            "fresh_minutes": limit.fresh_minutes,
            "strict": limit.strict,
        }
        for limit in limits
    ]


def limits_from_json(data: object) -> tuple[HoldLimit, ...]:
    """What ``limits_to_json`` wrote; ValueError for anything else, with what is wrong."""
    if not isinstance(data, list | tuple):
        raise ValueError("Hold limits are a list.")
    return tuple(_limit(item) for item in data)


def _limit(item: object) -> HoldLimit:
    if not isinstance(item, Mapping) or set(item) != _FIELDS:
        raise ValueError(f"A hold limit has exactly these fields: {', '.join(sorted(_FIELDS))}.")
    try:
        value = Decimal(str(item["value"]))
    except InvalidOperation as error:
        raise ValueError(f"{item['value']!r} is not a number.") from error
    fresh, strict = item["fresh_minutes"], item["strict"]
    if isinstance(fresh, bool) or not isinstance(fresh, int) or not isinstance(strict, bool):
        raise ValueError("A hold limit has whole minutes, and says whether it is strict.")
    if item["measure"] not in set(Measure) or item["comparison"] not in set(Comparison):
        raise ValueError("A hold limit looks at a known measure, below or above a value.")
    return HoldLimit(Measure(item["measure"]), Comparison(item["comparison"]), value, fresh, strict)
