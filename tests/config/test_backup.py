"""A backup comes back as it was, or says why not; nothing half-written ever looks whole, and nothing in use is written over."""

import io
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit import chain, trail
from audit.rules.anchors import Anchor
from config import env
from config.backup import make
from config.backup import server as server_module
from config.backup.make import backup, kept
from config.backup.restore import prove, restore
from config.backup.sealed import BadFile, Key
from config.backup.server import Server, Trouble, differences
from programs.models import Organisation
from tests.factories import person

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
KEY = Key(b"k" * 32)


@pytest.fixture
def server() -> Server:
    """The server of the tests, at the database of this worker."""
    found = Server()
    found.database = connection.settings_dict["NAME"]
    return found


@pytest.fixture
def anchor() -> Anchor:
    """Somebody, a place, three events in the chain, anchored."""
    who, place = person("cole", "Robin Cole", "RN"), Organisation.objects.create(name="Riverbend")
    for number in range(3):
        with transaction.atomic():
            trail.record("beds.hold", by=who, at=NOW, subject=place, summary=f"Bed {number} held", site_id=None)
    chain.seal_new()
    return Anchor(datetime.now(UTC), *chain.head())


@pytest.fixture
def made(tmp_path: Path, server: Server, anchor: Anchor) -> Path:
    return backup(tmp_path, KEY, NOW, server)[0]


@pytest.fixture
def spare(server: Server) -> Iterator[str]:
    """The name of a database that is there for this test alone."""
    name = f"{server.database}_spare"
    yield name
    with server.connect("postgres", autocommit=True) as made:
        left = [
            str(row[0]) for row in made.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{name}%"])
        ]
    for each in left:
        server.run("DROP DATABASE {} WITH (FORCE)", each)


def databases(server: Server) -> set[str]:
    """Those of this worker, and whatever is no database of tests: another worker makes and drops its own meanwhile."""
    with server.connect("postgres") as made:
        found = {str(row[0]) for row in made.execute("SELECT datname FROM pg_database")}
    return {name for name in found if name.startswith(server.database) or not name.startswith("test_")}


def test_a_backup_is_proved_in_a_scratch_database_that_is_gone_afterwards(
    made: Path, server: Server, anchor: Anchor
) -> None:
    words: list[str] = []
    before = databases(server)
    assert prove(made, KEY, [anchor], words.append, server) == []
    assert databases(server) == before
    assert words[-1] == "The audit chain was walked: 3 links, 1 of 1 anchors of that time stand."
    assert b"Robin Cole" not in made.read_bytes() and stat.S_IMODE(made.stat().st_mode) == 0o600


