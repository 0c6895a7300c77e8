"""What people do with tablets, with the doses that tablets charted without the network, and with what has to be settled."""

from emar.actions.offline.queue import Queued, Taken, take_queue
from emar.actions.offline.settle import settle
from emar.actions.offline.tablets import heard_of, register_tablet, revoke_tablet

__all__ = ["Queued", "Taken", "heard_of", "register_tablet", "revoke_tablet", "settle", "take_queue"]
