"""What the groups room says at the top of a chart: the hours of this week."""

from datetime import datetime

from django.urls import reverse

from groups.queries.packs import book_of, packs_at
from groups.queries.week import counted, stands, week_of
from programs.models import Client, Placement
from programs.standing import Now
from programs.together import Asking, asks
from staff.rules.capabilities import Capability


@asks
def standing(client: Client, placement: Placement, at: datetime) -> Asking[list[Now]]:
    """One line: the minutes of this week against what the program and its packs ask for. Two queries."""
    program = placement.program
    tz = program.site.tz
    week = week_of(at, tz)
    minutes = counted([client.pk], week).get(client.pk)
    (packs,) = yield (packs_at(program.site_id),)
    found = stands(minutes, program, placement.level, book_of(packs), at.astimezone(tz).date())
    if found.minimum is None and not found.done:
        return []
    title = f"{found} {'of groups ' if found.minimum is None else ''}this week"
    return [Now(50, "clock", title, "", "", reverse("groups:weeks", args=[client.pk]), Capability.SEE_GROUPS)]
