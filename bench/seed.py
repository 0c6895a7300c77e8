"""The large organisation, twice: after a short history and after a long one, each in a database of its own, by COPY.

Two writers at a time, one a core: the administrations, and everything else. Indexes that no constraint needs are dropped before
and made anew after from their own definitions; foreign keys and triggers sleep in the seeding sessions alone (``copying.quick``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from random import Random

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from asam.actions.catalogs import kept
from asam.queries.catalogs import shipped
from audit.models import Event, Seal
from beds.models import BedStay
from bench import databases, given, stayed, told, weekly
from bench.copying import Into, copied, in_two, quick, set_aside
from bench.lived import Lived, live
from bench.organisation import LONG, SHORT, Organisation, SiteIs, Size
from bench.place import Place, furnish
from bench.progress import Progress
from bench.today import Ground, opened
from chart.models import Vitals
from config import embedded
from emar.models import Administration
from groups.models import Attendance, Presence
from programs.models import Placement

ALONE = {Administration, Event, Seal, Attendance, Presence, Vitals}  # empty, and nothing but the mass refers to them
COUNTED = {
    "administrations": "emar_administration", "orders": "emar_order", "stays": "beds_bedstay", "episodes": "programs_episode",
    "sessions": "groups_session", "minutes": "groups_presence", "notes": "chart_note", "vitals": "chart_vitals",
    "level assessments": "asam_assessment", "audit events": "audit_event",
}  # fmt: skip
ROOMY = {"max_wal_size": "'24GB'", "checkpoint_timeout": "'30min'", "autovacuum": "off"}
MASS = 5_000_000  # administrations from which on the server is told
Job = tuple[Into, Iterator[str]]


def both(size: Size, *, quiet: bool = False, like: str | None = None) -> tuple[Organisation, Organisation]:
    """After the short history and after the long one; the same today. The server is as durable as before when this returns.

    ``like`` names a database to copy that all migrations made, so that they need not run again.
    """
    at = timezone.now().astimezone(UTC).replace(second=0, microsecond=0)
    short = databases.fresh(SHORT, like)
    long = databases.fresh(LONG, like=SHORT)
    with _roomy(size):
        return _made(SHORT, short, size, size.short_days, at, quiet), _made(LONG, long, size, size.long_days, at, quiet)


def _made(name: str, database: BaseDatabaseWrapper, size: Size, days: int, at: datetime, quiet: bool) -> Organisation:
    with databases.using(database):
        with transaction.atomic():
            grounds, drugs = opened(size, at)
            source = kept(shipped(), at)
        lived = live(grounds, size, days, at)
        dates = given.local_days(at, days, grounds[0])
        groups = weekly.Groups(lived, grounds, dates, at)
        rest: list[Job] = [
            *stayed.tables(lived, size, drugs, source, at), *groups.tables(), weekly.notes(lived, at), weekly.vitals(lived, at),
        ]  # fmt: skip
        said = list(told.events(lived, groups, at))
        rest += [(told.EVENT, told.event_lines(iter(said))), (told.SEAL, told.seal_lines(iter(said)))]
        mass: list[Job] = [(given.INTO, given.doses(lived, grounds, size, days, at))]
        again = set_aside([into.table for into, _ in (*mass, *rest)])
        rows = Progress(f"{days} days", _guess(size, days, lived, said), quiet=quiet)
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(_write, jobs, rows) for jobs in (mass, rest)]:
                done.result()
        rows.end()
        _count_on([into.table for into, _ in (*mass, *rest)])
        indexes = Progress(f"{days} days", len(again), "indexes", quiet=quiet)
        for _ in in_two(again):
            indexes.add(1)
        indexes.end()
        with transaction.atomic():
            sites = tuple(_site(ground, size, at, number) for number, ground in enumerate(grounds))
        databases.analyze()  # quick: the pages of the largest tables are frozen and passed over
        return Organisation(name, database, size, days, at, sites, _rows())


def _write(jobs: Sequence[Job], rows: Progress) -> None:
    """One table after the other, on a connection of its own."""
    with quick() as own:
        for into, lines in jobs:
            for count in copied(own, into, lines, alone=into.model in ALONE):
                rows.add(count)


def _site(ground: Ground, size: Size, at: datetime, number: int) -> SiteIs:
    """What is at the site today, with everything a card of its board can show."""
    beds = ground.beds
    taken = [bed for place, bed in enumerate(beds) if place % size.beds < size.taken]
    empty = [bed for place, bed in enumerate(beds) if place % size.beds >= size.taken]
    mixed = tuple(empty[place * 7 % len(empty)] for place in range(len(empty)))
    people = ground.people
    furnish(Place(ground.site, at, people["intake"], people["technician"], tuple(taken), mixed), Random(number))
    inside = BedStay.objects.filter(ended_at=None, bed__in=beds).order_by("pk").values_list("client_id", flat=True)
    outside = Placement.objects.filter(ended_at=None, program__in=[group.program for group in ground.groups])
    return SiteIs(
        site=ground.site, units=ground.units, beds=tuple(bed.pk for bed in beds), clients=tuple(inside),
        outside=tuple(outside.order_by("pk").values_list("episode__client_id", flat=True)), **people,
    )  # fmt: skip


def _guess(size: Size, days: int, lived: Lived, said: Sequence[object]) -> int:
    """About how many rows there will be."""
    return size.daily * days + 6 * len(lived.periods) + lived.orders + 2 * len(said) + size.clients * days // 2


def _count_on(tables: Sequence[str]) -> None:
    """Let the next id follow on those that were given."""
    with connection.cursor() as cursor:
        for table in dict.fromkeys(tables):
            cursor.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attidentity <> ''", [table]
            )
            for (column,) in cursor.fetchall():
                last = f"SELECT coalesce(max({column}), 0) + 1 FROM {table}"  # noqa: S608  names of our own
                cursor.execute(f"SELECT setval(pg_get_serial_sequence(%s, %s), ({last}), false)", [table, column])


def _rows() -> Mapping[str, int]:
    with connection.cursor() as cursor:
        counted = {}
        for name, table in COUNTED.items():
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  names of our own
            counted[name] = int(cursor.fetchone()[0])
        return counted


@contextmanager
def _roomy(size: Size) -> Iterator[None]:
    """Room for the log of a large load, where the server is ours; what it had before afterwards, and a checkpoint."""
    if not embedded.wanted() or size.daily * size.long_days < MASS:
        yield
        return
    try:
        _tell(f"ALTER SYSTEM SET {name} = {value}" for name, value in ROOMY.items())
        yield
    finally:
        _tell(f"ALTER SYSTEM RESET {name}" for name in ROOMY)
        _tell(["CHECKPOINT"])


def _tell(statements: Iterable[str]) -> None:
    with connection._nodb_cursor() as cursor:
        for each in statements:
            cursor.execute(each)
        cursor.execute("SELECT pg_reload_conf()")
