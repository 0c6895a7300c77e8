"""The benchmark as it runs, at the smallest size: what COPY made is as if it had been lived, and every section has its figures."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from audit.chain import verify
from bench import databases, organisation, run
from bench.organisation import LONG, SHORT, Organisation
from emar.actions import administer
from emar.models import Administration
from emar.rules.administration import Outcome
from programs.models import Client, Episode, Leave
from tests.databases import filled

pytestmark = pytest.mark.long

CATALOG = """
    SELECT 'index ' || indexname || ' ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || convalidated || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function ' || proname || ' ' || md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""
LOST = """
    SELECT conrelid::regclass::text, a.attname, confrelid::regclass::text, f.attname
    FROM pg_constraint JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
    JOIN pg_attribute f ON f.attrelid = confrelid AND f.attnum = confkey[1]
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""


@pytest.fixture(scope="module")
def both(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Organisation, Organisation, set[str]]]:
    """The tiny organisation after its short history and after its long one, and what the catalog said before."""
    with django_db_blocker.unblock():
        empty = filled("migrated", lambda: None)
        try:
            with _watched(empty) as before:
                yield *organisation.made("tiny", quiet=True, like=empty), before
        finally:
            databases.drop(SHORT, LONG)


@contextmanager
def _watched(name: str) -> Iterator[set[str]]:
    copy = databases.fresh(SHORT, like=name)
    with databases.using(copy):
        before = _catalog()
    copy.close()
    yield before


def test_a_history_made_by_copy_leaves_the_database_as_the_migrations_made_it(
    both: tuple[Organisation, Organisation, set[str]],
) -> None:
    *histories, before = both
    for each in histories:
        with each.here():
            assert _catalog() == before
    assert len(before) > 1_000


def test_every_row_of_it_stands_as_if_it_had_been_lived(both: tuple[Organisation, Organisation, set[str]]) -> None:
    long = both[1]
    with long.here():
        assert _orphans() == []
        assert verify(timezone.now()).faults == ()
        with transaction.atomic(), connection.cursor() as cursor:  # every check anew, of rows that were there before
            for table, name in _checks():
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name[0]}", ADD CONSTRAINT "{name[0]}" {name[1]}')
            transaction.set_rollback(True)


def test_one_may_go_on_from_it_and_only_as_the_rules_allow(both: tuple[Organisation, Organisation, set[str]]) -> None:
    long = both[1]
    with long.here():
        site = long.sites[0]
        due = long.due(site)
        away = Leave.objects.filter(ended_at=None).count()
        assert len(due) == (long.size.units * long.size.taken - away) * long.size.now > 0
        assert len(long.more(site, 7)) == 7 and len(long.due(site)) == len(due) + 7
        first, at = due[0], timezone.now()
        charted = administer(
            by=site.nurse, at=at, order_id=first.order_id, due_at=first.due_at, outcome=Outcome.GIVEN,
            client_id=first.client_id, identifiers=("wristband",), amount=first.amount, unit=first.unit, key=uuid4(),
        )  # fmt: skip
        assert charted.pk > long.rows["administrations"]
        assert first not in long.due(site)
        with pytest.raises(IntegrityError, match="append_only"), transaction.atomic():
            Administration.objects.filter(order_id=first.order_id).update(note="Otherwise.")
        here = Episode.objects.get(client_id=first.client_id, ended_at=None)
        with pytest.raises(IntegrityError, match="programs_one_episode_a_time"), transaction.atomic():
            Episode.objects.create(client=Client.objects.get(pk=here.client_id), started_at=at - timedelta(hours=1))


def test_every_section_of_the_table_has_figures_beside_a_floor(
    both: tuple[Organisation, Organisation, set[str]],
) -> None:
    short, long, _ = both
    sections = list(run.measured(short, long, ("pages", "load"), rounds=1))
    assert [each.title[0] for each in sections] == ["1", "2", "3", "4", "5"]
    for section in sections:
        assert section.lines, section.title
        assert any(line.floor for line in section.lines), section.title
        for line in section.lines:
            assert any(letter.isdigit() for letter in line.p50 + line.ratio), line
        for row in str(section).splitlines():
            assert not row.startswith("|") or row.count("|") == 8, row


def _catalog() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(CATALOG)
        return {each for (each,) in cursor.fetchall()}


def _orphans() -> list[str]:
    """Rows that name another that is not there."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(LOST)
        for table, column, other, key in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM {table} t WHERE "{column}" IS NOT NULL '
                f'AND NOT EXISTS (SELECT 1 FROM {other} o WHERE o."{key}" = t."{column}")'
            )
            if count := cursor.fetchone()[0]:
                found.append(f"{count} of {table}.{column}")
    return found


def _checks() -> list[tuple[str, tuple[str, str]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'c' AND convalidated AND connamespace = 'public'::regnamespace"
        )
        return [(table, (name, words)) for table, name, words in cursor.fetchall()]
