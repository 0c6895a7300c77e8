"""Which as-needed doses of a site are still to be looked at."""

from datetime import datetime

from emar.queries.build import effect_of
from emar.queries.load import effects_of
from emar.queries.rows import EffectRow
from emar.queries.walked import walked
from programs.models import Episode, Site


def site_effects(site: Site, *, at: datetime, due_by: datetime | None = None) -> list[EffectRow]:
    """The open follow-ups of everyone who sleeps at a site, soonest due first; with ``due_by`` those due by then.

    Three queries, whatever the number.
    """
    clients = set(Episode.objects.filter(pk__in=list(walked(site.pk, at))).values_list("client_id", flat=True))
    rows = [effect_of(each, at) for found in effects_of(clients).values() for each in found]
    return sorted((row for row in rows if due_by is None or row.due_at <= due_by), key=lambda row: (row.due_at, row.pk))
