"""Rows of models out of statements that are written by hand, where composing the query would be most of what a reading costs."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


class Columns(Generic[M]):
    """The columns of a model's table, named ``alias`` in the statement: all of them, or ``only`` these fields.

    ``sql`` goes between SELECT and FROM, ``width`` is how many columns that is, and ``read`` makes the object of them. A field
    that is left out is fetched when it is asked for.
    """

    def __init__(self, model: type[M], alias: str, only: Sequence[str] = ()) -> None:
        fields = [field for field in model._meta.concrete_fields if not only or field.name in only]
        self._model = model
        self._names = [field.attname for field in fields]
        self._converted = [(place, field) for place, field in enumerate(fields) if hasattr(field, "from_db_value")]
        self.sql = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self.width = len(fields)

    def read(self, row: Sequence[Any]) -> M:
        """The object of one row's columns, as the ORM would have made it."""
        values = list(row)
        for place, field in self._converted:
            values[place] = field.from_db_value(values[place], field.cached_col, connection)
        return self._model.from_db(connection.alias, self._names, values)
