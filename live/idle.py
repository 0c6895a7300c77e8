"""Is this session locked? It is where somebody locked it, and where nobody touched a page for too long. The server's own word."""

from collections.abc import Mapping
from typing import Any

LOCKED, SEEN, MINUTES = "locked", "seen", "idle"
"""In a session: it was locked; the second (Unix) of its last act; how many idle minutes lock it."""

HANDED_OVER = "handed_over"
"""In a session: the tablet is in a client's hands and locked to one form. No live page is let in (chart/views/handovers.py)."""

SLACK = 75
"""Seconds on top: the last act is written at most once a minute, and the page (which locks itself in time) sends its word late."""


def is_locked(session: Mapping[str, Any], at: float) -> bool:
    """True where ``session`` (a session's data) is locked at ``at`` (seconds, Unix).

    One whose tablet is in a client's hands is locked to one form already, and has its own PIN to come back.
    """
    if HANDED_OVER in session:
        return False
    if LOCKED in session:
        return True
    seen, minutes = session.get(SEEN), session.get(MINUTES)
    return seen is not None and minutes is not None and at - seen > minutes * 60 + SLACK
