"""Is the note whole? Every part it needs is written and signed, and every co-signature stands."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class PartState:
    """How far one part is. ``key``: a shared section, or 'm' and the client's id; ``cosign``: '' none needed, open, done."""

    key: str
    written: bool
    signed: bool
    cosign: str = ""


@dataclass(frozen=True)
class NoteState:
    """Which parts are to write, to sign and to co-sign, by key."""

    to_write: tuple[str, ...]
    to_sign: tuple[str, ...]
    to_cosign: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not (self.to_write or self.to_sign or self.to_cosign)


def missing(shared: Iterable[str], there: Collection[int], parts: Iterable[PartState]) -> NoteState:
    """What the note of a session still needs: its shared sections, and an own part for everyone who was there.

    A part of someone who was not there is not needed, but where it was written it must be signed. With nobody there, no
    shared section is needed either: there was no session to write about.
    """
    known = {part.key: part for part in parts}
    wanted = [*shared, *(f"m{client_id}" for client_id in there)] if there else []
    written = [key for key, part in known.items() if part.written]
    return NoteState(
        to_write=tuple(key for key in wanted if key not in written),
        to_sign=tuple(key for key in written if not known[key].signed),
        to_cosign=tuple(key for key in written if known[key].cosign == "open"),
    )
