"""Additions at once: the same tables as one by one, forwards and backwards."""

from collections.abc import Sequence

import pytest
from django.db import connection, models
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, AlterField, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from audit.migrating import AtOnce, at_once

KEPT = [CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True))])]
ADDED: list[Operation] = [
    AddField("Shelf", "row", models.IntegerField(default=1)),
    CreateModel("Book", [("id", models.BigAutoField(primary_key=True))]),
    AddField("Book", "shelf", models.ForeignKey("audit.Shelf", models.PROTECT)),
    AddField("Shelf", "first", models.ForeignKey("audit.Book", models.PROTECT, null=True)),
    AddIndex("Book", models.Index(fields=["shelf"], name="book_by_shelf")),
    AddConstraint("Book", models.UniqueConstraint(fields=["shelf"], name="book_one_a_shelf")),
    AddConstraint("Shelf", models.CheckConstraint(condition=models.Q(row__gt=0), name="shelf_row_above_none")),
]
TOLD = """
SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
WHERE table_name IN ('audit_shelf', 'audit_book')
UNION SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid::regclass::text IN ('audit_shelf', 'audit_book')
UNION SELECT tablename::text, indexname::text, indexdef FROM pg_indexes WHERE tablename IN ('audit_shelf', 'audit_book')
ORDER BY 1, 2, 3
"""


def there() -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(TOLD)
        return list(cursor.fetchall())


def walked(operations: Sequence[Operation]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """What is in the database after them, and after they were taken back."""
    steps, state = [], ProjectState()
    for operation in [*KEPT, *operations]:
        before, state = state, state.clone()
        operation.state_forwards("audit", state)
        with connection.schema_editor() as editor:
            operation.database_forwards("audit", editor, before, state)
        steps.append((operation, before, state))
    forwards = there()
    for operation, before, after in reversed(steps[1:]):
        with connection.schema_editor() as editor:
            operation.database_backwards("audit", editor, after, before)
    backwards = there()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE audit_shelf")
    return forwards, backwards


@pytest.mark.django_db
def test_what_is_made_at_once_is_what_is_made_one_by_one() -> None:
    found = at_once(ADDED)
    assert [type(each) for each in found] == [AtOnce]
    together, taken_back = walked(found)
    assert (together, taken_back) == walked(ADDED)
    assert len(together) > 10 and taken_back


def test_only_additions_that_follow_one_another_are_taken_together() -> None:
    change = AlterField("Shelf", "row", models.BigIntegerField(default=1))
    found = at_once([*ADDED[:2], change, ADDED[2]])
    assert [type(each) for each in found] == [AtOnce, AlterField, AddField]
    assert "Create model Book" in found[0].describe()
