"""The census of the last 90 days, with a short history and a long one, beside a bare SELECT of the stays in it."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from beds.queries.census import census_page
from beds.rules.census import Asked
from bench import floor
from bench.board import flat
from bench.figures import HEAD
from bench.history import Acts, History, side_by_side

DAYS = 90
FLOOR, CENSUS = "bare SELECT of its stays", f"census of {DAYS} days"


def acts(history: History) -> Acts:
    """The floor and the page."""
    site = history.place.site
    last = timezone.now().astimezone(site.tz).date() - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    return {
        FLOOR: lambda: floor.census(site.pk, history.place.at - timedelta(days=DAYS), history.place.at),
        CENSUS: lambda: census_page(site, Asked(last, first, last, {}, {})),
    }


def table(histories: Sequence[History], rounds: int) -> str:
    """Measure, and the lines as people read them."""
    done = side_by_side(histories, acts, rounds)
    lines = [f"{f'The census of {DAYS} days':<46}{HEAD}"]
    for history in histories:
        figures = done[history.days]
        with history.here(), CaptureQueriesContext(connection) as captured:
            acts(history)[CENSUS]()
            queries = len(captured)
        lines += [f"  {history.title}", figures[FLOOR].line()]
        lines.append(f"{figures[CENSUS].line(figures[FLOOR])}   {queries} queries")
    return "\n".join([*lines, *flat(done[histories[0].days], done[histories[-1].days])])
