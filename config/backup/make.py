"""Make a backup: one consistent look at the whole database, encrypted on its way to the disk."""

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from config.backup.sealed import PIECE, Key, Writer
from config.backup.server import Server, Trouble, counted

NAME = "stepwell-%Y%m%dT%H%M%SZ.backup"
PATTERN = "stepwell-*.backup"
PART = ".part"


def backup(folder: Path, key: Key, now: datetime, server: Server | None = None) -> tuple[Path, dict[str, int]]:
    """Write a backup into the folder; its path, and the rows of every table in it. Raises Trouble.

    It is written under another name and renamed when it is whole and on the disk: a file with the name of a backup is one. What a
    killed run left is cleared away by the next. One at a time for each folder.
    """
    server = server or Server()
    with _alone(folder):
        for half in folder.glob(PATTERN + PART):
            half.unlink()
        path = folder / now.astimezone(UTC).strftime(NAME)
        if path.exists():
            raise Trouble(f"{path} is there already. Wait a second and try again.")
        part = path.with_name(path.name + PART)
        try:
            with part.open("xb") as file:
                part.chmod(0o600)
                rows = _write(Writer(file, key, {"made_at": now.astimezone(UTC).isoformat()}), server)
                file.flush()
                os.fsync(file.fileno())
            part.rename(path)
        except OSError as trouble:
            part.unlink(missing_ok=True)
            raise Trouble(
                f"The backup could not be written: {trouble.strerror}. Make room, or choose another folder."
            ) from None
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _settle(folder)
    return path, rows


def kept(folder: Path, keep: int) -> list[Path]:
    """Remove all but the newest ``keep`` whole backups; what was removed."""
    old = sorted(folder.glob(PATTERN), reverse=True)[keep:]
    for path in old:
        path.unlink()
    return old


def _write(writer: Writer, server: Server) -> dict[str, int]:
    """Facts and dump of one snapshot: what is counted is what is dumped."""
    with server.connect() as made:
        made.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        found = made.execute("SELECT pg_export_snapshot()").fetchone()
        assert found is not None
        rows = counted(made)
        newest = made.execute(
            "SELECT position, encode(digest, 'hex') FROM audit_seal ORDER BY position DESC LIMIT 1"
        ).fetchone()
        position, head = newest or (0, "")
        writer.facts({"rows": rows, "links": position, "head": head})
        with tempfile.TemporaryFile() as said:
            dump = server.start(
                "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={found[0]}", server.database,
                stdout=subprocess.PIPE, stderr=said.fileno(),
            )  # fmt: skip
            try:
                assert dump.stdout is not None
                while content := dump.stdout.read(PIECE):
                    writer.write(content)
            finally:
                if dump.poll() is None and dump.stdout is not None:
                    dump.stdout.close()  # where we stop early, so does it
                dump.wait()
            if dump.returncode:
                said.seek(0)
                words = said.read().decode(errors="replace").strip().splitlines() or ["it said nothing"]
                raise Trouble(f"pg_dump failed, and nothing was kept: {words[-1]}")
    writer.close()
    return rows


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / ".backup-lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as trouble:
        raise Trouble(f"The folder {folder} cannot be written: {trouble.strerror}. Choose another.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Trouble(f"Another backup is being written into {folder}. Wait for it.") from None
    finally:
        os.close(lock)


def _settle(folder: Path) -> None:
    """The new name is on the disk, too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
