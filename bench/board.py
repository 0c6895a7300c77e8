"""The whole board of a 200-bed site, with a short history and a long one, beside a bare SELECT of the same rows."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Event
from beds.board import Look, page_of, snapshot
from beds.models import BedStay, CleaningJob, Hold
from bench import databases, floor
from bench.figures import HEAD, Figure, in_turns
from bench.place import Place
from programs.models import PlacementRequest

LOOKS = ("the board", "with somebody chosen", "with somebody moving")


@dataclass(frozen=True)
class History:
    """A site that has lived so many days, in a database of its own."""

    days: int
    place: Place
    database: BaseDatabaseWrapper


@dataclass(frozen=True)
class Result:
    """Of one history: figures by name, queries by look, rows by table."""

    days: int
    figures: dict[str, Figure]
    queries: dict[str, int]
    rows: dict[str, int]


def measure(histories: list[History], rounds: int) -> list[Result]:
    """Each act on each history in turns, so that the machine's moods fall on both."""
    acts: dict[str, Callable[[], object]] = {}
    for number, history in enumerate(histories):
        for name, act in _acts(history).items():
            acts[f"{number} {name}"] = _inside(history, act)
    figures = in_turns(acts, rounds)
    return [
        Result(
            history.days,
            {name: figures[f"{number} {name}"] for name in _acts(history)},
            _queries(history),
            _rows(history),
        )
        for number, history in enumerate(histories)
    ]


def looks(history: History) -> dict[str, Look]:
    """The board as it is, with a line of the placement list chosen, and with someone moving."""
    slug = history.place.site.slug
    with databases.using(history.database):
        request, stay = PlacementRequest.objects.order_by("pk")[2], BedStay.objects.filter(ended_at=None)[:1].get()
    return dict(zip(LOOKS, (Look(slug), Look(slug, chosen=request.pk), Look(slug, moving=stay.pk)), strict=True))


def _acts(history: History) -> dict[str, Callable[[], object]]:
    site = history.place.site
    acts: dict[str, Callable[[], object]] = {"floor": lambda: floor.read(site.pk, timezone.now())}
    for name, look in looks(history).items():
        acts[f"{name}: read"] = lambda look=look: page_of(look, site, timezone.now())  # type: ignore[misc]
        acts[f"{name}: read and drawn"] = lambda look=look: snapshot(look, look.key)  # type: ignore[misc]
    return acts


def _inside(history: History, act: Callable[[], object]) -> Callable[[], object]:
    def run() -> object:
        return act()

    return run
