"""May this desk reach this order, this administration? What is elsewhere is not there at all: 404."""

from datetime import datetime

from django.db import connection
from django.http import Http404

from emar.models import Administration, Order
from programs import placed
from programs.desk import Desk
from programs.models import Placement, Program
from programs.people import mine

WHERE = """
SELECT program.site_id FROM emar_order asked
JOIN programs_placement placement ON placement.episode_id = asked.episode_id
JOIN programs_program program ON program.id = placement.program_id
WHERE asked.id = %(order)s AND placement.kind = %(kind)s AND placement.started_at <= %(at)s
ORDER BY placement.started_at DESC LIMIT 1
"""


def order_at(desk: Desk, order_id: int) -> Order:
    """The order, with medication and client, where its episode is, or last was, at the desk's site. Raises Http404."""
    order = Order.objects.select_related("medication", "client", "episode").filter(pk=order_id).first()
    if order is None or site_id_of(order.episode_id, desk.now) != desk.site.pk:
        raise Http404("No such order here.")
    return order


def reach_order(desk: Desk, order_id: int) -> None:
    """The same question as ``order_at`` where the row itself is not needed: one small query. Raises Http404."""
    with connection.cursor() as cursor:
        cursor.execute(WHERE, {"order": order_id, "at": desk.now, "kind": Program.Kind.TREATMENT.value})
        found = cursor.fetchone()
    if found != (desk.site.pk,):
        raise Http404("No such order here.")


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


def client_at(desk: Desk, client_id: int) -> None:
    """Raise Http404 for a client who never was in a treatment program of the desk's site."""
    here = {"program__site": desk.site, "kind": Program.Kind.TREATMENT}
    if not Placement.objects.filter(mine(client_id, "episode__client"), **here).exists():
        raise Http404("No such client here.")


def site_id_of(episode_id: int, at: datetime) -> int | None:
    """The site of the episode's treatment placement now, or of the last one it had."""
    placement = placed.last(episode_id, at)
    return None if placement is None else placement.program.site_id
