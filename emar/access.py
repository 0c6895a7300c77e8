"""May this desk reach this order, this administration? What is elsewhere is not there at all: 404."""

from datetime import datetime

from django.http import Http404

from emar.models import Administration, Order
from programs import placed
from programs.desk import Desk


def order_at(desk: Desk, order_id: int) -> Order:
    """The order, with medication and client, where its episode is, or last was, at the desk's site. Raises Http404."""
    order = Order.objects.select_related("medication", "client", "episode").filter(pk=order_id).first()
    if order is None or site_id_of(order.episode_id, desk.now) != desk.site.pk:
        raise Http404("No such order here.")
    return order


def administration_at(desk: Desk, administration_id: int) -> Administration:
    """The administration, with order, medication and client, where its order may be reached. Raises Http404."""
    found = (
        Administration.objects.select_related("order__medication", "order__client", "by")
        .filter(pk=administration_id)
        .first()
    )
    if found is None or site_id_of(found.order.episode_id, desk.now) != desk.site.pk:
        raise Http404("No such administration here.")
    return found


def site_id_of(episode_id: int, at: datetime) -> int | None:
    """The site of the episode's treatment placement now, or of the last one it had."""
    placement = placed.last(episode_id, at)
    return None if placement is None else placement.program.site_id
