"""Rows by COPY: what a column holds as text, a table's columns with their usual values, and indexes set aside meanwhile."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

BLOCK = 1 << 18  # characters sent together
ASIDE = """  -- a condition with a list comes back from its own words with other casts: such an index stays
    SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = ANY(%s::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)
        AND coalesce(pg_get_expr(i.indpred, i.indrelid), '') NOT LIKE '%%ARRAY%%'
    ORDER BY pg_relation_size(i.indrelid) DESC, c.relname
"""
OVERLAPS = """
    SELECT k.conrelid::regclass::text, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k
    WHERE k.conrelid = ANY(%s::regclass[]) AND k.contype = 'x' ORDER BY k.conname
"""
QUICK = (  # while seeding only: each of these connections is closed at its end
    "SET session_replication_role = replica",  # no foreign keys to look up, no triggers; checks and unique constraints hold
    "SET synchronous_commit = off", "SET maintenance_work_mem = '768MB'", "SET max_parallel_maintenance_workers = 0",
)  # fmt: skip


class Into:
    """A table's COPY: the columns that a row gives, in order, and the rest with the field's default."""

    def __init__(self, model: type[models.Model], *given: str, **same: Any) -> None:
        """``given`` are attribute names ('order_id'); ``same`` are values that every row has."""
        self.model, self.given, self.same = model, given, same
        fields = {each.attname: each for each in model._meta.concrete_fields if not getattr(each, "generated", False)}
        rest = [name for name in fields if name not in given]
        usual = [same.get(name, fields[name].get_default()) for name in rest]
        columns = ", ".join(f'"{fields[name].column}"' for name in (*given, *rest))
        self.table = model._meta.db_table
        self.statement = f'COPY "{self.table}" ({columns}) FROM STDIN'
        self.tail = "".join(f"\t{text(value)}" for value in usual) + "\n"

    def line(self, *values: object) -> str:
        """A row as COPY reads it."""
        return "\t".join(map(text, values)) + self.tail


def text(value: object) -> str:
    """A value as COPY's text format has it."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n") if not value.isalnum() else value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value).replace("\\", "\\\\")
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return str(value)


def copied(on: BaseDatabaseWrapper, into: Into, lines: Iterable[str], *, alone: bool = False) -> Iterator[int]:
    """Send the lines; how many went with each block. ``alone``: the table is empty, and its rows are frozen as they come."""
    freeze = " WITH (FREEZE)" if alone else ""
    with on.cursor() as cursor:
        if alone:  # rows of a table truncated in this transaction need no vacuum afterwards
            cursor.execute("BEGIN")
            cursor.execute(f'TRUNCATE "{into.table}" CASCADE')
        with cursor.copy(into.statement + freeze) as sent:
            block: list[str] = []
            size = 0
            for line in lines:
                block.append(line)
                size += len(line)
                if size > BLOCK:
                    sent.write("".join(block))
                    yield len(block)
                    block, size = [], 0
            sent.write("".join(block))
            yield len(block)
        if alone:
            cursor.execute("COMMIT")


@contextmanager
def quick() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own to where we are, for seeding; usable in another thread."""
    own = connection.copy()
    own.inc_thread_sharing()
    try:
        with own.cursor() as cursor:
            for each in QUICK:
                cursor.execute(each)
        yield own
    finally:
        own.close()


def set_aside(tables: Sequence[str]) -> list[str]:
    """Drop the tables' indexes but those of constraints, and their exclusion constraints; the statements that make them anew."""
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS, [list(tables)])
        overlaps = cursor.fetchall()
        cursor.execute(ASIDE, [list(tables)])
        plain = cursor.fetchall()
        for table, name, _ in overlaps:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in plain:
            cursor.execute(f'DROP INDEX "{name}"')
    again = [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {words}' for table, name, words in overlaps]
    return again + [words for _, words in plain]


def in_two(statements: Iterable[str]) -> Iterator[str]:
    """Run the statements on two connections, one a core; each as it is done."""
    left: SimpleQueue[str] = SimpleQueue()
    done: SimpleQueue[str | Exception] = SimpleQueue()
    count = 0
    for each in statements:
        left.put(each)
        count += 1

    def work() -> None:
        try:
            with quick() as own, own.cursor() as cursor:
                while True:
                    statement = left.get_nowait()
                    cursor.execute(statement)
                    done.put(statement)
        except Empty:
            pass
        except Exception as problem:
            done.put(problem)

    for _ in range(2):
        Thread(target=work, daemon=True).start()
    for _ in range(count):
        told = done.get()
        if isinstance(told, Exception):
            raise told
        yield told
