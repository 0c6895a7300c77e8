"""The chart page of one client with a month of daily history and with two years of it, and a past stretch of the long one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, timedelta
from uuid import uuid4

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import databases, floor
from bench.board import flat
from bench.figures import HEAD, Figure, in_turns
from bench.lives import live
from chart.queries import page
from chart.queries.page import Asked, Page
from programs.desk import Desk
from programs.models import Client, Episode, Organisation, Placement, Program, Site
from programs.people import with_others
from staff.access import Post
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Role

FLOOR, READ, DRAWN, BACK = (
    "bare SELECT of a fortnight's rows",
    "chart: read",
    "chart: read and drawn",
    "chart: half way back",
)
DAY = timedelta(days=1)
CLIENTS = 5


@dataclass(frozen=True)
class Long:
    """A client who has lived so many days here; ``rows`` are those of all of them, of every client of the site."""

    desk: Desk
    episode: Episode
    rows: int
    days: int


def lived(days: int) -> Long:
    """A site with five clients, each with so many days of notes, scores, vitals, doses and sessions."""
    at, tag = timezone.now().astimezone(UTC).replace(second=0, microsecond=0), uuid4().hex[:8]
    organisation = Organisation.objects.create(name=f"Bench {tag}")
    site = Site.objects.create(
        organisation=organisation, name="Bench", slug=f"bench-{tag}", time_zone="America/Chicago"
    )
    nurse = Person.objects.create(username=f"bench-{tag}", name="Bea Bench", credentials="RN")
    start = at - (days + 2) * DAY
    RoleAssignment.objects.create(person=nurse, site=site, role=Role.NURSE, started_at=start)
    program = Program.objects.create(site=site, name="Residential", level="3.5", weekly_minutes=540)
    rows, episodes = 0, []
    for number in range(CLIENTS):
        client = Client.objects.create(
            organisation=organisation, record_number=f"{tag}-{number}", first_name="B", last_name=f"N{number}",
            born_on=start.date(),
        )  # fmt: skip
        episode = Episode.objects.create(client=client, started_at=start)
        Placement.objects.create(episode=episode, program=program, level="3.5", started_at=start)
        rows += live(episode, site, nurse, days, at)
        episodes.append(episode)
    databases.analyze()
    desk = Desk(nurse, site, Role.NURSE, (Post(site.pk, Role.NURSE),), at)
    return Long(desk, episodes[0], rows, days)


def read(long: Long, back: int = 0) -> Page:
    """The page as the view reads it, with its fortnight so many days back."""
    client = with_others(Client.objects.all()).get(pk=long.episode.client_id)
    to = (long.desk.now - back * DAY).date().isoformat() if back else ""
    return page(client, long.desk.site, long.desk.now, Asked(to=to))


def draw(long: Long) -> str:
    """The page as HTML, as a nurse sees it."""
    shown = read(long)
    request = RequestFactory().get("/")
    context = {"chart": shown, "head": shown.head, "now": shown.now, "desk": long.desk, "request": request}
    return render_to_string("chart/_body.html", context)


def bare(long: Long) -> list[tuple[object, ...]]:
    """The rows of the last fortnight."""
    return floor.rows(floor.CHART, {"client": long.episode.client_id, "since": long.desk.now - 14 * DAY})


def acts(long: Long) -> dict[str, Callable[[], object]]:
    """The floor, the read model, the page, and the page of a stretch in the middle of the history."""
    return {
        FLOOR: lambda: bare(long), READ: lambda: read(long), DRAWN: lambda: draw(long),
        BACK: lambda: read(long, long.days // 2),
    }  # fmt: skip


def table(stored: Mapping[int, BaseDatabaseWrapper], rounds: int) -> str:
    """Measure a short and a long history (days, and the database for it) in turns, and the lines as people read them."""
    days, places = list(stored), {}
    for length, database in stored.items():
        with databases.using(database):
            places[length] = lived(length)
    todo = {(length, name): act for length, long in places.items() for name, act in acts(long).items()}
    done: dict[int, dict[str, Figure]] = {length: {} for length in days}
    for (length, name), figure in in_turns(todo, rounds, lambda which: databases.using(stored[which[0]])).items():
        figure.name = name
        done[length][name] = figure
    lines = [f"{'The chart page':<46}{HEAD}"]
    for length, long in places.items():
        figures = done[length]
        lines += [f"  {length} days of history: {long.rows} rows of {CLIENTS} clients", figures[FLOOR].line()]
        for name in (READ, DRAWN, BACK):
            with databases.using(stored[length]), CaptureQueriesContext(connection) as captured:
                acts(long)[name]()
                queries = len(captured)
            lines.append(f"{figures[name].line(figures[FLOOR])}   {queries} queries")
    return "\n".join([*lines, *flat(done[days[0]], done[days[-1]])])
