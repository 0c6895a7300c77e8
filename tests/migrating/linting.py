"""What a migration would make people wait for on a system that is being used: django-migration-linter, and what it does not see."""

import re
from collections.abc import Sequence

from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser.analyser import analyse_sql_statements

DROPS = ["DROP_COLUMN", "DROP_TABLE"]  # whether anybody still reads what is dropped, schema.breaks knows better
MADE = re.compile(r'CREATE TABLE "(\w+)"')
ADDED = re.compile(r'ALTER TABLE "(\w+)" ADD CONSTRAINT "(\w+)" (?:CHECK|EXCLUDE|FOREIGN KEY)')


def linted(app: str, name: str) -> list[str]:
    """A sentence for each thing that is wrong with this migration on a live system."""
    linter = MigrationLinter(no_cache=True, no_output=True)
    statements = linter.get_sql(app, name)
    errors, _, warnings = analyse_sql_statements(linter.sql_analyser_class, statements, DROPS)
    return [each.message for each in [*errors, *warnings]] + scans(statements)


def scans(statements: Sequence[str]) -> list[str]:
    """Constraints for which PostgreSQL reads a table whole that was there before, while nobody can write to it."""
    made = {found[1] for statement in statements for found in MADE.finditer(statement)}
    added = [found for statement in statements if "NOT VALID" not in statement for found in ADDED.finditer(statement)]
    return [
        f"{found[2]} reads {found[1]} whole, and nobody can write meanwhile. Add it NOT VALID, and validate it in the next migration."
        for found in added
        if found[1] not in made
    ]
