"""Gathers what the rules of odd patterns (``privacy/rules/patterns.py``) judge: the trail of some days of a site, and what the rooms
know of the people in it. The only place that knows both."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse

from audit.models import Event
from audit.sight import LOOKED, NOT_ALLOWED, NOT_FOUND, SEARCHED
from chart.models import TeamMember
from chart.queries.break_glass import to_review
from privacy.models import Judgement, RecordMark
from privacy.rules.patterns import WITHIN, Flag, Known, Pattern, Sight, flags
from programs.models import Client, Site
from staff.models import Duty, Person

DAYS = 7  # of one page
USED = timedelta(days=30)  # who came on duty in this time is judged by it
LONGEST_DUTY = timedelta(hours=24)
REFUSALS = (NOT_ALLOWED, NOT_FOUND)
MOST = 100_000  # events of one page of flags; a site of two hundred people has a tenth of it in a week


@dataclass(frozen=True)
class Watch:
    """The flags of ``since <= at < until`` that nobody judged yet, newest first, and when each ended."""

    flags: tuple[Flag, ...]
    ends: dict[str, datetime]


def watch(site: Site, since: datetime, until: datetime, at: datetime) -> Watch:
    """What is odd at a site in some days, without what was judged. A constant number of queries.

    Two days before are read with it, so that a stretch that began then is told as the same one.
    """
    sights = _sights(site, since - WITHIN, until)
    found = [flag for flag in flags(sights, _known(site, sights, since - WITHIN, until)) if flag.at >= since]
    when = {each.event_id: each.at for each in sights}
    ends = {flag.key: max(when[event] for event in flag.events) for flag in found}
    left = _not_judged(site, found, since)
    left += _glass(site, since, until, at)
    return Watch(tuple(sorted(left, key=lambda flag: (flag.at, flag.key), reverse=True)), ends)


def judged(site: Site, since: datetime, until: datetime) -> list[Judgement]:
    """What was judged of some days, the newest first. One query."""
    rows = Judgement.objects.filter(site=site, happened_at__gte=since, happened_at__lt=until)
    return list(rows.select_related("by", "person").order_by("-at", "-pk"))


def _sights(site: Site, since: datetime, until: datetime) -> list[Sight]:
    rows = (
        Event.objects.filter(site_id=site.pk, verb__in=(*LOOKED, *REFUSALS, SEARCHED), at__gte=since, at__lt=until)
        .exclude(by_id=None)
        .order_by("-at", "-pk")
        .values_list("pk", "by_id", "by_name", "as_role", "at", "client_id", "verb")[:MOST]
    )
    return [
        Sight(pk, by_id or 0, name, role, at, client_id, verb in REFUSALS)
        for pk, by_id, name, role, at, client_id, verb in rows
    ]


def _known(site: Site, sights: Collection[Sight], since: datetime, until: datetime) -> Known:
    people = {each.person_id for each in sights}
    clients = {each.client_id for each in sights if each.client_id}
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    records = list(Client.objects.filter(pk__in=clients).values_list("pk", "last_name", "record_number"))
    watched = RecordMark.objects.filter(client__in=clients, started_at__lt=until).filter(
        Q(ended_at=None) | Q(ended_at__gt=since)
    )
    periods = _duties(site, people, since, until)

    def on_duty(person: int, at: datetime) -> bool:
        """Who never comes on duty (a director, a biller) is not judged by it."""
        held = periods.get(person)
        return held is None or any(start <= at < end for start, end in held)

    return Known(
        tz=site.tz,
        family_of_person=names,
        family_of_client={pk: last for pk, last, _ in records},
        named={pk: number for pk, _, number in records},
        marked=set(watched.values_list("client_id", flat=True)),
        theirs=_theirs(people, clients, since, until),
        on_duty=on_duty,
    )


def _duties(
    site: Site, people: Collection[int], since: datetime, until: datetime
) -> dict[int, list[tuple[datetime, datetime]]]:
    rows = Duty.objects.filter(person__in=people, started_at__lt=until, started_at__gt=since - USED)
    found: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for person, start, end in rows.values_list("person_id", "started_at", "ended_at"):
        found[person].append((start, end or min(until, start + LONGEST_DUTY)))
    return dict(found)


def _theirs(
    people: Collection[int], clients: Collection[int], since: datetime, until: datetime
) -> set[tuple[int, int]]:
    """Who is on whose care team in these days, and who wrote something for whom. Two queries."""
    team = TeamMember.objects.filter(person__in=people, client__in=clients, started_at__lt=until)
    pairs = set(team.filter(Q(ended_at=None) | Q(ended_at__gt=since)).values_list("person_id", "client_id"))
    wrote = Event.objects.filter(by_id__in=people, client_id__in=clients, at__gte=since, at__lt=until)
    wrote = (
        wrote.exclude(verb__in=(*LOOKED, SEARCHED))
        .exclude(verb__startswith="refused.")
        .exclude(verb__startswith="glass.")
    )
    own = wrote.exclude(verb__in=("emar.mar_opened", "groups.weeks_opened", "chart.read_note")).order_by()
    return pairs | {(by or 0, client or 0) for by, client in own.values_list("by_id", "client_id").distinct()}


def _not_judged(site: Site, found: list[Flag], since: datetime) -> list[Flag]:
    """Without the flags that were judged, also where the stretch is cut otherwise now, and without what stays fine. One query."""
    rows = Judgement.objects.filter(site=site).filter(Q(until_at__gte=since) | Q(lasting=True))
    spans: defaultdict[tuple[str, int, int | None], list[tuple[datetime, datetime]]] = defaultdict(list)
    fine: dict[tuple[str, int, int | None], datetime] = {}
    keys = set()
    for row in rows:
        about = (row.pattern, row.person_id, row.client_id)
        spans[about].append((row.happened_at, row.until_at))
        keys.add(row.key)
        if row.lasting:
            fine[about] = min(row.happened_at, fine.get(about, row.happened_at))
    left = []
    for flag in found:
        about = (flag.pattern.value, flag.person_id, flag.client_id)
        told = flag.key in keys or any(start <= flag.at <= end for start, end in spans[about])
        if not told and not (about in fine and flag.at >= fine[about]):
            left.append(flag)
    return left


def _glass(site: Site, since: datetime, until: datetime, at: datetime) -> list[Flag]:
    """Emergency openings that nobody reviewed: judged on their own page."""
    made = []
    for each in to_review(site.pk, at):
        row = each.row
        if since <= row.started_at < until:
            words = f"{row.person.signature} opened chart {row.client.record_number} in an emergency: {each.why}"
            flag = Flag(
                f"glass:{row.pk}",
                Pattern.GLASS,
                row.person_id,
                row.person.signature,
                row.client_id,
                row.started_at,
                words,
                (),
            )
            made.append(replace(flag, url=reverse("chart:glass_review", args=[row.pk])))
    return made
