"""Groups: a day of 14 groups with 14 members on one screen, and who of 500 clients falls short; with a short history and a long one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import databases
from bench.board import flat
from bench.figures import HEAD, Figure, in_turns
from groups.models import Attendance, Facilitator, Presence, Series, Session
from groups.queries import shortfall
from groups.queries.calendar import Look, day_sheet
from programs.models import Client, Episode, Organisation, Placement, Program, Site
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Role

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
GROUPS, MEMBERS, CLIENTS = 14, 14, 500
FLOOR, SHOWN, SHORT = (
    "bare SELECT of the week's minutes",
    f"a day of {GROUPS} groups: read and drawn",
    f"short: {CLIENTS} clients",
)
MINUTES = """
    SELECT p.client_id, s.series_id, s.service, p.started_at, p.ended_at, c.first_name, c.last_name
    FROM groups_presence p JOIN groups_session s ON s.id = p.session_id JOIN programs_client c ON c.id = p.client_id
    WHERE s.site_id = %(site)s AND p.started_at >= %(since)s AND p.started_at < %(at)s
"""


@dataclass(frozen=True)
class Rooms:
    """A site with its groups; ``sessions`` in all its history."""

    site: Site
    lead: Person
    at: datetime
    sessions: int


def rooms(weeks: int) -> Rooms:
    """36 programs of 14 clients (the last of 10) at level 2.1, each with a group of three hours on Monday, Tuesday and Wednesday, for
    so many weeks up to now and one to come; one in nine was absent from all. 14 of the groups meet today, whatever day it is."""
    at = timezone.now().astimezone(UTC).replace(second=0, microsecond=0)
    tag, start = uuid4().hex[:8], at - (7 * weeks + 30) * DAY
    organisation = Organisation.objects.create(name=f"Bench {tag}")
    site = Site.objects.create(
        organisation=organisation, name="Bench", slug=f"bench-{tag}", time_zone="America/Chicago"
    )
    lead = Person.objects.create(username=f"bench-{tag}", name="Bea Bench", credentials="LCSW")
    RoleAssignment.objects.create(person=lead, site=site, role=Role.FACILITATOR, started_at=start)
    made = Client.objects.bulk_create(
        Client(
            organisation=organisation, record_number=f"{tag}-{number}", first_name="B", last_name=f"N{number}",
            born_on=start.date(),
        )
        for number in range(CLIENTS)
    )  # fmt: skip
    count = 0
    for number in range(0, CLIENTS, MEMBERS):
        members = made[number : number + MEMBERS]
        program = Program.objects.create(site=site, name=f"IOP {number}", level="2.1", weekly_minutes=540)
        episodes = Episode.objects.bulk_create(Episode(client=client, started_at=start) for client in members)
        Placement.objects.bulk_create(
            Placement(episode=episode, program=program, level="2.1", started_at=start) for episode in episodes
        )
        series = Series.objects.create(
            site=site, name=f"Group {number}", size_limit=16, planned_until=at.date() + 8 * DAY
        )
        series.programs.add(program)
        count += _meet(series, members, lead, at, weeks, today=number < GROUPS * MEMBERS)
    databases.analyze()
    return Rooms(site, lead, at, count)


def _meet(series: Series, members: Sequence[Client], lead: Person, at: datetime, weeks: int, *, today: bool) -> int:
    """Sessions of a series; those of the past with everyone there."""
    local = at.astimezone(series.site.tz).replace(hour=9, minute=0)
    days = [local + number * DAY for number in range(-7 * weeks, 8)]
    starts = [
        day
        for day in days
        if (day.date() == local.date() and today) or (day.date() != local.date() and day.weekday() < 3)
    ]
    sessions = Session.objects.bulk_create(
        Session(
            series=series, site=series.site, room="A", started_at=start, ended_at=start + 3 * HOUR, occurs_on=start.date(),
            planned=True, completed_at=start + 4 * HOUR if start + 3 * HOUR <= at else None,
        )
        for start in starts
    )  # fmt: skip
    Facilitator.objects.bulk_create(Facilitator(session=session, person=lead) for session in sessions)
    marks = Attendance.objects.bulk_create(
        [
            Attendance(
                session=session, client=client, version=1, status="absent" if client.pk % 9 == 0 else "here",
                at=session.started_at, by=lead,
            )
            for session in sessions
            if session.ended_at <= at
            for client in members
        ],
        batch_size=5_000,
    )  # fmt: skip
    Presence.objects.bulk_create(
        [
            Presence(session=m.session, client=m.client, mark=m, started_at=m.session.started_at, ended_at=m.session.ended_at)
            for m in marks
            if m.status == "here"
        ],
        batch_size=5_000,
    )  # fmt: skip
    return len(sessions)


def acts(here: Rooms) -> dict[str, Callable[[], object]]:
    """The floor, the day as the page has it, and the list."""
    return {FLOOR: lambda: _bare(here), SHOWN: lambda: _day(here), SHORT: lambda: shortfall(here.site, here.at)}


def _bare(here: Rooms) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(MINUTES, {"site": here.site.pk, "since": here.at - 7 * DAY, "at": here.at})
        rows: list[tuple[object, ...]] = cursor.fetchall()
        return rows


def _day(here: Rooms) -> str:
    """The sessions of the day as the page draws them."""
    found = day_sheet(here.site, here.lead, here.at.astimezone(here.site.tz).date(), Look(), here.at)
    assert len(found.mine) == GROUPS
    return render_to_string("groups/pieces/day_lines.html", {"lines": found.mine})


def table(stored: Mapping[int, BaseDatabaseWrapper], rounds: int) -> str:
    """Measure a short and a long history (weeks, and the database for it) in turns, and the lines as people read them."""
    weeks, places = list(stored), {}
    for length, database in stored.items():
        with databases.using(database):
            places[length] = rooms(length)
    todo = {(length, name): act for length, here in places.items() for name, act in acts(here).items()}
    done: dict[int, dict[str, Figure]] = {length: {} for length in weeks}
    for (length, name), figure in in_turns(todo, rounds, lambda which: databases.using(stored[which[0]])).items():
        figure.name = name
        done[length][name] = figure
    lines = [f"{'Groups of a day, and who falls short':<46}{HEAD}"]
    for length, here in places.items():
        figures = done[length]
        lines += [f"  {length} weeks of history: {here.sessions} sessions", figures[FLOOR].line()]
        for name in (SHOWN, SHORT):
            with databases.using(stored[length]), CaptureQueriesContext(connection) as captured:
                acts(here)[name]()
                queries = len(captured)
            lines.append(f"{figures[name].line(figures[FLOOR])}   {queries} queries")
    return "\n".join([*lines, *flat(done[weeks[0]], done[weeks[-1]])])
