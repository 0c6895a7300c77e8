"""What the client said of their own care (dimension 6), for the plan. It changes no level."""

from collections.abc import Iterator
from datetime import datetime

from asam.models import Assessment
from asam.queries.catalogs import known
from programs.contributions import Wish
from programs.people import mine


def wishes(client_id: int, at: datetime) -> Iterator[Wish]:
    """The words of the newest assessment in which anything was said, in the order of its catalog. One query."""
    newest = (
        Assessment.objects.filter(mine(client_id, "episode__client"), at__lte=at)
        .exclude(views={})
        .select_related("by", "source")
        .order_by("-at", "-pk")
        .first()
    )
    if newest is None:
        return
    for key, topic in known(newest.source).catalog.topics.items():
        if key in newest.views:
            yield Wish(topic, newest.views[key], newest.at, newest.by.signature)
