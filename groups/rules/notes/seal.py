"""The hash that seals a part (``audit.rules.seal``)."""

from audit.rules.seal import digest as sealed
from audit.rules.seal import plain

__all__ = ["digest", "plain"]


def digest(session_id: int, section: str, client_id: int | None, text: str) -> str:
    """SHA-256 (hex) of a part: which session, which section, about whom, and its words."""
    return sealed([session_id, section, client_id, text])