def test_what_changes_meanwhile_is_in_neither_the_dump_nor_the_count(
    tmp_path: Path, server: Server, anchor: Anchor, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = server_module.counted

    def busy(made: object) -> dict[str, int]:
        found = counted(made)  # type: ignore[arg-type]
        writer = threading.Thread(target=_one_more, args=(server,))
        writer.start()
        writer.join()
        return found

    monkeypatch.setattr(make, "counted", busy)
    path, rows = backup(tmp_path, KEY, NOW, server)
    assert Organisation.objects.count() == rows["programs_organisation"] + 1 == 2
    assert prove(path, KEY, [anchor], lambda words: None, server) == []


def _one_more(server: Server) -> None:
    with server.connect() as made:
        made.execute(_COPY)


_COPY = """
DO $$ DECLARE made programs_organisation; BEGIN
SELECT * INTO made FROM programs_organisation LIMIT 1; made.id := made.id + 100; made.name := 'Hillcrest';
INSERT INTO programs_organisation VALUES (made.*); END $$
"""


def test_a_chain_that_was_changed_before_the_backup_is_found_when_it_is_proved(
    tmp_path: Path, server: Server, anchor: Anchor
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_event SET summary = 'Nothing' WHERE summary = 'Bed 1 held'")
        cursor.execute("SET session_replication_role = origin")
    path, _ = backup(tmp_path, KEY, NOW, server)
    (fault,) = prove(path, KEY, [anchor], lambda words: None, server)
    assert "at link 2 was changed" in fault


def test_an_anchor_that_the_backup_does_not_meet_is_found_and_a_younger_one_is_not_asked_of_it(
    made: Path, server: Server, anchor: Anchor
) -> None:
    other = Anchor(anchor.at, anchor.position, "0" * 64)
    younger = Anchor(anchor.at, anchor.position + 5, "1" * 64)
    assert len(prove(made, KEY, [other, younger], lambda words: None, server)) == 1


def test_the_wrong_key_a_cut_file_and_a_flipped_bit_are_refused_before_anything_is_restored(
    made: Path, server: Server, spare: str
) -> None:
    whole = made.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    before = databases(server)
    with pytest.raises(BadFile, match="was written with the key"):
        restore(made, Key(b"o" * 32), spare, over=False, say=print, server=server)
    for wrong in (whole[:-1], whole[: len(whole) // 2], bytes(flipped)):
        made.write_bytes(wrong)
        with pytest.raises(BadFile):
            restore(made, KEY, spare, over=False, say=print, server=server)
        with pytest.raises(BadFile):
            prove(made, KEY, [], print, server)
    assert databases(server) == before


def test_it_comes_back_into_a_new_database(made: Path, server: Server, spare: str) -> None:
    assert restore(made, KEY, spare, over=False, say=print, server=server) == ""
    with server.connect(spare) as there:
        assert there.execute("SELECT name FROM programs_organisation").fetchall() == [("Riverbend",)]
        with pytest.raises(Exception, match="never changed or deleted"):
            there.execute("DELETE FROM audit_event")


def test_a_database_that_is_there_is_left_alone_unless_said_and_then_kept_aside(
    made: Path, server: Server, spare: str
) -> None:
    server.run("CREATE DATABASE {}", spare)
    with server.connect(spare) as there:
        there.execute("CREATE TABLE precious (n int)")
    with pytest.raises(Trouble, match="There is a database"):
        restore(made, KEY, spare, over=False, say=print, server=server)
    aside = restore(made, KEY, spare, over=True, say=print, server=server)
    with server.connect(aside) as there:
        assert there.execute("SELECT count(*) FROM precious").fetchone() == (0,)


def test_a_database_that_somebody_uses_is_not_taken_away_under_them(made: Path, server: Server, spare: str) -> None:
    server.run("CREATE DATABASE {}", spare)
    with server.connect(spare):
        with pytest.raises(Trouble, match="being accessed by other users"):
            restore(made, KEY, spare, over=True, say=print, server=server)
        assert {name for name in databases(server) if name.startswith(spare)} == {spare}


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    start = server.start
    monkeypatch.setattr(server, "start", lambda program, *rest, **more: start(program, "--no-such", **more))
    with pytest.raises(Trouble, match="pg_dump failed, and nothing was kept"):
        backup(tmp_path, KEY, NOW, server)
    assert [path.name for path in tmp_path.iterdir()] == [".backup-lock"]


def test_a_backup_that_is_killed_half_way_never_looks_whole_and_the_next_clears_it_away(
    tmp_path: Path, server: Server, anchor: Anchor
) -> None:
    words = (
        "import sys, time, pathlib, datetime; from config.backup import make, sealed, server\n"
        "make.Writer.close = lambda self: (self._file.flush(), print('half', flush=True), time.sleep(60))\n"
        "there = server.Server(); there.database = sys.argv[1]\n"
        "make.backup(pathlib.Path(sys.argv[2]), sealed.Key(b'k' * 32), datetime.datetime.now(datetime.UTC), there)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", words, server.database, str(tmp_path)], stdout=subprocess.PIPE, cwd=env.ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(env.ROOT)},
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == b"half\n"
    with pytest.raises(Trouble, match="Another backup is being written"):
        backup(tmp_path, KEY, NOW, server)
    child.send_signal(signal.SIGKILL)
    child.wait()
    (half,) = (path for path in tmp_path.iterdir() if path.name != ".backup-lock")
    assert half.name.endswith(".backup.part") and not list(tmp_path.glob("*.backup"))
    with pytest.raises(BadFile, match="cut off"):
        prove(half, KEY, [], print, server)
    path, _ = backup(tmp_path, KEY, NOW, server)
    assert list(tmp_path.glob("stepwell-*")) == [path]


def test_only_so_many_are_kept_the_newest(tmp_path: Path) -> None:
    names = [f"stepwell-2026030{day}T150000Z.backup" for day in range(1, 6)]
    for name in [*names, "stepwell-20260301T150000Z.backup.part", "notes.txt"]:
        (tmp_path / name).touch()
    assert sorted(path.name for path in kept(tmp_path, 2)) == names[:3]
    assert len(list(tmp_path.iterdir())) == 4


def test_what_differs_is_told_table_by_table() -> None:
    assert differences({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 3, "d": 0}) == [
        "The table b has 3 rows; the backup says 2.",
        "The table c is missing.",
        "The table d was not in the backup.",
    ]


def test_the_commands_say_what_they_did_and_what_they_need(
    tmp_path: Path, anchor: Anchor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.embedded.database_url", lambda: _url())
    out = io.StringIO()
    with pytest.raises(CommandError, match="BACKUP_KEY is not set"):
        call_command("backup", folder=tmp_path, stdout=out)
    monkeypatch.setenv("BACKUP_KEY", Key.new())
    monkeypatch.setenv("AUDIT_ANCHORS", str(tmp_path / "anchors.txt"))
    call_command("anchor_audit", stdout=out)
    call_command("backup", folder=tmp_path, stdout=out)
    (path,) = tmp_path.glob("*.backup")
    with pytest.raises(CommandError, match="Say what to do"):
        call_command("restore", path, stdout=out)
    call_command("restore", path, verify=True, stdout=out)
    assert "1 of 1 anchors of that time stand" in out.getvalue() and out.getvalue().endswith("The backup is good.\n")
    monkeypatch.setenv("BACKUP_KEY", "nonsense")
    with pytest.raises(CommandError, match="32 random bytes"):
        call_command("restore", path, verify=True, stdout=out)


def _url() -> str:
    known = connection.settings_dict
    return f"postgresql://{known['USER']}@/{known['NAME']}?host={known['HOST']}"


def test_two_backups_of_one_second_do_not_overwrite_each_other(tmp_path: Path, made: Path, server: Server) -> None:
    with pytest.raises(Trouble, match="is there already"):
        backup(tmp_path, KEY, NOW, server)
    assert prove(made, KEY, [], lambda words: None, server) == []
