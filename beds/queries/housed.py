"""Someone in care who has no bed: stepped to a day program, say, and now to live in a recovery residence."""

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery

from beds.models import BedStay
from beds.queries.choice import Choice
from beds.rules.compatibility import client_facts
from programs.models import Episode, Placement, Precaution, Program, Site
from programs.rules.precautions import Precaution as Kind


def housed(site: Site, episode_id: int, at: datetime) -> Choice | None:
    """Who is placed at the site in this episode and has no bed; None where that is not so. One query."""
    placed = Placement.objects.current(at).filter(
        episode=OuterRef("pk"), program__site=site, kind=Program.Kind.TREATMENT
    )
    minded = Precaution.objects.current(at).filter(client=OuterRef("client_id"))
    episode = (
        Episode.objects.current(at)
        .filter(pk=episode_id)
        .exclude(pk__in=BedStay.objects.current(at).filter(episode=episode_id).values("episode"))
        .select_related("client")
        .annotate(level=Subquery(placed.values("level")[:1]), minded=ArraySubquery(minded.values("kind")))
        .first()
    )
    if episode is None or episode.level is None:
        return None
    client = episode.client
    age = client.age(at.astimezone(site.tz).date())
    kinds = frozenset(Kind(kind) for kind in episode.minded)
    facts = client_facts(client.pk, client.initials, episode.level, client.housing_preference, age, kinds)
    return Choice(episode.pk, "episode", client.pk, client.short_name, facts)
