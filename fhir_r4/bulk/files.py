"""A file that is there whole or not at all: written beside its place as ``.part``, hashed as it goes, then renamed."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self


class Lines:
    """NDJSON: one JSON object a line, UTF-8. Nothing is kept in memory. Used as a context; an exception leaves the ``.part`` behind."""

    def __init__(self, path: Path) -> None:
        self.path, self.part = path, path.with_name(f"{path.name}.part")
        self.count, self.size, self._hash = 0, 0, hashlib.sha256()
        self.part.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.part.open("wb")

    def write(self, row: Mapping[str, Any] | str) -> None:
        """One line; a text is JSON already."""
        words = row if isinstance(row, str) else json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        line = words.encode() + b"\n"
        self._file.write(line)
        self._hash.update(line)
        self.count += 1
        self.size += len(line)

    def done(self) -> dict[str, Any]:
        """Put the file in its place; its line of the manifest."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.part.replace(self.path)
        return {"count": self.count, "bytes": self.size, "sha256": self._hash.hexdigest()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if not self._file.closed:
            self._file.close()


def whole(path: Path, words: str) -> dict[str, Any]:
    """A small text file, whole or not at all; its line of the manifest."""
    content = words.encode()
    part = path.with_name(f"{path.name}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
