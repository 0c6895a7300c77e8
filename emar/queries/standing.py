"""What the medication room says at the top of a chart: how many orders run."""

from datetime import datetime

from django.db.models.fields.json import KT
from django.urls import reverse

from emar.models import Order
from programs.models import Client, Placement
from programs.standing import Now
from programs.together import Asking, asks
from staff.rules.capabilities import Capability


@asks
def standing(client: Client, placement: Placement, at: datetime) -> Asking[list[Now]]:
    """One line: how many orders run, and how many of them as needed. One query."""
    ordered = Order.objects.current(at).filter(episode=placement.episode_id)
    (kinds,) = yield (ordered.order_by().annotate(kind=KT("schedule__kind")).values_list("kind", flat=True),)
    running, as_needed = len(kinds), kinds.count("as_needed")
    title = {0: "No orders", 1: "1 order"}.get(running, f"{running} orders")
    line = f"{as_needed} as needed" if as_needed else ""
    return [Now(40, "pill", title, line, "", reverse("emar:orders", args=[client.pk]), Capability.SEE_PASS)]
