"""How a database is emptied after a test that committed: where there are rows, and nowhere else.

Django's own way truncates every table, each with its indexes, and writes content types and permissions anew: half a second a test.
"""

import time

from django.db import connection, transaction
from django.test import TransactionTestCase
from psycopg import sql

KEPT = ("django_content_type", "auth_permission", "django_migrations")  # what every migrated database has
PATIENCE = 10.0  # seconds for what another connection is in the middle of
BUSY = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start IS NOT NULL"""
_truncate = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def replace() -> None:
    """From now on tests that commit are cleared up after in this way."""
    TransactionTestCase._fixture_teardown = _after  # type: ignore[attr-defined]


def _after(case: TransactionTestCase) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        if cursor.fetchone() == ("on",):
            _empty()
        else:  # a server of somebody else's, where only Django's own way is allowed
            _truncate(case)


def _empty() -> None:
    """Delete every row. Triggers refuse that of what is only ever added to, so this one transaction goes past them."""
    _wait()
    names = [name for name in connection.introspection.django_table_names(only_existing=True) if name not in KEPT]
    rows = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
        for name in names
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(rows))
        filled = cursor.fetchall()
        cursor.execute("SET LOCAL session_replication_role = replica")
        for (name,) in filled:
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))


def _wait() -> None:
    """Until nobody else is in a transaction, whose rows would come after; truncating would wait for their locks."""
    until = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(BUSY)
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.02)
