"""Field encryption of what only few may read: AES-256-GCM, under a key that stands in a file and never in the database.

The file (``COUNSELING_KEYS_FILE``) has a key on each line: the first seals, all of them open. It is read at each use, so that a
rotation (``manage.py rotate_counseling_key``) counts at once in every process. Each row has a key of its own, derived from the master
key and the row's ``uid``; what the row says besides its words is associated data: the words open in that row alone, unchanged.
"""

import base64
import binascii
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.crypto import salted_hmac

FORM = b"\x01"  # how what follows is built: nonce, then ciphertext with its tag
NONCE = 12


class NoKey(Exception):
    """There is no key to seal with, or not the one that opens this; the sentence says whom to ask."""


class Unreadable(Exception):
    """The words were altered, or moved from another row."""


@dataclass(frozen=True)
class Key:
    """32 random bytes. ``id`` names it without telling it."""

    value: bytes = field(repr=False)

    @classmethod
    def read(cls, text: str) -> "Key":
        """From Base64. Raises NoKey."""
        try:
            value = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            value = b""
        if len(value) != 32:
            raise NoKey("A line of the key file of counseling notes is no key. Ask whoever runs the server.")
        return cls(value)

    @property
    def id(self) -> str:
        """Eight hex digits."""
        return hashlib.sha256(b"stepwell counseling key id" + self.value).hexdigest()[:8]

    def of_row(self, uid: UUID) -> AESGCM:
        """The key of one row."""
        return AESGCM(HKDF(SHA256(), 32, uid.bytes, b"stepwell counseling note").derive(self.value))


class Secret:
    """Words on their way to be sealed. Neither their text nor their picture shows them: the text is a keyed hash, the same for the
    same words, so that a request that comes again is known by it (``audit.actions.fingerprint``)."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value

    def __str__(self) -> str:
        return salted_hmac("stepwell.counseling.words", self.value, algorithm="sha256").hexdigest()

    def __repr__(self) -> str:
        return "Secret(...)"


def seal(words: Secret, uid: UUID, bound: Mapping[str, object]) -> tuple[str, bytes]:
    """The id of the key and the words under it, for this row. Raises NoKey."""
    key, nonce = keys()[0], os.urandom(NONCE)
    return key.id, FORM + nonce + key.of_row(uid).encrypt(nonce, words.value.encode(), _aad(key.id, uid, bound))


def unseal(key_id: str, sealed: bytes, uid: UUID, bound: Mapping[str, object]) -> Secret:
    """The words of this row. Raises NoKey, Unreadable."""
    key = next((each for each in keys() if each.id == key_id), None)
    if key is None:
        raise NoKey(f"The key {key_id} of this counseling note is not on this server. Ask whoever runs it.")
    form, nonce, rest = sealed[:1], sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
    try:
        if form != FORM or len(nonce) != NONCE:
            raise InvalidTag
        return Secret(key.of_row(uid).decrypt(nonce, rest, _aad(key_id, uid, bound)).decode())
    except InvalidTag:
        raise Unreadable("This note is not as it was written: it was altered or moved in the database.") from None


def keys() -> tuple[Key, ...]:
    """The keys of the file, the one that seals first. In the demonstration and in tests a missing file is made. Raises NoKey."""
    path: Path = settings.COUNSELING_KEYS_FILE
    if settings.COUNSELING_KEYS_MADE and not path.exists():
        with _alone(path):
            if not path.exists():
                _write(path, [_fresh()])
    try:
        found = tuple(Key.read(line) for line in path.read_text().split())
    except OSError:
        found = ()
    if not found:
        raise NoKey("This server has no key for counseling notes yet. Ask whoever runs it (COUNSELING_KEYS_FILE).")
    return found


def add_key() -> Key:
    """A new key, first in the file (made where there is none); the others stay and open what they sealed."""
    path: Path = settings.COUNSELING_KEYS_FILE
    with _alone(path):
        old = path.read_text().split() if path.exists() else []
        _write(path, [_fresh(), *old])
    return keys()[0]


def drop_keys(ids: set[str]) -> None:
    """Take keys out of the file, never the one that seals. A backup that was made before them is not opened without them."""
    path: Path = settings.COUNSELING_KEYS_FILE
    with _alone(path):
        first, *rest = path.read_text().split()
        _write(path, [first, *(line for line in rest if Key.read(line).id not in ids)])


def _aad(key_id: str, uid: UUID, bound: Mapping[str, object]) -> bytes:
    return json.dumps({**bound, "key": key_id, "uid": str(uid)}, sort_keys=True, default=str).encode()


def _fresh() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time changes the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.with_name(f"{path.name}.lock"), "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _write(path: Path, lines: list[str]) -> None:
    """Whole or not at all, and never readable by others."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
