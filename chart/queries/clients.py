"""The list of clients at a site: who, at which level, in which bed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict, cast

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from chart.access import at_sites
from chart.rules.find import birth_dates
from programs.contributions import Place, places
from programs.models import Client, Leave, Merge, Placement, Program, Site
from programs.rules.band import days_between


@dataclass(frozen=True)
class Row:
    """One client; level, program, bed and day are '' or None for who is in no program now."""

    pk: int
    called: str
    record_number: str
    pronouns: str
    born_on: date
    level: str
    program: str
    bed: str
    day: int | None
    leave: str


class Facts(TypedDict):
    """What ``listed`` finds beside each client."""

    level: str | None
    program: str | None
    episode_id: int | None
    since: datetime | None
    away: str | None


def listed(site: Site, at: datetime, *, text: str = "", everyone: bool = False) -> QuerySet[Client]:
    """The clients of a site by name: those in a program; with ``everyone`` or a ``text`` all who ever were there.
    ``text`` is a part of a name or record number, also of a record merged into theirs, or a birth date.

    Annotated with level, program, episode_id, since and away of the placement now (each None where there is none).
    """
    now = Placement.objects.current(at).filter(
        episode__client=OuterRef("pk"), program__site=site, kind=Program.Kind.TREATMENT
    )
    away = Leave.objects.current(at).filter(episode__client=OuterRef("pk"))
    found = at_sites(frozenset({site.pk})).annotate(
        level=Subquery(now.values("level")[:1]),
        program=Subquery(now.values("program__name")[:1]),
        episode_id=Subquery(now.values("episode_id")[:1]),
        since=Subquery(now.values("episode__started_at")[:1]),
        away=Subquery(away.values("kind")[:1]),
    )
    if not everyone and not text:
        found = found.filter(level__isnull=False)
    born = birth_dates(text)
    words = [] if born else text.split()[:6]
    if born:
        found = found.filter(_any(Q(born_on__in=born), Q(client__born_on__in=born)))
    for word in words:
        found = found.filter(_any(_named(word, ""), _named(word, "client__")))
    return found.order_by("last_name", "first_name", "pk")


def _any(own: Q, merged: Q) -> Q:
    """What is true of the client, or of a record merged into them."""
    return own | Q(Exists(Merge.objects.filter(merged, into=OuterRef("pk"), ended_at=None)))


def _named(word: str, of: str) -> Q:
    fields = ("first_name", "last_name", "preferred_name", "record_number")
    found = Q()
    for field in fields:
        found |= Q(**{f"{of}{field}__icontains": word})
    return found


def clients(site: Site, at: datetime, found: Iterable[Client]) -> list[Row]:
    """Rows for one page of ``listed``; one query more, for the beds."""
    beds = places(site.pk, at)
    return [_row(client, cast("Facts", vars(client)), beds, at, site) for client in found]


def _row(client: Client, facts: Facts, beds: Mapping[int, Place], at: datetime, site: Site) -> Row:
    place = beds.get(facts["episode_id"] or 0)
    return Row(
        pk=client.pk,
        called=client.called,
        record_number=client.record_number,
        pronouns=client.pronouns,
        born_on=client.born_on,
        level=facts["level"] or "",
        program=facts["program"] or "",
        bed=f"{place.unit} {place.room}-{place.bed}" if place else "",
        day=days_between(facts["since"], at, site.tz) + 1 if facts["since"] else None,
        leave=Leave.Kind(facts["away"]).label if facts["away"] else "",
    )
