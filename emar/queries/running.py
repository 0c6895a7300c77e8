"""What is ordered for a client now, in words, for rooms below this one."""

from collections.abc import Collection, Iterator
from datetime import datetime

from emar.models import Order
from emar.rules.administration import say_amount


def medications(client_ids: Collection[int], at: datetime) -> Iterator[str]:
    """'Buprenorphine/naloxone 8 mg/2 mg, 8 mg, ordered by MD Okoye': every order in force, by medication. One query."""
    rows = Order.objects.current(at).filter(client__in=client_ids).select_related("medication", "by")
    for order in rows.order_by("medication__name", "pk"):
        yield f"{order.medication}, {say_amount(order.dose, order.unit)}, ordered by {order.by.signature}"
