"""What the groups room says at the top of a chart: the hours of this week."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from groups.queries.packs import pack_book
from groups.queries.week import counted, stands, week_of
from programs.models import Client, Placement
from programs.standing import Now
from staff.rules.capabilities import Capability


def standing(client: Client, placement: Placement, at: datetime) -> Iterator[Now]:
    """One line: the minutes of this week against what the program and its packs ask for. Two queries."""
    program = placement.program
    tz = program.site.tz
    week = week_of(at, tz)
    minutes = counted([client.pk], week).get(client.pk)
    found = stands(minutes, program, placement.level, pack_book(program.site_id), at.astimezone(tz).date())
    if found.minimum is None and not found.done:
        return
    title = f"{found} {'of groups ' if found.minimum is None else ''}this week"
    yield Now(50, "clock", title, "", "", reverse("groups:weeks", args=[client.pk]), Capability.SEE_GROUPS)
