"""Share links that can still be opened."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, F

from privacy.models import ShareLink


def standing_links(client_ids: Collection[int], at: datetime) -> list[ShareLink]:
    """The links to these records that have not ended, the newest first, each with ``times``: how often it was opened. One query."""
    rows = ShareLink.objects.filter(client__in=client_ids, revoked_at=None, expires_at__gt=at, at__lte=at)
    counted = rows.annotate(times=Count("opened")).filter(times__lt=F("openings"))
    return list(counted.select_related("by").order_by("-at"))
