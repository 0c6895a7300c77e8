"""What deadlines ask of the groups room: the site's holidays, and the days on which clients were there."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime

from groups.models import Holiday, Presence


def holidays(site_id: int) -> Mapping[date, str]:
    """The holidays of a site by date. One query."""
    return dict(Holiday.objects.filter(site=site_id).values_list("on", "name"))


def served(client_ids: Collection[int], since: datetime, until: datetime) -> Iterator[tuple[int, datetime]]:
    """When these clients were present in a session of ``since <= t <= until``. One query."""
    rows = Presence.objects.filter(client__in=client_ids, started_at__gte=since, started_at__lte=until)
    yield from rows.values_list("client_id", "started_at")
