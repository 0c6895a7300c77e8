"""What the groups room adds to a person's task list: notes of their sessions to write, to sign and to co-sign."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from groups.queries.queue import queue
from programs.contributions import Waiting
from programs.models import Site
from staff.models import Person
from staff.rules.capabilities import Capability

PILES = (
    ("to_write", "Note to write", "Write"),
    ("to_sign", "Part to sign", "Sign"),
    ("to_cosign", "Part to co-sign", "Co-sign"),
)
WHY = "A session's note is due by the rule pack of its site or program (Groups)"


def waiting(site_id: int, person_id: int, at: datetime) -> Iterator[Waiting]:
    """Their own alone, the soonest due first. Seven queries at most."""
    found = queue(Person.objects.get(pk=person_id), Site.objects.get(pk=site_id), at)
    for pile, title, act in PILES:
        for line in getattr(found, pile):
            count = "" if line.count == 1 else f" · {line.count} parts"
            yield Waiting(
                "group", None, "", f"{title}: {line.name}", f"{line.when}{count}", line.due_at, line.late, urgent=False,
                capability=Capability.RUN_GROUPS.value, url=reverse("groups:session", args=[line.session_id]), act=act,
                mine=person_id, why=WHY,
            )  # fmt: skip
