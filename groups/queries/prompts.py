"""What a member's own part is prompted by: that client's objectives, never a neighbour's words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from chart.queries.plans import objectives_of
from groups.findings import clock
from groups.models import MemberNoteObjective, Part
from programs.contributions import Work

MOST = 300  # characters of a part that are quoted


@dataclass(frozen=True)
class Objective:
    """One objective of a client's plan: its number ('2.1', '' where the plan has moved on), its words, its identity through the
    versions, and whether the part is about it."""

    pk: int
    thread: UUID
    number: str
    words: str
    chosen: bool = False


def objectives(clients: Collection[int], at: datetime) -> Mapping[int, tuple[Objective, ...]]:
    """The open objectives that each client's plan names at an instant; clients without any are left out. Two queries."""
    return {
        client_id: tuple(Objective(each.pk, each.thread, each.number, each.words) for each in lines)
        for client_id, lines in objectives_of(clients, at).items()
    }


def offered(open_ones: Sequence[Objective], part: Part | None) -> tuple[Objective, ...]:
    """The open objectives, those the part names marked, and those it names that are open no longer; of a signed part, what it names.
    ``part`` has its links at hand. No query."""
    links = [] if part is None else list(part.objective_links.all())
    named = {link.objective.thread: link for link in links}
    known = {each.thread for each in open_ones}
    gone = [
        Objective(link.objective_id, thread, "", link.objective.text, chosen=True)
        for thread, link in named.items() if thread not in known
    ]  # fmt: skip
    found = [Objective(each.pk, each.thread, each.number, each.words, each.thread in named) for each in open_ones]
    sealed = part is not None and part.signed_at is not None
    return tuple(each for each in (*found, *gone) if each.chosen or not sealed)


def worked(objective_ids: Collection[int], at: datetime) -> Iterator[Work]:
    """What signed parts of group notes did for objectives. One query."""
    rows = MemberNoteObjective.objects.filter(objective__in=objective_ids, part__signed_at__lte=at)
    for link in rows.select_related("part__session__series", "part__session__site", "part__author"):
        part, session = link.part, link.part.session
        when = clock(session.started_at, session.site.tz)
        assert part.author is not None
        yield Work(
            link.objective_id, session.started_at, "group", f"{session.name}, {when}", part.text[:MOST],
            part.author.signature, reverse("groups:note_pdf", args=[session.pk, part.client_id]),
        )  # fmt: skip
