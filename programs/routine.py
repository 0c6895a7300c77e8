"""A site's hours at an instant."""

from datetime import datetime

from programs.models import SiteRoutine
from programs.rules.routine import DEFAULT, Routine


def routine_of(site_id: int, at: datetime) -> Routine:
    """What holds at a site at an instant, the defaults where it says nothing. One query."""
    row = SiteRoutine.objects.current(at).filter(site=site_id).first()
    return DEFAULT if row is None else as_routine(row)


def as_routine(row: SiteRoutine) -> Routine:
    """A row as the rules take it."""
    return Routine(row.clocks(), row.night_from, row.night_until, row.night_minutes, row.source)


def routines_between(site_id: int, since: datetime, until: datetime) -> list[tuple[datetime, Routine]]:
    """What held from when on, for ``since <= t < until``; the first begins at ``since``. One query."""
    rows = SiteRoutine.objects.filter(site=site_id, started_at__lt=until).exclude(ended_at__lte=since)
    found = [(max(since, row.started_at), as_routine(row)) for row in rows.order_by("started_at")]
    return found if found and found[0][0] == since else [(since, DEFAULT), *found]
