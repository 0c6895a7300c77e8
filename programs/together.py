"""Several queries in one statement: a page that many rooms add to asks the database once for what all of them want.

A function that ``asks`` is a generator. It yields the querysets it needs, is sent their rows (each a list, as the queryset alone would
give them), may ask again, and returns what it makes of them. Called as usual it runs by itself, one statement for each turn;
``together`` takes several in step, one statement for a turn of all.
"""

import functools
from collections.abc import Callable, Generator, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Generic, ParamSpec, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet, FieldError
from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

P = ParamSpec("P")
T = TypeVar("T")
Wanted = Sequence[QuerySet[Any, Any]]
Asking = Generator[Wanted, list[list[Any]], T]
READ: dict[str, Callable[[str], Any]] = {
    "DateTimeField": datetime.fromisoformat, "DateField": date.fromisoformat, "TimeField": time.fromisoformat,
    "DecimalField": Decimal, "FloatField": float, "UUIDField": UUID, "BooleanField": "true".__eq__,
    **dict.fromkeys(
        (
            "AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField", "SmallIntegerField",
            "PositiveIntegerField", "PositiveSmallIntegerField", "PositiveBigIntegerField",
        ),
        int,
    ),
}  # fmt: skip
PLAIN = {"CharField", "TextField", "SlugField", "EmailField", "URLField", "JSONField", "SearchVectorField"}


class Asks(Generic[P, T]):
    """A function that asks. ``ask`` begins its turns; calling it runs them all."""

    def __init__(self, function: Callable[P, Asking[T]]) -> None:
        self.ask = function
        functools.update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        """What it makes of its rows; one statement for each turn."""
        return together([self.ask(*args, **kwargs)])[0]


def asks(function: Callable[P, Asking[T]]) -> Asks[P, T]:
    """Make a generator that yields querysets a function that answers."""
    return Asks(function)


def begin(provider: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Asking[T]:
    """The turns of any provider: its own where it asks, none where it does its queries by itself."""
    if isinstance(provider, Asks):
        return (yield from provider.ask(*args, **kwargs))  # type: ignore[no-any-return]
    return provider(*args, **kwargs)


def together(several: Iterable[Asking[T]]) -> list[T]:
    """What each of them returns, in their order. As many statements as the one that asks most often has turns."""
    running = list(several)
    answers: dict[int, T] = {}
    wanted: dict[int, Wanted] = {}

    def turn(number: int, rows: list[list[Any]] | None) -> None:
        try:
            wanted[number] = next(running[number]) if rows is None else running[number].send(rows)
        except StopIteration as ended:
            answers[number] = ended.value

    for number in range(len(running)):
        turn(number, None)
    while wanted:
        now, wanted = wanted, {}
        rows = iter(fetch([query for queries in now.values() for query in queries]))
        for number, queries in now.items():
            turn(number, [next(rows) for _ in queries])
    return [answers[number] for number in range(len(running))]


def fetch(queries: Wanted) -> list[list[Any]]:
    """The rows of each queryset, made by it as ever. One statement; none where nothing can be found; one more for a prefetch."""
    if len(queries) == 1:
        return [list(queries[0])]
    parts, params, ready = [], [], {}
    for number, query in enumerate(queries):
        compiler = query.query.get_compiler(using=query.db)
        try:
            sql, values = compiler.as_sql()
        except EmptyResultSet:
            continue
        names = [f"c{place}" for place in range(compiler.col_count)]
        texts = ", ".join(f"{name}::text" for name in names)
        parts.append(f"SELECT {number}, row_number() OVER (), ARRAY[{texts}] FROM ({sql}) AS part ({', '.join(names)})")  # noqa: S608
        params += values
        ready[number] = compiler
    found: dict[int, list[tuple[int, list[str | None]]]] = {number: [] for number in ready}
    if parts:
        with connection.cursor() as cursor:
            cursor.execute("\nUNION ALL ".join(parts), params)
            for number, place, texts_ in cursor.fetchall():
                found[number].append((place, texts_))
    return [_made(query, ready.get(number), found.get(number, [])) for number, query in enumerate(queries)]


def _made(
    query: QuerySet[Any, Any], compiler: SQLCompiler | None, rows: list[tuple[int, list[str | None]]]
) -> list[Any]:
    """The rows as the queryset makes them, out of columns that came as text."""
    if compiler is None or not rows:
        return []
    readers = [_reader(each[0]) for each in compiler.select[: compiler.col_count]]
    values = [
        tuple(None if text is None else read(text) if read else text for read, text in zip(readers, texts, strict=True))
        for _, texts in sorted(rows, key=lambda row: row[0])
    ]
    compiler.execute_sql = lambda *args, **kwargs: [values]  # type: ignore[assignment,method-assign]
    copy = query._chain()  # type: ignore[attr-defined]
    copy.query.get_compiler = lambda *args, **kwargs: compiler
    return list(copy)


def _reader(column: Any) -> Callable[[str], Any] | None:
    """How the text of a column becomes what the driver would have given; None where it is text. TypeError for a kind not known."""
    try:
        field = column.output_field
    except FieldError:
        return None
    while hasattr(field, "target_field"):
        field = field.target_field
    kind = field.get_internal_type()
    if kind not in READ and kind not in PLAIN:
        raise TypeError(f"A column of kind {kind} cannot be read together with others yet.")
    return READ.get(kind)
