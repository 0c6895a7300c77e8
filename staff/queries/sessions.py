"""Where is somebody signed in?"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from staff.models import SignedIn


@dataclass(frozen=True)
class Open:
    """One session: ``device`` and ``site`` in words, ``begun_at`` and ``seen_at`` UTC, ``this`` the one that asks."""

    number: UUID
    device: str
    site: str
    begun_at: datetime | None
    seen_at: datetime | None
    this: bool


def sessions_of(person_id: int, at: datetime, this: str | None = None) -> list[Open]:
    """The sessions of a person, the one that asks (its ``number``) first, then the newest. One query."""
    rows = SignedIn.objects.filter(person_id=person_id, expire_date__gt=at, number__isnull=False).select_related("site")
    found = [
        Open(row.number, row.device, row.site.name if row.site else "", row.begun_at, row.seen_at, str(row.number) == this)
        for row in rows.order_by("-seen_at", "number")
        if row.number is not None
    ]  # fmt: skip
    return sorted(found, key=lambda each: not each.this)
