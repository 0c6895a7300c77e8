"""What was asked for and what was done on rounds, read for many clients at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from chart.models import ObservationCheck, ObservationOrder
from chart.queries.rounds.day import day_stays, orders_here, without
from chart.rules.rounds.due import LONGEST, MINUTE, WATCHED, Asked, Stretch, stretches
from chart.rules.rounds.walked import Look, Slot, walked
from programs.contributions import Slept, slept
from programs.models import Client, Episode, Leave, Precaution, Site
from programs.routine import routines_between
from programs.rules.precautions import Precaution as Kind
from programs.rules.routine import nights

NIGHT = "Rounds of the night"
Period = tuple[datetime, datetime | None]


@dataclass(frozen=True)
class Watched:
    """One client on rounds in a stretch of time: where they slept (the newest stay last), what was asked, and what became of it.

    ``slots`` are all that were due or open since the oldest thing that asks began; ``checks`` every look, by its key.
    """

    client: Client
    episode_id: int
    stays: tuple[Slept, ...]
    stretches: tuple[Stretch, ...]
    slots: tuple[Slot, ...]
    checks: Mapping[int, ObservationCheck]

    def stay_at(self, at: datetime) -> Slept:
        """The bed they had at an instant; the newest before it where they had none."""
        return next((stay for stay in reversed(self.stays) if stay.started_at <= at), self.stays[0])


def watched(
    site: Site, since: datetime, until: datetime, at: datetime, *, clients: Collection[int] | None = None
) -> list[Watched]:
    """Everybody who slept at a site in ``since <= t < until`` (or these of them), and whoever was looked in on in a day program there,
    as known at ``at``. At most eleven queries.

    What asks for looks is walked from where it began, however long ago: each look decides when the next one is due.
    """
    here = [stay for stay in slept(site.pk, since, until) if stay.started_at <= at]
    by_day = orders_here(site, since, until, at)
    known = {stay.episode_id for stay in here} | {order.episode_id for order in by_day}
    episodes = {
        row.pk: row
        for row in Episode.objects.filter(pk__in=known).select_related("client")
        if clients is None or row.client_id in clients
    }
    people = {row.client_id: row for row in episodes.values()}
    asked = _ordered(people, since, until, at)
    reach = min([since, *(each.since for several in asked.values() for each in several)]) - LONGEST * MINUTE
    asked = _ordered(people, reach, until, at)
    earlier = [stay for stay in slept(site.pk, reach, until) if stay.episode_id in episodes and stay.started_at <= at]
    by_day = [order for order in by_day if order.episode_id in episodes]
    stays: defaultdict[int, list[Slept]] = defaultdict(list)
    for stay in sorted([*earlier, *day_stays(site, by_day, earlier)], key=lambda each: each.started_at):
        stays[stay.episode_id].append(stay)
    by_night = _nights(site, earlier, reach, until)
    away = _away(episodes, reach, until, at)
    looks = _looks(people, reach, at)
    found = []
    for episode_id, row in episodes.items():
        if not stays[episode_id]:
            continue
        present = _present([(stay.started_at, stay.ended_at) for stay in stays[episode_id]], away[episode_id])
        wanted = [*asked[row.client_id], *by_night[episode_id]]
        parts = stretches(wanted, present, until)
        checks = looks[row.client_id]
        taken = [Look(each.pk, each.at, each.entered_at) for each in checks]
        slots = walked(parts, taken, min(at, until))
        kept = {each.pk: each for each in checks}
        found.append(Watched(row.client, episode_id, tuple(stays[episode_id]), tuple(parts), tuple(slots), kept))
    return found


def _ordered(people: Mapping[int, object], since: datetime, until: datetime, at: datetime) -> dict[int, list[Asked]]:
    """Orders and precautions that ask within ``since <= t < until``, by client. Two queries."""
    found: defaultdict[int, list[Asked]] = defaultdict(list)
    within = Q(ended_at=None) | Q(ended_at__gt=since)
    orders = ObservationOrder.objects.filter(within, client__in=people, started_at__lt=until, started_at__lte=at)
    for order in orders:
        said = f"Every {order.minutes} minutes: {order.why}"
        found[order.client_id].append(Asked(f"order/{order.pk}", order.minutes, order.started_at, order.ended_at, said))
    kinds = [kind.value for kind in WATCHED]
    minded = Precaution.objects.filter(within, client__in=people, kind__in=kinds, started_at__lt=until)
    for row in minded.filter(started_at__lte=at):
        kind = Kind(row.kind)
        found[row.client_id].append(Asked(f"watch/{row.pk}", WATCHED[kind], row.started_at, row.ended_at, kind.label))
    return found


def _nights(site: Site, stays: Iterable[Slept], since: datetime, until: datetime) -> defaultdict[int, list[Asked]]:
    """The rounds of each night, by episode: each unit has its own, so that it is walked at once. One query."""
    found: defaultdict[int, list[Asked]] = defaultdict(list)
    routines = routines_between(site.pk, since, until)
    spans = []
    for number, (begun, routine) in enumerate(routines):
        over = routines[number + 1][0] if number + 1 < len(routines) else until
        for start, end in nights(begun, over, site.tz, routine):
            ends = end if number + 1 == len(routines) else min(end, over)
            spans.append((max(start, begun) if number else start, ends, routine.night_minutes))
    for stay in stays:
        for start, end, minutes in spans:
            since_, until_ = max(start, stay.started_at), end if stay.ended_at is None else min(end, stay.ended_at)
            if since_ < until_:
                seed = f"night/{stay.unit_id}/{start.date()}"
                found[stay.episode_id].append(Asked(seed, minutes, since_, until_, NIGHT))
    return found


def _away(episodes: Collection[int], since: datetime, until: datetime, at: datetime) -> defaultdict[int, list[Period]]:
    """Leaves, by episode. One query."""
    found: defaultdict[int, list[Period]] = defaultdict(list)
    rows = Leave.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), episode__in=episodes, started_at__lt=until)
    for row in rows.filter(started_at__lte=at).order_by("started_at"):
        found[row.episode_id].append((row.started_at, row.ended_at if row.ended_at and row.ended_at <= at else None))
    return found


def _present(stays: Iterable[Period], leaves: Iterable[Period]) -> list[Period]:
    """The stays (in order, as one where they touch), less the leaves."""
    here: list[Period] = []
    for start, end in stays:
        if here and here[-1][1] == start:
            here[-1] = (here[-1][0], end)
        else:
            here.append((start, end))
    return without(here, leaves)


def _looks(people: Collection[int], since: datetime, at: datetime) -> defaultdict[int, list[ObservationCheck]]:
    """Every look of these clients that came here since then, by client, in the order in which they came. One query."""
    found: defaultdict[int, list[ObservationCheck]] = defaultdict(list)
    rows = ObservationCheck.objects.filter(client__in=people, entered_at__gte=since, entered_at__lte=at)
    for row in rows.select_related("by").order_by("entered_at", "pk"):
        found[row.client_id].append(row)
    return found


def recent(at: datetime) -> datetime:
    """How far back a board looks for the rounds of now."""
    return at - timedelta(hours=1)
