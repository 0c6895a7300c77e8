"""What a release writes and reads, and what of the database as it is now it could not live with.

While processes are restarted one after the other, those of the release before work on the new schema. So every column it knows
must be there, take what it writes, and nothing else may be required of its rows (docs/developers/migrations.md).
"""

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parent.parent.parent
RECORD = Path(__file__).parent / "released.json"
THERE = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
       a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> ''
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
"""


@dataclass(frozen=True, slots=True)
class Column:
    """``form`` as PostgreSQL names it, such as 'character varying(40)'; whether NULL is taken; whether it fills itself."""

    form: str
    null: bool
    filled: bool


Tables = dict[str, dict[str, Column]]


@dataclass(frozen=True, slots=True)
class Release:
    """One release: its number, its commit, the migrations it has run, and the columns its models write and read."""

    version: str
    commit: str
    migrations: dict[str, list[str]]
    tables: Tables


def there() -> Tables:
    """Every table of the connected database."""
    found: Tables = {}
    with connection.cursor() as cursor:
        cursor.execute(THERE)
        for table, column, *what in cursor.fetchall():
            found.setdefault(table, {})[column] = Column(*what)
    return found


def known() -> Tables:
    """What of it the models know, their tables between two models too; a column that no model names any more is not among it."""
    database, found = there(), Tables()
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            names = {field.column for field in model._meta.local_concrete_fields}
            table = model._meta.db_table
            found[table] = {name: database[table][name] for name in sorted(names)}
    return dict(sorted(found.items()))


def migrations() -> dict[str, list[str]]:
    """The migrations of Stepwell's own apps as they are in the tree, by app."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations):
        if Path(apps.get_app_config(app).path).parent == ROOT:
            found.setdefault(app, []).append(name)
    return found


def added(release: Release) -> list[tuple[str, str]]:
    """App and name of each migration that came after the release."""
    return [
        (app, name)
        for app, names in migrations().items()
        for name in names
        if name not in release.migrations.get(app, [])
    ]


def breaks(release: Tables, now: Tables) -> list[str]:
    """A sentence for each thing that the release could not live with; none where its processes may go on."""
    return [
        sentence
        for table, columns in release.items()
        for sentence in (
            _table(table, columns, now[table]) if table in now else [f"{table} is gone; it is still read."]
        )
    ]


def _table(table: str, columns: dict[str, Column], now: dict[str, Column]) -> list[str]:
    found = []
    for name, before in columns.items():
        after = now.get(name)
        if after is None:
            found.append(f"{table}.{name} is gone; the release before still reads it. Drop it one release later.")
        elif after.form != before.form:
            found.append(f"{table}.{name} was {before.form} and is {after.form}. Add a column and move over.")
        elif before.null and not after.null:
            found.append(f"{table}.{name} takes no NULL any more, and the release before may write one.")
    for name, after in now.items():
        if name not in columns and not (after.null or after.filled):
            found.append(
                f"{table}.{name} is new and must be filled, which the release before does not. Give it a db_default."
            )
    return found


def read() -> Release:
    """The release before, as ``record`` wrote it."""
    kept = json.loads(RECORD.read_text())
    tables = {
        table: {name: Column(*what) for name, what in columns.items()} for table, columns in kept["tables"].items()
    }
    return Release(kept["version"], kept["commit"], kept["migrations"], tables)


def record(version: str) -> Release:
    """Write down the tree as it is as the release before of all that comes; for the day of a release, on a migrated database."""
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    release = Release(version, commit, migrations(), known())
    kept = {**asdict(release), "tables": None}
    lines = [f"  {json.dumps(table)}: {_line(columns)}" for table, columns in release.tables.items()]
    text = json.dumps(kept, indent=1).replace('"tables": null', '"tables": {\n' + ",\n".join(lines) + "\n }")
    RECORD.write_text(text + "\n")
    return release


def _line(columns: dict[str, Column]) -> str:
    return json.dumps({name: [column.form, column.null, column.filled] for name, column in columns.items()})
