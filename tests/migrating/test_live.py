"""Migrations on a system in use: the release before works on the schema as it is now, and nobody waits for a table to be read.

See docs/developers/migrations.md.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import env
from tests.migrating import schema
from tests.migrating.linting import linted, scans
from tests.migrating.schema import ROOT

pytestmark = pytest.mark.long

RELEASE = schema.read()
ADDED = schema.added(RELEASE)
SOME = "not as_every_role or nurse or director or facilitator or intake"  # every page, as those who write most
PAGES = [
    "tests/guards/test_every_url.py",
    "tests/beds/test_acts.py",
    "tests/emar/test_administer.py",
    "tests/groups/test_attendance.py",
]


@pytest.mark.django_db
def test_the_release_before_can_live_with_the_schema_as_it_is_now() -> None:
    assert schema.breaks(RELEASE.tables, schema.there()) == []


def test_no_migration_of_the_release_before_is_gone() -> None:
    here = schema.migrations()
    gone = {app: [name for name in names if name not in here.get(app, [])] for app, names in RELEASE.migrations.items()}
    assert not any(gone.values()), gone


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_migration_that_is_new() -> None:
    assert {f"{app} {name}": found for app, name in ADDED if (found := linted(app, name))} == {}


@pytest.mark.django_db(transaction=True)
def test_what_people_would_wait_for_is_found() -> None:
    """The linter, on migrations from before the rule: an index on the trail, and a constraint that is not validated at once."""
    assert linted("audit", "0003_lately") == ["CREATE INDEX locks table"]
    assert linted("emar", "0015_witness_signs") == []


def test_a_constraint_on_a_new_table_reads_nothing() -> None:
    check = 'ALTER TABLE "beds_bed" ADD CONSTRAINT "beds_bed_label" CHECK (label <> \'\')'
    assert scans(['CREATE TABLE "beds_bed" ("id" bigint)', check]) == scans([f"{check} NOT VALID"]) == []
    assert scans([check]) == [
        "beds_bed_label reads beds_bed whole, and nobody can write meanwhile. Add it NOT VALID, and validate it in the next migration."
    ]


@pytest.mark.skipif(not ADDED, reason=f"the schema is that of {RELEASE.version}")
def test_the_pages_of_the_release_before_work_on_the_new_schema(tmp_path: Path) -> None:
    """Its own tests, with its own pages and acts, run on a database that the migrations of today made."""
    if subprocess.run(["git", "cat-file", "-e", RELEASE.commit], cwd=ROOT, capture_output=True).returncode:
        pytest.skip(f"this clone has no commit {RELEASE.commit[:7]}: it is a shallow one")
    older = tmp_path / RELEASE.version
    older.mkdir()
    _checked_out(older)
    _with_the_migrations_of_today(older)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *PAGES, "-k", SOME, "-q", "-n", "0", "--tb=short"], cwd=older, capture_output=True, text=True,
        timeout=500, env=_apart(),
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]


def _checked_out(folder: Path) -> None:
    archive = subprocess.Popen(["git", "archive", RELEASE.commit], cwd=ROOT, stdout=subprocess.PIPE)
    subprocess.run(["tar", "-x"], cwd=folder, stdin=archive.stdout, check=True)
    assert archive.wait() == 0
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)  # some tests ask git what is in the tree


def _with_the_migrations_of_today(folder: Path) -> None:
    """Today's migrations and what they call, so that the release's tests take the database that today's tests have."""
    for app in RELEASE.migrations:
        shutil.rmtree(folder / app / "migrations")
        shutil.copytree(ROOT / app / "migrations", folder / app / "migrations")
        for name in ("database.py", "migrating.py"):
            if (ROOT / app / name).exists():
                shutil.copy(ROOT / app / name, folder / app / name)


def _apart() -> dict[str, str]:
    """The same servers, a run of its own."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "STEPWELL", "REDIS_PREFIX"))
    }
    return kept | {"STEPWELL_DATA": str(env.data_folder())}
