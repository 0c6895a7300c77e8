"""The timeline as strands: a provider of lines, and the columns that say where on it there is anything at all.

Most strands are empty most of the time. One statement asks every column for what is nearest before, in and after a stretch of time;
only strands that have something in it are asked for their lines, and 'earlier' and 'later' skip what is empty.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.utils.module_loading import import_string

from programs.contributions import Entry, TimelineProvider
from programs.together import begin, together

BEFORE, INSIDE, AFTER = 0, 1, 2
SINCE, UNTIL, KNOWN = (
    datetime(1, 1, day, tzinfo=UTC) for day in (1, 2, 3)
)  # stand for the instants in the kept statement


@dataclass(frozen=True)
class Moments:
    """A column of instants: ``field`` of a table whose rows are a client's at the end of ``path`` ('client', 'episode__client').

    The first step of the path and ``field`` should share an index: what is asked is the nearest row, never all of them.
    """

    model: type[models.Model]
    field: str
    path: str

    def nearest(self, ids: Sequence[int], where: int) -> QuerySet[models.Model]:
        """Rows of the parent with ``near``: the nearest instant before, in or after the stretch; none where there is none."""
        key, _, rest = self.path.partition("__")
        parent = self.model._meta.get_field(key).related_model
        assert parent is not None
        assert not isinstance(parent, str)
        rows = self.model._base_manager.filter(**{key: OuterRef("pk"), f"{self.field}__lte": KNOWN})
        if where == BEFORE:
            rows = rows.filter(**{f"{self.field}__lt": SINCE}).order_by(f"-{self.field}")
        elif where == INSIDE:
            rows = rows.filter(**{f"{self.field}__gte": SINCE, f"{self.field}__lt": UNTIL}).order_by(self.field)
        else:
            rows = rows.filter(**{f"{self.field}__gte": UNTIL}).order_by(self.field)
        parents = parent._base_manager.filter(**{f"{rest or 'pk'}__in": ids}).order_by()
        found: QuerySet[models.Model] = parents.annotate(near=Subquery(rows.values(self.field)[:1]))
        return found.filter(near__isnull=False)


@dataclass(frozen=True)
class Strand:
    """A provider, and every column that one of its entries may stand at."""

    provider: TimelineProvider
    moments: tuple[Moments, ...]


@dataclass(frozen=True)
class Found:
    """What lies around a stretch: its entries, newest first, and the nearest instants outside that have anything (None: none)."""

    entries: list[Entry]
    earlier: datetime | None
    later: datetime | None


def strands() -> tuple[Strand, ...]:
    """Every strand, in the order of the list."""
    found: Iterable[Strand] = import_string(f"{settings.STEPWELL_CONTRIBUTIONS}.STRANDS")
    return tuple(found)


def around(ids: Sequence[int], since: datetime, until: datetime, at: datetime) -> Found:
    """The timeline of the records of one person in ``since <= t < until``, as known at ``at``. Two queries: where there is anything,
    and what all strands that have something there ask for together."""
    listed = strands()
    statement, params = _statement(listed, len(ids))
    given: dict[Any, Any] = {
        SINCE: since,
        UNTIL: until,
        KNOWN: at,
        **{-number: pk for number, pk in enumerate(ids, 1)},
    }
    values = [given.get(each, each) for each in params]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[int, int, datetime]] = cursor.fetchall()
    inside = {place for place, where, _ in rows if where == INSIDE}
    told = together(
        begin(strand.provider, pk, since, until, at)
        for place, strand in enumerate(listed)
        if place in inside
        for pk in ids
    )
    return Found(
        sorted((entry for each in told for entry in each), key=lambda entry: entry.at, reverse=True),
        max((near for _, where, near in rows if where == BEFORE), default=None),
        min((near for _, where, near in rows if where == AFTER), default=None),
    )


@lru_cache(maxsize=8)
def _statement(listed: tuple[Strand, ...], count: int) -> tuple[str, tuple[object, ...]]:
    """The statement for so many ids, with what stands for the values: composing it costs more than PostgreSQL needs for the answer.

    The ids are -1, -2 and so on in it: Django leaves out what stands in a list twice.
    """
    nobody = [-number for number in range(1, count + 1)]
    parts = [
        column.nearest(nobody, where).values_list(
            Value(place, output_field=IntegerField()), Value(where, output_field=IntegerField()), F("near")
        )
        for place, strand in enumerate(listed)
        for column in strand.moments
        for where in (BEFORE, INSIDE, AFTER)
    ]
    statement, params = parts[0].union(*parts[1:], all=True).query.sql_with_params()
    return statement, tuple(params)
