"""Acts at the same moment, and what the database held before and after."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from django.apps import apps
from django.db import connection

from audit.rules.findings import Refused
from programs.models import Client, Precaution
from programs.rules.precautions import Precaution as Kind

Act = Callable[[], object]
APPS = ("beds", "programs", "emar", "chart", "audit", "groups", "live")
WON = "won"
FEW = 4


def race(*acts: Act) -> list[str]:
    """Do these at once, each in a thread and a transaction of its own: 'won', or the sentence of the refusal, in order."""
    barrier = Barrier(len(acts))

    def run(act: Act) -> str:
        try:
            if len(acts) <= FEW:
                connection.ensure_connection()  # more wait their turn for one, as the requests of a server do
            barrier.wait(20)
            act()
            return WON
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def everything() -> dict[str, tuple[int, int]]:
    """For every table, how many rows and a number that changes with any of them: equal where nothing was written."""
    tables = [model._meta.db_table for name in APPS for model in apps.get_app_config(name).get_models()]
    sums = [
        f"SELECT '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {table} t" for table in tables
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(sums))
        return {name: (rows, digest) for name, rows, digest in cursor.fetchall()}


def said(act: Act) -> str:
    """The sentence with which an act is refused; it wrote nothing."""
    before = everything()
    try:
        act()
    except Refused as refused:
        assert everything() == before, "a refusal wrote something"
        return str(refused)
    raise AssertionError("It was not refused.")


def minded(who: Client, *kinds: Kind, since: datetime) -> Client:
    """A client with these precautions."""
    for kind in kinds:
        Precaution.objects.create(client=who, kind=kind.value, started_at=since)
    return who
