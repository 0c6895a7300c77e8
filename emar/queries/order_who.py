"""Whose orders they are: the client, the episode they are written in, and the allergies that stay in sight."""

from dataclasses import dataclass
from datetime import datetime

from chart.queries.allergies import NOT_ASKED, Allergies, allergies_of
from programs import placed
from programs.models import Client, Episode, Site


@dataclass(frozen=True)
class Whose:
    """``open``: in a treatment program of the site now, so orders can be written."""

    client: Client
    episode: Episode
    open: bool
    age: int
    allergies: Allergies


def whose(site: Site, client_id: int, at: datetime) -> Whose | None:
    """The client by their newest episode, where its newest treatment placement is or was at this site. Three queries."""
    episode = (
        Episode.objects.filter(client=client_id, started_at__lte=at)
        .select_related("client")
        .order_by("-started_at")
        .first()
    )
    placement = None if episode is None else placed.last(episode.pk, at)
    if episode is None or placement is None or placement.program.site_id != site.pk:
        return None
    running = all(each.ended_at is None or each.ended_at > at for each in (episode, placement))
    born, today = episode.client.born_on, at.astimezone(site.tz).date()
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return Whose(episode.client, episode, running, age, allergies_of([client_id], at).get(client_id, NOT_ASKED))
