"""What stands charted beside an entry of a tablet, and where its client sleeps."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from emar.actions.asked import Asked
from emar.models import TAKEN, UNDONE, Administration
from emar.queries import walked
from programs.models import Episode

NEAR = timedelta(hours=6)
"""How near a dose as needed must be to another of its order to be shown beside it."""


def standing_of(doses: Sequence[Asked]) -> dict[tuple[int, datetime | None], Administration]:
    """By order and due time what stands charted: for a dose as needed the nearest one taken under its order. One query."""
    if not doses:
        return {}
    wanted = Q(pk__in=[])
    for asked in doses:
        if asked.due_at is not None:
            wanted |= Q(order=asked.order_id, due_at=asked.due_at)
        elif asked.given_at is not None:
            near = (asked.given_at - NEAR, asked.given_at + NEAR)
            wanted |= Q(order=asked.order_id, due_at=None, outcome__in=TAKEN, given_at__range=near)
    rows = Administration.objects.filter(wanted, corrected_by=None).exclude(outcome=UNDONE)
    found: dict[tuple[int, datetime | None], Administration] = {}
    by_order = list(rows.select_related("by").order_by("given_at", "pk"))
    for asked in doses:
        mine = [row for row in by_order if (row.order_id, row.due_at) == (asked.order_id, asked.due_at)]
        at = asked.given_at
        if mine and at is not None:
            found[asked.order_id, asked.due_at] = min(mine, key=lambda row: abs(row.given_at - at))
    return found


def unit_of(site_id: int, client_id: int, at: datetime) -> int | None:
    """On which pass a client's doses are; None where on none. Three queries at most."""
    episodes = Episode.objects.filter(client=client_id, ended_at=None).order_by("-started_at")
    episode_id = episodes.values_list("pk", flat=True).first()
    return None if episode_id is None else walked.unit_of(site_id, episode_id, at)
