"""The anchor file: a line a day with the head of the chain, outside the database, so that a chain that was cut or written anew
since is found. It is only ever added to."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from audit import chain
from audit.rules.anchors import Anchor, due, read


def anchors_in(path: Path) -> tuple[list[Anchor], list[str]]:
    """The anchors of the file, and what is wrong with it; nothing where there is no file. Raises OSError."""
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            return read(lines)
    except FileNotFoundError:
        return [], []


def anchor(path: Path, now: datetime, every: timedelta | None = None) -> Anchor | None:
    """Append the head of the chain, on disk when this returns; None where ``every`` is given and has not passed since the last.

    One process at a time. Raises OSError.
    """
    with _locked(path) as file:
        earlier, _ = anchors_in(path)
        last = earlier[-1] if earlier else None
        if every is not None and not due(last, now, every):
            return None
        position, head = chain.head()
        new = Anchor(max(now, last.at) if last else now, position, head)
        os.write(file, (_line_end(path) + new.line + "\n").encode())
        os.fsync(file)
    return new


def broken(path: Path) -> Anchor | None:
    """The newest anchor, where the chain no longer has what it says. One query."""
    found, _ = anchors_in(path)
    return found[-1] if found and not chain.stands(found[-1]) else None


def _line_end(path: Path) -> str:
    """A new line where a stopped machine left half a line."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 1))
        return "" if file.read(1) in {b"", b"\n"} else "\n"


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        if new:
            folder = os.open(path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        yield file
    finally:
        os.close(file)
