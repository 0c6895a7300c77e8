"""Many additions of a migration as one operation: the models are rendered once, not once for each.

Django renders every related model anew after each operation, and nearly all of ours are related. One by one that took two
minutes for an empty database, together a quarter of one. What is made in the database is the same.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

ADDITIONS = (CreateModel, AddField, AddConstraint, AddIndex)


class AtOnce(Operation):
    """``operations`` (additions alone, in their order) with one rendering of the models, backwards too.

    A model that is created here is created whole: fields, constraints and indexes that are added to it come with it.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Every change of the models; what was rendered of them is let go of first."""
        state.__dict__.pop("apps", None)
        for each in self.operations:
            each.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Every change of the database, each with the models as they are after the last."""
        for each in self._told():
            each.database_forwards(app_label, schema_editor, to_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """The same in the opposite order; ``from_state`` is the one after them, as Django has it."""
        for each in reversed(list(self._told())):
            each.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Each of them, in words."""
        return "; ".join(each.describe() for each in self.operations)

    def _told(self) -> Iterator[Operation]:
        """Those the database is told of: not what comes with a model that is created here."""
        born = {each.name_lower for each in self.operations if isinstance(each, CreateModel)}
        for each in self.operations:
            named: Any = each
            if isinstance(each, CreateModel) or named.model_name_lower not in born:
                yield each


def at_once(operations: Sequence[Operation]) -> list[Operation]:
    """The operations of a migration, additions that follow one another as one."""
    found: list[Operation] = []
    for adds, run in groupby(operations, key=lambda each: type(each) in ADDITIONS):
        told = list(run)
        found += [AtOnce(told)] if adds and len(told) > 1 else told
    return found
