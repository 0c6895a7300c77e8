"""What acts about one client share: the client under lock, and the site whose staff may write of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from audit import trail
from audit.rules.findings import Refused, stop
from live.actions import publish
from programs.contributions import places
from programs.models import Client, Episode, Site
from programs.placed import last
from programs.queries import sites_of
from programs.topics import board_topic, pass_topic
from staff.access import may, require
from staff.models import Person
from staff.rules.capabilities import Capability


@dataclass(frozen=True)
class Scene:
    """A client, locked; the site where the person may write of them; their newest episode (None: never admitted)."""

    client: Client
    site: Site
    episode: Episode | None

    @property
    def care(self) -> Episode:
        """The episode. Raises Refused where the client was never admitted."""
        if self.episode is None:
            raise Refused(stop("programs.not_placed", "This client was never admitted. Admit them first."))
        return self.episode

    def record(self, verb: str, summary: str, row: Client | object, by: Person, at: datetime, **detail: object) -> None:
        """Write the act on the trail."""
        trail.record(
            verb, by=by, at=at, subject=row, site_id=self.site.pk, client_id=self.client.pk,  # type: ignore[arg-type]
            summary=summary[:300], detail=detail,
        )  # fmt: skip

    def announce(self, at: datetime) -> None:
        """Draw the board of the site and the pass of the client's unit anew."""
        topics = {board_topic(self.site)}
        if self.episode is not None:
            place = places(self.site.pk, at, self.episode.pk).get(self.episode.pk)
            topics |= {pass_topic(place.unit_id)} if place is not None else set()
        publish(dict.fromkeys(topics, ()))


def scene(by: Person, at: datetime, client_id: int, capability: Capability) -> Scene:
    """Lock the client and see that the person may write of them, at a site that cares for them, did last, or is asked for a place.

    Raises NotAllowed, Refused for somebody no site knows, Client.DoesNotExist.
    """
    client = Client.objects.select_for_update(of=("self",), no_key=True).get(pk=client_id)
    episode = Episode.objects.filter(client=client, started_at__lte=at).order_by("-started_at").first()
    sites = sites_of(client_id, at)
    placement = last(episode.pk, at) if episode is not None else None
    if placement is not None and placement.program.site not in sites:
        sites.append(placement.program.site)
    if not sites:
        raise Refused(stop("facts.nowhere", "No site knows this person yet. Put them on the placement list first."))
    allowed = next((site for site in sites if may(by, capability, site.pk, at)), None)
    if allowed is None:
        require(by, capability, sites[0].pk, at)
    return Scene(client, allowed or sites[0], episode)


def after(instant: datetime, at: datetime) -> datetime:
    """``at``, or the first moment after ``instant`` where that is not earlier: a period that ends, ends after it began."""
    return max(at, instant + timedelta(microseconds=1))
