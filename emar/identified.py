"""How the person in front of the nurse was identified, and on which tablet.

An identification is kept in the session for a quarter of an hour, for each client.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from emar.rules.administration import Identifier

HOLDS = timedelta(minutes=15)
_SESSION = "emar.identified"
WORDS = {
    Identifier.NAME: "Says the name",
    Identifier.BIRTH_DATE: "Says the birth date",
    Identifier.PHOTO: "Matches a photo ID",
    Identifier.WRISTBAND: "Wristband read by eye",
}
_DONE = {
    Identifier.NAME: "name",
    Identifier.BIRTH_DATE: "birth date",
    Identifier.PHOTO: "photo",
    Identifier.WRISTBAND: "wristband",
}


@dataclass(frozen=True)
class Identified:
    """Who was identified by what, and when."""

    by: tuple[str, ...]
    at: datetime
    band: str = ""  # the code of the wristband that was scanned

    @property
    def said(self) -> str:
        """'Name and birth date checked', 'Wristband scanned'."""
        if self.band:
            return "Wristband scanned"
        return " and ".join(_DONE[Identifier(name)] for name in self.by).capitalize() + " checked"


def enough(by: list[str]) -> bool:
    """Whether these are two identifiers; a wristband counts for two."""
    return sum(Identifier(name).weight for name in set(by)) >= 2


def identified(session: MutableMapping[str, Any], client_id: int, now: datetime) -> Identified | None:
    """What is known of this client from less than a quarter of an hour ago."""
    kept = session.get(_SESSION, {}).get(str(client_id))
    if kept is None:
        return None
    at = datetime.fromisoformat(kept["at"])
    return Identified(tuple(kept["by"]), at, kept.get("band", "")) if at <= now < at + HOLDS else None


def remember(
    session: MutableMapping[str, Any], client_id: int, by: list[str], now: datetime, *, band: str = ""
) -> None:
    """Keep it, ``band`` being the code of a wristband that was scanned; what is too old for any client is dropped."""
    kept = {
        client: was
        for client, was in session.get(_SESSION, {}).items()
        if datetime.fromisoformat(was["at"]) > now - HOLDS
    }
    session[_SESSION] = kept | {str(client_id): {"by": sorted(set(by)), "at": now.isoformat(), "band": band}}


def tablet(session_key: str | None) -> str:
    """A name for the tablet a session is on, the same for all its requests; the session's key cannot be told from it."""
    return f"tablet-{sha256((session_key or '').encode()).hexdigest()[:12]}"
