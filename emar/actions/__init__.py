"""What people do with doses and orders: one verb, one function, one transaction."""

from emar.actions.absent import chart_absent
from emar.actions.administer import Answer, NothingWritten, administer, administer_all, refused_as
from emar.actions.asked import Asked, refuse_strange_times
from emar.actions.correct import correct
from emar.actions.orders import hold_order, release_order, stop_order
from emar.actions.orders_cosign import cosign
from emar.actions.orders_write import change_order, write_order
from emar.actions.patches import see_patch
from emar.actions.policies import set_policy
from emar.actions.reassess import amend_reassessment, reassess
from emar.actions.stopping import stop_all
from emar.actions.undo import undo

__all__ = [
    "Answer", "Asked", "NothingWritten", "administer", "administer_all", "amend_reassessment", "change_order", "chart_absent",
    "correct", "cosign", "hold_order", "reassess", "refuse_strange_times", "refused_as", "release_order",
    "see_patch", "set_policy", "stop_all", "stop_order", "undo", "write_order",
]  # fmt: skip
