"""An encrypted file in pieces, so that a backup of any size is written and read as a stream.

    magic, length and text of the header (JSON), then pieces: length, AES-256-GCM of (kind, content)

The key of a file comes from the master key and the file's own salt (HKDF-SHA-256), so a counter is a safe nonce; the nonce also says
which piece is the last. The header's hash stands beside every piece (associated data). So a piece that is changed, missing, moved, cut off
or added, a changed header, and another file's piece are all refused.
"""

import base64
import binascii
import hashlib
import json
import os
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"STEPWELL BACKUP\n"
VERSION = 1
PIECE = 1024 * 1024  # bytes of content in one piece
LONGEST_HEADER = 64 * 1024
TAG = 16
DATA, FACTS = b"d", b"f"  # kinds of a piece: the dump, and what is known of it (JSON)


class BadFile(Exception):
    """The file is not what was written, or the key is not the one it was written with; the sentence says what to do."""


@dataclass(frozen=True)
class Key:
    """A master key of 32 random bytes. ``id`` names it without telling it."""

    value: bytes

    @classmethod
    def read(cls, text: str) -> "Key":
        """From Base64 (as ``new`` gives it). Raises ValueError."""
        try:
            value = base64.b64decode(text.strip(), validate=True)
        except (binascii.Error, ValueError):
            value = b""
        if len(value) != 32:
            raise ValueError("A backup key is 32 random bytes in Base64. Make one with: manage.py backup --new-key")
        return cls(value)

    @classmethod
    def new(cls) -> str:
        """A fresh key as text."""
        return base64.b64encode(os.urandom(32)).decode()

    @property
    def id(self) -> str:
        """Eight hex digits."""
        return hashlib.sha256(b"stepwell backup key id" + self.value).hexdigest()[:8]

    def of_file(self, salt: bytes) -> AESGCM:
        """The key of one file."""
        return AESGCM(HKDF(SHA256(), 32, salt, b"stepwell backup file").derive(self.value))


class Writer:
    """Writes pieces to an open file; without ``close`` the file is not whole, and a reader refuses it."""

    def __init__(self, file: BinaryIO, key: Key, said: Mapping[str, object]) -> None:
        """``said`` stands in the header, readable by anyone: nothing about people."""
        salt = os.urandom(16)
        header = {**said, "version": VERSION, "key": key.id, "salt": salt.hex()}
        text = json.dumps(header, sort_keys=True).encode()
        self._file, self._cipher, self._bound = file, key.of_file(salt), hashlib.sha256(text).digest()
        self._count, self._held = 0, b""
        file.write(MAGIC + struct.pack(">I", len(text)) + text)

    def facts(self, facts: Mapping[str, object]) -> None:
        """What is known of the content, in pieces of their own."""
        self._flush()
        text = json.dumps(facts).encode()
        for start in range(0, len(text), PIECE):
            self._piece(FACTS + text[start : start + PIECE], last=False)

    def write(self, content: bytes) -> None:
        """More of the content."""
        self._held += content
        while len(self._held) >= PIECE:
            self._piece(DATA + self._held[:PIECE], last=False)
            self._held = self._held[PIECE:]

    def close(self) -> None:
        """The last piece."""
        self._piece(DATA + self._held, last=True)
        self._held = b""

    def _flush(self) -> None:
        if self._held:
            self._piece(DATA + self._held, last=False)
            self._held = b""

    def _piece(self, content: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._count, last=last), content, self._bound)
        self._file.write(struct.pack(">I", len(sealed)) + sealed)
        self._count += 1


def header_of(file: BinaryIO) -> tuple[dict[str, object], bytes]:
    """The header of a file that stands at its beginning, and its hash. Not proven until a piece was read. Raises BadFile."""
    if file.read(len(MAGIC)) != MAGIC:
        raise BadFile("This is not a backup of Stepwell.")
    length = _length(file, LONGEST_HEADER)
    text = file.read(length)
    try:
        header = json.loads(text)
        wrong = len(text) != length or not isinstance(header, dict) or header.get("version") != VERSION
    except ValueError:
        wrong, header = True, {}
    if wrong:
        raise BadFile("The beginning of this backup was altered, or a newer Stepwell wrote it.")
    return header, hashlib.sha256(text).digest()


def read(file: BinaryIO, key: Key) -> Iterator[tuple[bytes, bytes]]:
    """The pieces of a file as (kind, content), each proven before it is given. Raises BadFile, also at the end where it is not whole:
    nothing of it counts before the last piece was met."""
    header, bound = header_of(file)
    if header.get("key") != key.id:
        raise BadFile(
            f"This backup was written with the key {header.get('key')}; the key given is {key.id}. Give the other one."
        )
    try:
        cipher = key.of_file(bytes.fromhex(str(header.get("salt"))))
    except ValueError:
        raise BadFile("The beginning of this backup was altered.") from None
    number, last = 0, False
    while not last:
        length = _length(file, PIECE + 1 + TAG)
        sealed = file.read(length)
        if len(sealed) != length:
            raise BadFile("This backup is cut off: its end is missing. Use another one.")
        content, last = _open(cipher, number, sealed, bound)
        yield content[:1], content[1:]
        number += 1
    if file.read(1):
        raise BadFile("Something was added behind the end of this backup. Use another one.")


def _open(cipher: AESGCM, number: int, sealed: bytes, bound: bytes) -> tuple[bytes, bool]:
    for last in (False, True):
        try:
            return cipher.decrypt(_nonce(number, last=last), sealed, bound), last
        except InvalidTag:
            continue
    raise BadFile(f"This backup was altered (piece {number + 1}), or the key is not its own. Use another one.")


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">3xQ?", number, last)


def _length(file: BinaryIO, longest: int) -> int:
    found = file.read(4)
    if len(found) != 4:
        raise BadFile("This backup is cut off: its end is missing. Use another one.")
    (length,) = struct.unpack(">I", found)
    if not TAG < length <= longest:
        raise BadFile("This backup was altered: a length in it cannot be. Use another one.")
    return int(length)
