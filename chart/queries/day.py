"""The 24 hours of a site: figures, what was out of the ordinary by unit, incidents, handoffs, who was on duty."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q

from chart.models import DayReport
from chart.queries.handoff import given_by
from programs.contributions import DayFigure, Raised, day_figures, exceptions, slept
from programs.models import Client, Episode, Site
from programs.rules.routine import instant
from staff.models import Duty

NOWHERE = "No bed here"


@dataclass(frozen=True)
class Told:
    """One line: whose ('' for nobody's), where they sleep, what."""

    at: datetime
    name: str
    place: str
    title: str
    line: str
    tone: str


@dataclass(frozen=True)
class OnDuty:
    """Somebody who was on duty in the day; ``until`` None: still, or never ended."""

    name: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Given:
    """A handoff of a shift that ended in the day."""

    unit: str
    until: datetime
    by: str
    taken_by: str


@dataclass(frozen=True)
class Day:
    """A site's day; ``finished`` is the newest report a person finished of it, ``over`` whether the day is."""

    site: Site
    on: date
    since: datetime
    until: datetime
    at: datetime
    groups: tuple[tuple[str, tuple[DayFigure, ...]], ...]
    units: tuple[tuple[str, tuple[Told, ...]], ...]
    duty: tuple[OnDuty, ...]
    handoffs: tuple[Given, ...]
    finished: DayReport | None

    @property
    def over(self) -> bool:
        """The whole day lies in the past."""
        return self.until <= self.at


def day_of(site: Site, on: date, at: datetime) -> Day:
    """The day as it is known at ``at``; a constant number of queries, about eighty."""
    since, until = instant(on, time(0), site.tz), instant(on + timedelta(days=1), time(0), site.tz)
    groups: defaultdict[str, list[DayFigure]] = defaultdict(list)
    for figure in day_figures(site.pk, since, until, at):
        groups[figure.group].append(figure)
    finished = DayReport.objects.filter(site=site, on=on, corrected_by=None, at__lte=at).select_related("by").first()
    return Day(
        site, on, since, until, at, tuple((name, tuple(each)) for name, each in groups.items()),
        _by_unit(site, since, until, exceptions(site.pk, since, until, at)),
        _duty(site, since, until), _handoffs(site, since, until), finished,
    )  # fmt: skip


def _by_unit(
    site: Site, since: datetime, until: datetime, lines: list[Raised]
) -> tuple[tuple[str, tuple[Told, ...]], ...]:
    """The lines by the unit in which each client slept last, in walking order. Three queries."""
    wanted = {each.client_id for each in lines if each.client_id is not None}
    names = {row.pk: row.short_name for row in Client.objects.filter(pk__in=wanted)}
    episodes = dict(Episode.objects.filter(client__in=wanted).values_list("pk", "client"))
    where = {}
    order: dict[str, None] = {}
    for stay in slept(site.pk, since, until):
        order[stay.unit] = None
        if stay.episode_id in episodes:
            where[episodes[stay.episode_id]] = (stay.unit, stay.short)
    found: dict[str, list[Told]] = {unit: [] for unit in [*order, NOWHERE]}
    for each in lines:
        unit, place = where.get(each.client_id, (NOWHERE, "")) if each.client_id is not None else (NOWHERE, "")
        name = names.get(each.client_id, "") if each.client_id is not None else ""
        found[unit].append(Told(each.at, name, place, each.title, each.line, each.tone))
    return tuple(
        (unit, tuple(sorted(rows, key=lambda row: (row.place, row.name, row.at))))
        for unit, rows in found.items()
        if rows
    )


def _duty(site: Site, since: datetime, until: datetime) -> tuple[OnDuty, ...]:
    rows = Duty.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), site=site, started_at__lt=until)
    found = rows.select_related("person").order_by("started_at", "pk")
    return tuple(OnDuty(row.person.signature, row.started_at, row.ended_at) for row in found)


def _handoffs(site: Site, since: datetime, until: datetime) -> tuple[Given, ...]:
    return tuple(
        Given(row.unit, row.until, row.by.signature, ", ".join(each.by.signature for each in row.receipts.all()))
        for row in given_by(site, since, until)
    )


def as_content(day: Day) -> dict[str, Any]:
    """Everything the page shows, as it is sealed."""
    return {
        "since": day.since.isoformat(), "until": day.until.isoformat(),
        "figures": [[each.group, each.label, each.value, each.note] for _, several in day.groups for each in several],
        "units": [
            [unit, [[row.at.isoformat(), row.name, row.place, row.title, row.line, row.tone] for row in rows]]
            for unit, rows in day.units
        ],
        "duty": [[each.name, each.since.isoformat(), each.until and each.until.isoformat()] for each in day.duty],
        "handoffs": [[each.unit, each.until.isoformat(), each.by, each.taken_by] for each in day.handoffs],
    }  # fmt: skip


def as_finished(site: Site, row: DayReport, at: datetime) -> Day:
    """The day as it was sealed."""
    content, then = row.content, datetime.fromisoformat
    groups: defaultdict[str, list[DayFigure]] = defaultdict(list)
    for group, label, value, note in content["figures"]:
        groups[group].append(DayFigure(group, label, value, note))
    units = tuple(
        (unit, tuple(Told(then(when), name, place, title, line, tone) for when, name, place, title, line, tone in rows))
        for unit, rows in content["units"]
    )
    duty = tuple(OnDuty(name, then(since), then(until) if until else None) for name, since, until in content["duty"])
    handoffs = tuple(Given(unit, then(until), by, taken) for unit, until, by, taken in content["handoffs"])
    return Day(
        site, row.on, then(content["since"]), then(content["until"]), at, tuple((name, tuple(each)) for name, each in groups.items()),
        units, duty, handoffs, row,
    )  # fmt: skip
