"""How a client's own record changed, from its history."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from programs.models import Client

LABELS = {
    "first_name": "Legal first name", "last_name": "Last name", "preferred_name": "Preferred name", "pronouns": "Pronouns",
    "born_on": "Birth date", "clinical_sex": "Sex for clinical use", "housing_preference": "Rooms", "language": "Language",
    "interpreter": "Interpreter",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One field that changed: from what to what, in words; ``at`` is an aware instant, ``by`` '' where nobody is named."""

    at: datetime
    by: str
    label: str
    before: str
    now: str
    why: str


def changes(client: Client) -> list[Change]:
    """Every change, newest first. One query."""
    rows = list(client.history.select_related("history_user").order_by("history_id"))
    found = []
    for old, new in pairwise(rows):
        by = new.history_user.signature if new.history_user else ""
        for field, label in LABELS.items():
            if getattr(old, field) != getattr(new, field):
                before, now = _said(old, field), _said(new, field)
                found.append(Change(new.history_date, by, label, before, now, new.history_change_reason or ""))
    return found[::-1]


def _said(row: object, field: str) -> str:
    display = getattr(row, f"get_{field}_display", None)
    value = display() if display else getattr(row, field)
    if isinstance(value, bool):
        return "needed" if value else "not needed"
    return f"{value:%-d %b %Y}" if field == "born_on" else str(value) or "none"
