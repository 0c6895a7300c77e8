"""When medication began, for the pictures of scores."""

from collections.abc import Iterator
from datetime import datetime

from emar.models import Order
from emar.rules.administration import say_amount
from programs.contributions import DoseMark
from programs.people import mine


def order_starts(client_id: int, since: datetime, until: datetime) -> Iterator[DoseMark]:
    """The scheduled orders of a client that began in a stretch of time, new ones and changed ones, earliest first. One query."""
    rows = Order.objects.filter(mine(client_id), started_at__gte=since, started_at__lte=until)
    for order in rows.exclude(schedule__kind="as_needed").select_related("medication").order_by("started_at", "pk"):
        amount = say_amount(order.dose, order.unit)
        yield DoseMark(order.started_at, f"{order.medication.name} {amount}{' changed' if order.replaces_id else ''}")
