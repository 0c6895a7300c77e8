"""Levels of care: how many recommendations a minute one core makes, and where 500 clients stand, in how many queries."""

import time
from random import Random

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext

from asam.actions.assessments import stored
from asam.actions.catalogs import kept
from asam.models import Assessment
from asam.queries import reviews, standing
from asam.queries.catalogs import shipped
from asam.queries.flow import ask, flow_page
from asam.rules.catalog import Catalog, load_catalog
from asam.rules.history import rerun
from asam.rules.level_of_care import recommend
from bench import databases
from bench.figures import HEAD, timed
from bench.weeks import CLIENTS, DAY, Rooms, rooms
from programs.models import Episode

Ratings = dict[str, list[str]]
PROMISED = 100_000  # recommendations a minute


def some_ratings(catalog: Catalog, count: int) -> list[Ratings]:
    """Ratings as people give them: one code a line, now and then a line that is not rated; always the same ones."""
    dice = Random(8)
    return [
        {sub.key: [dice.choice(sub.codes).code] for sub in catalog.subdimensions if dice.random() > 0.05}
        for _ in range(count)
    ]


def table(database: BaseDatabaseWrapper, rounds: int, count: int = 20_000) -> str:
    """The lines as people read them."""
    catalog = load_catalog()
    given = some_ratings(catalog, count)
    started = time.perf_counter()
    for ratings in given:
        recommend(ratings, catalog)
    rate = count / (time.perf_counter() - started) * 60
    before = [(ratings, recommend(ratings, catalog)) for ratings in given]
    started = time.perf_counter()
    for ratings, made in before:
        rerun(ratings, made.level, made.recovery_residence, catalog)
    again = count / (time.perf_counter() - started) * 60
    lines = [
        "Levels of care",
        f"  recommendations a minute, one core: {rate:,.0f} ({rate / PROMISED:.1f} times what is promised)",
        f"  history run again, a minute: {again:,.0f}",
    ]
    with databases.using(database):
        here = rooms(4)
        episodes = _rated(here, given)
        lines.append(f"  {'':<44}{HEAD}")
        for name, act in (
            (f"standing: {CLIENTS} clients", lambda: standing(episodes, here.at)),
            (f"reviews: {CLIENTS} clients", lambda: reviews(here.site, here.at)),
            (
                "flow: 90 days",
                lambda: flow_page(here.site.organisation, ask("", "", here.at, here.site.tz), here.at, here.site.tz),
            ),
        ):
            figure = timed(name, rounds, lambda _, act=act: act(), warm=2)  # type: ignore[misc]
            with CaptureQueriesContext(connection) as caught:
                act()
            lines.append(f"  {figure.line()}   {len(caught)} queries")
    return "\n".join(lines)


def _rated(here: Rooms, given: list[Ratings]) -> list[int]:
    """Three assessments for every client who is in a program of the site; their episodes."""
    catalog, source = load_catalog(), kept(shipped(), here.at)
    episodes = list(
        Episode.objects.filter(placements__program__site=here.site, ended_at=None).values_list("pk", flat=True)
    )
    Assessment.objects.bulk_create(
        Assessment(
            episode_id=pk, kind="level", edition="4", catalog=catalog.name, catalog_version=catalog.version, source=source,
            ratings=given[(place + turn) % len(given)], recommendation=stored(recommend(given[(place + turn) % len(given)], catalog)),
            at=here.at - (turn + 1) * 7 * DAY, by=here.lead,
        )
        for place, pk in enumerate(episodes)
        for turn in range(3)
    )  # fmt: skip
    return episodes
