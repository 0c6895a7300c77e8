"""What people do with doses and orders: one verb, one function, one transaction."""

from emar.actions.administer import administer, refused_as
from emar.actions.correct import correct
from emar.actions.gather import refuse_strange_times
from emar.actions.orders import hold_order, release_order, stop_order
from emar.actions.stopping import stop_all

__all__ = [
    "administer", "correct", "hold_order", "refuse_strange_times", "refused_as", "release_order", "stop_all", "stop_order",
]  # fmt: skip
