"""What the levels room says at the top of a chart: when the next review is due."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from asam.queries.reviews import next_reviews
from programs.models import Client, Placement
from programs.standing import Now
from staff.rules.capabilities import Capability


def standing(client: Client, placement: Placement, at: datetime) -> Iterator[Now]:
    """One line: the next level-of-care review. One query."""
    due = next_reviews([placement.episode_id], at).get(placement.episode_id)
    if due is None:
        return
    days = (due - at.astimezone(placement.program.site.tz).date()).days
    tone = "late" if days <= 0 else ""
    said = {0: "today", 1: "tomorrow"}.get(days, f"{due:%a %-d %b}") if days >= 0 else f"{-days} d overdue"
    address = reverse("asam:level", args=[placement.episode_id])
    yield Now(30, "signpost", f"Level review {said}", "", tone, address, Capability.SEE_LEVELS)
