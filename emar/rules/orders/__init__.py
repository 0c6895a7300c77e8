"""May this be ordered? The words of an order, its hold limits, and what stands in the way of writing it."""

from emar.rules.orders.kinds import Comparison, Heard, Measure, Mode, Sites, Witness
from emar.rules.orders.limits import HoldLimit, limits_from_json, limits_to_json

__all__ = [
    "Comparison", "Heard", "HoldLimit", "Measure", "Mode", "Sites", "Witness", "limits_from_json", "limits_to_json",
]  # fmt: skip
