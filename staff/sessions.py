"""Django's sessions in a table that knows whose they are (``staff.SignedIn``), so that they can be listed and ended.

What stands in a session beside Django's own keys is named here and in ``live/idle.py``.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as Store

from live.idle import SEEN
from staff.models.sessions import SignedIn

NUMBER, DEVICE, BEGUN, PLACE = "number", "device", "begun", "place"
"""In a session: its name on pages (UUID), the browser in words, the second of sign-in, and the site where it was seen last."""


class SessionStore(Store):
    """The database store; the row says whose session it is, on what, where and when it was seen last."""

    @classmethod
    def get_model_class(cls) -> type[SignedIn]:
        """The table."""
        return SignedIn

    def cycle_key(self) -> None:
        """A new key for the same session, with a new number: for a moment the old row stands beside the new one."""
        if NUMBER in self:
            self[NUMBER] = str(uuid4())
        super().cycle_key()

    def create_model_instance(self, data: dict[str, Any]) -> SignedIn:
        """The row of this session."""
        row: SignedIn = super().create_model_instance(data)  # type: ignore[assignment]
        who = data.get(SESSION_KEY)
        row.person_id = int(who) if who is not None else None
        if who is not None:
            row.number, row.device, row.site_id = data.get(NUMBER), data.get(DEVICE, ""), data.get(PLACE)
            row.begun_at, row.seen_at = _instant(data.get(BEGUN)), _instant(data.get(SEEN))
        return row


def _instant(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, (int, float)) else None
