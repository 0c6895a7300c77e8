"""Search across the notes of a site, beside an indexed lookup of as many notes: a rare word, a common one, a phrase, one client."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, timedelta
from random import Random
from uuid import uuid4

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import databases
from bench.figures import HEAD, in_turns
from chart.models import Note
from chart.queries.note_search import ON_A_PAGE, Asked, search
from programs.models import Client, Episode, Organisation, Placement, Program, Site
from staff.models import Person

DAY = timedelta(days=1)
CLIENTS = 200
FLOOR = f"indexed lookup: {ON_A_PAGE} notes by their keys, with author and client"
LOOKUP = """
    SELECT n.*, p.*, e.*, c.* FROM chart_note n JOIN staff_person p ON p.id = n.by_id
    JOIN programs_episode e ON e.id = n.episode_id JOIN programs_client c ON c.id = e.client_id WHERE n.id = ANY(%s)
"""
WORDS = (
    "sleep", "craving", "evening", "sister", "phone", "work", "group", "plan", "friday", "walk", "breath",
    "room", "meal", "taper", "nausea", "calm", "tired", "hope", "money", "bus", "friend", "party", "anger",
    "shame", "letter", "court", "visit", "garden", "kitchen", "music", "dream", "morning", "pain", "back",
    "knee", "doctor", "nurse", "sponsor", "step"
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A site with its notes; ``keys`` of twenty of them, and a client with two dozen."""

    site: Site
    keys: list[int]
    client: Client


def written(count: int) -> Written:
    """So many notes of 80 to 160 words, of 200 clients over two years; one in a hundred has a word that is rare."""
    at, dice, tag = timezone.now().astimezone(UTC), Random(7), uuid4().hex[:8]
    organisation = Organisation.objects.create(name=f"Bench {tag}")
    site = Site.objects.create(
        organisation=organisation, name="Bench", slug=f"notes-{tag}", time_zone="America/Chicago"
    )
    by = Person.objects.create(username=f"notes-{tag}", name="Bea Bench", credentials="LCSW")
    program = Program.objects.create(site=site, name="IOP", level="2.1")
    clients = Client.objects.bulk_create(
        Client(
            organisation=organisation, record_number=f"{tag}-{number}", first_name="B", last_name=f"N{number}",
            born_on=at.date(),
        )
        for number in range(CLIENTS)
    )  # fmt: skip
    episodes = Episode.objects.bulk_create(Episode(client=client, started_at=at - 740 * DAY) for client in clients)
    Placement.objects.bulk_create(
        Placement(episode=episode, program=program, level="2.1", started_at=episode.started_at) for episode in episodes
    )
    rows = []
    for number in range(count):
        words = dice.choices(WORDS, k=dice.randrange(80, 160))
        if number % 100 == 0:
            words[len(words) // 2] = "harmonica"
        when = at - 730 * DAY * number / count
        rows.append(
            Note(
                episode=episodes[number % CLIENTS], site=site, kind="progress", text=f"{' '.join(words).capitalize()}.",
                about_at=when, written_at=when, by=by, sha256="0",
            )
        )  # fmt: skip
    made = Note.objects.bulk_create(rows, batch_size=1_000)
    databases.analyze()
    return Written(site, [row.pk for row in made[:: max(1, count // ON_A_PAGE)]][:ON_A_PAGE], clients[3])


def table(database: BaseDatabaseWrapper, count: int, rounds: int) -> str:
    """The lines, each with its share of the lookup measured in the same turns."""
    with databases.using(database):
        place = written(count)
        acts: dict[str, Callable[[], object]] = {FLOOR: lambda: _lookup(place.keys)}
        for name, asked in (
            ("a rare word", Asked("harmonica")),
            ("a word of every note", Asked("sleeping")),
            ("a phrase", Asked('"evening sister"')),
            ("words and not a word", Asked("harmonica -garden")),
            ("one chart", Asked("sister", client=place.client)),
            ("no note has it", Asked("zeppelin")),
        ):
            acts[f"search: {name}"] = lambda asked=asked: search(place.site, asked)  # type: ignore[misc]
        queries = {name: _queries(act) for name, act in acts.items()}
        figures = in_turns(acts, rounds, lambda _: nullcontext())
    floor = figures[FLOOR]
    lines = [f"{count:,} notes of one site", f"{'':<46}{HEAD}{'queries':>9}"]
    for name, figure in figures.items():
        figure.name = name[:46]
        lines.append(
            f"{figure.line(None if figure is floor else floor)}{'' if figure is not floor else ' ' * 9}{queries[name]:>9}"
        )
    return "\n".join(lines)


def _lookup(keys: list[int]) -> object:
    with connection.cursor() as cursor:
        cursor.execute(LOOKUP, [keys])
        return cursor.fetchall()


def _queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)
