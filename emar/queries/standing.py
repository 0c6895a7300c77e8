"""What the medication room says at the top of a chart: how many orders run."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse

from emar.models import Order
from programs.models import Client, Placement
from programs.standing import Now
from staff.rules.capabilities import Capability


def standing(client: Client, placement: Placement, at: datetime) -> Iterator[Now]:
    """One line: how many orders run, and how many of them as needed. One query."""
    counted = Order.objects.current(at).filter(episode=placement.episode_id).aggregate(
        running=Count("pk"), as_needed=Count("pk", filter=Q(schedule__kind="as_needed"))
    )  # fmt: skip
    running, as_needed = counted["running"], counted["as_needed"]
    title = {0: "No orders", 1: "1 order"}.get(running, f"{running} orders")
    line = f"{as_needed} as needed" if as_needed else ""
    yield Now(40, "pill", title, line, "", reverse("emar:orders", args=[client.pk]), Capability.SEE_PASS)
