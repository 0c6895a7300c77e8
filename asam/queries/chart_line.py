"""What the levels room says at the top of a chart: when the next review is due."""

from datetime import datetime

from django.urls import reverse

from asam.queries.due import current_placements
from asam.queries.reviews import review_dates
from programs.models import Client, Placement
from programs.standing import Now
from programs.together import Asking, asks
from staff.rules.capabilities import Capability


@asks
def standing(client: Client, placement: Placement, at: datetime) -> Asking[list[Now]]:
    """One line: the next level-of-care review. One query."""
    (placed,) = yield (current_placements(at).filter(episode=placement.episode_id),)
    due = review_dates(placed, at).get(placement.episode_id)
    if due is None:
        return []
    days = (due - at.astimezone(placement.program.site.tz).date()).days
    tone = "late" if days <= 0 else ""
    said = {0: "today", 1: "tomorrow"}.get(days, f"{due:%a %-d %b}") if days >= 0 else f"{-days} d overdue"
    address = reverse("asam:level", args=[placement.episode_id])
    return [Now(30, "signpost", f"Level review {said}", "", tone, address, Capability.SEE_LEVELS)]
