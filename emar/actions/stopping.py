"""Stop every order of an episode that ends. The caller has locked the client, asked who may, and announces."""

from datetime import datetime

from audit.trail import record
from emar.models import Order
from staff.models import Person


def stop_all(*, by: Person, at: datetime, episode_id: int, site_id: int, why: str) -> list[Order]:
    """End the orders of an episode that run at ``at``: nothing is due from them any more. One event each on the trail.

    Orders that would begin later stay as they are: without a placement nothing is due from them.
    """
    orders = list(
        Order.objects.select_for_update(of=("self",), no_key=True)
        .current(at)
        .filter(episode=episode_id, started_at__lt=at)
        .select_related("medication")
        .order_by("pk")
    )
    for order in orders:
        order.ended_at = at
        order.save(update_fields=["ended_at"])
        record(
            "emar.stop_order", by=by, at=at, subject=order, site_id=site_id, client_id=order.client_id,
            summary=f"{order.medication.name} stopped: {why}",
        )  # fmt: skip
    return orders
