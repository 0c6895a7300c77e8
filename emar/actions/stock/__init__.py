"""What people do with controlled stock: one verb, one function, one transaction."""

from emar.actions.stock.counts import drop_count, put_numbers, start_count
from emar.actions.stock.keys import hand_over_keys
from emar.actions.stock.moves import destroy, move, receive, send_back, waste
from emar.actions.stock.own import approve_own, count_in, hand_back
from emar.actions.stock.places import add_location, close_location
from emar.actions.stock.variances import resolve, tell_loss

__all__ = [
    "add_location", "approve_own", "close_location", "count_in", "destroy", "drop_count", "hand_back", "hand_over_keys", "move",
    "put_numbers", "receive", "resolve", "send_back", "start_count", "tell_loss", "waste",
]  # fmt: skip
