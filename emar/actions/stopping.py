"""Stop every order of an episode that ends. The caller has locked the client, asked who may, and announces."""

from datetime import datetime

from django.db.models import Q

from audit.trail import record
from emar.actions.orders import end
from emar.actions.orders_common import LONGEST_WHY
from emar.models import Order
from staff.models import Person


def stop_all(*, by: Person, at: datetime, episode_id: int, site_id: int, why: str) -> list[Order]:
    """End the orders of an episode that run at ``at``: nothing is due from them any more. One event each on the trail.

    Orders that would begin later never begin.
    """
    orders = list(
        Order.objects.select_for_update(of=("self",), no_key=True)
        .filter(Q(ended_at=None) | Q(ended_at__gt=at), episode=episode_id)
        .select_related("medication")
        .order_by("pk")
    )
    for order in orders:
        end(order, by=by, at=at, why=why[:LONGEST_WHY])
        record(
            "emar.stop_order", by=by, at=at, subject=order, site_id=site_id, client_id=order.client_id,
            summary=f"{order.medication.shown} stopped: {why}",
        )  # fmt: skip
    return orders
