"""Who sleeps at a site, and what asks for looks at them."""

from dataclasses import dataclass
from datetime import datetime

from chart.models import ObservationOrder
from chart.queries.rounds.day import DAY_PROGRAM, in_day_program
from chart.rules.rounds.due import WATCHED
from programs.contributions import places
from programs.models import Episode, Precaution, Site
from programs.rules.precautions import Precaution as Kind


@dataclass(frozen=True)
class Person:
    """One client in a bed, or of a day program (``place`` is then its name): the order that runs (0: none) in words, and the watches
    that were set as precautions."""

    client_id: int
    episode_id: int
    name: str
    place: str
    unit: str
    order_id: int
    minutes: int
    why: str
    since: datetime | None
    until: datetime | None
    by: str
    watches: tuple[str, ...]


def watched_people(site: Site, at: datetime) -> list[Person]:
    """Everybody in a bed of the site, watched or not, in walking order; then who comes for the day, by name. Five queries."""
    where = places(site.pk, at)
    by_day = {episode: name for episode, name in in_day_program(site.pk, at).items() if episode not in where}
    episodes = Episode.objects.filter(pk__in=[*where, *by_day]).select_related("client")
    clients = [row.client_id for row in episodes]
    orders = {
        row.client_id: row
        for row in ObservationOrder.objects.current(at).filter(client__in=clients).select_related("by")
    }
    kinds = [kind.value for kind in WATCHED]
    minded: dict[int, list[str]] = {}
    rows = Precaution.objects.current(at).filter(client__in=clients, kind__in=kinds).values_list("client_id", "kind")
    for client_id, kind in rows:
        minded.setdefault(client_id, []).append(f"{Kind(kind).label}, q{WATCHED[Kind(kind)]}")
    found = []
    rows_ = {row.pk: row for row in episodes}
    walked = [rows_[pk] for pk in sorted(where, key=lambda each: where[each].order) if pk in rows_]
    for row in [*walked, *sorted((rows_[pk] for pk in by_day), key=lambda each: each.client.short_name)]:
        order = orders.get(row.client_id)
        place = where.get(row.pk)
        found.append(
            Person(
                row.client_id, row.pk, row.client.short_name, place.short if place else by_day[row.pk],
                place.unit if place else DAY_PROGRAM.name, order.pk if order else 0,
                order.minutes if order else 0, order.why if order else "", order.started_at if order else None,
                order.until if order else None, order.by.signature if order else "", tuple(sorted(minded.get(row.client_id, []))),
            )
        )  # fmt: skip
    return found
