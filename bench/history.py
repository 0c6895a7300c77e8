"""A site that has lived for so many days, each in a database of its own, and what is measured on several of them in turns."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from audit.models import Event
from beds.models import Bed, BedStay, CleaningJob, Hold
from bench import databases, past
from bench.figures import Figure, in_turns
from bench.place import Place, found, furnish

SEED = 3  # both sites are the same today, whatever the length of their history
COUNTED: tuple[tuple[str, type[models.Model]], ...] = (
    ("beds", Bed), ("stays", BedStay), ("holds", Hold), ("cleaning jobs", CleaningJob), ("audit events", Event),
)  # fmt: skip


@dataclass(frozen=True)
class History:
    """The site, and where it is stored; ``rows`` by table, as they were when it was made."""

    days: int
    place: Place
    database: BaseDatabaseWrapper
    rows: dict[str, int]

    @contextmanager
    def here(self) -> Iterator[None]:
        """In here everything is read from and written to this site's database."""
        with databases.using(self.database):
            yield

    @property
    def title(self) -> str:
        """'90 days of history: 200 beds, 1374 stays, ...'."""
        long = f"{self.days} days" if self.days < 730 else f"{self.days / 365:.3g} years"
        return f"{long} of history: " + ", ".join(f"{count} {name}" for name, count in self.rows.items())


def make(days: int, database: BaseDatabaseWrapper) -> History:
    """Live through these days in this database, and furnish the site as it is today."""
    at: datetime = timezone.now().astimezone(UTC)
    with databases.using(database):
        with transaction.atomic():
            place = found(at)
            past.live_through(place, days, Random(SEED))
            furnish(place, Random(SEED))
        databases.analyze()
        rows = {name: model._default_manager.count() for name, model in COUNTED}
    return History(days, place, database, rows)


Acts = dict[str, Callable[[], object]]


def side_by_side(
    histories: Iterable[History], acts: Callable[[History], Acts], rounds: int
) -> dict[int, dict[str, Figure]]:
    """Time what ``acts`` gives for each history, in turns; figures by name, by the history's days."""
    by_days = {history.days: history for history in histories}
    todo = {(days, name): act for days, history in by_days.items() for name, act in acts(history).items()}
    figures = in_turns(todo, rounds, lambda which: by_days[which[0]].here())
    done: dict[int, dict[str, Figure]] = {days: {} for days in by_days}
    for (days, name), figure in figures.items():
        figure.name = name
        done[days][name] = figure
    return done
