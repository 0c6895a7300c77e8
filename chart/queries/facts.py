"""The facts of a chart: allergies, diagnoses, contacts, team, ways to reach the client, safety plan, screens and belongings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from chart.models import (
    Allergy,
    Belonging,
    Contact,
    Diagnosis,
    NoKnownAllergies,
    SafeChannel,
    Task,
    TeamMember,
)
from chart.queries.safety import Version, versions
from chart.queries.screens import ScreenLine, screens
from programs.models import Client
from programs.people import ids_of

SHOWN = 5  # screens on the page of facts; the log has them all


@dataclass(frozen=True)
class Facts:
    """What the page of facts shows, as it is known at an instant. ``channels`` is the newest word on each way of reaching them; a way
    that was not asked is missing. ``ended`` are allergies that no longer count, newest first."""

    allergies: Sequence[Allergy]
    ended: Sequence[Allergy]
    none_known: NoKnownAllergies | None
    diagnoses: Sequence[Diagnosis]
    contacts: Sequence[Contact]
    team: Sequence[TeamMember]
    channels: Sequence[SafeChannel]
    plan: Version | None
    safety_task: Task | None
    screens: Sequence[ScreenLine]
    more_screens: int
    kept: int
    left: int

    @property
    def not_asked(self) -> tuple[str, ...]:
        """The ways of reaching them that nobody asked about."""
        said = {each.way for each in self.channels}
        return tuple(str(way.label) for way in SafeChannel.Way if way.value not in said)


def facts(client: Client, at: datetime) -> Facts:
    """Everything of the page in twelve queries, thirteen with a safety plan's signature, flat in the length of history."""
    ids = ids_of(client)
    mine = {"client__in": ids}
    allergies = list(
        Allergy.objects.filter(noted_at__lte=at, **mine)
        .select_related("noted_by", "ended_by")
        .order_by("substance", "pk")
    )
    held = [each for each in allergies if each.ended_at is None or each.ended_at > at]
    shown, more = screens(ids, at, most=SHOWN)
    kept, left = counts(ids)
    newest = versions(ids, most=1)
    return Facts(
        allergies=held,
        ended=sorted((each for each in allergies if each not in held), key=lambda each: each.noted_at, reverse=True),
        none_known=NoKnownAllergies.objects.current(at).filter(**mine).select_related("by").first(),
        diagnoses=diagnoses_of(ids),
        contacts=list(Contact.objects.current(at).filter(**mine).order_by("-emergency", "name", "pk")),
        team=team_of(ids, at),
        channels=list(SafeChannel.objects.filter(**mine).select_related("by").order_by("way", "-pk").distinct("way")),
        plan=newest[0] if newest else None,
        safety_task=Task.objects.filter(client__in=ids, done_at=None, kind__contains="safety")
        .order_by("due_at")
        .first(),
        screens=shown,
        more_screens=more,
        kept=kept,
        left=left,
    )


def diagnoses_of(client_ids: Sequence[int]) -> list[Diagnosis]:
    """The diagnoses that count, in their order, resolved ones last. One query."""
    rows = Diagnosis.objects.filter(client__in=client_ids, corrected_by=None).exclude(kind=Diagnosis.Kind.MISTAKE)
    order = list(Diagnosis.Kind.values)
    resolved = Diagnosis.Kind.RESOLVED
    found = list(rows.select_related("by", "corrects").order_by("place", "at", "pk"))
    return sorted(found, key=lambda row: (row.kind == resolved, row.kind != order[0], row.place))


def team_of(client_ids: Sequence[int], at: datetime) -> list[TeamMember]:
    """Who is on the care team, the primary counsellor first. One query."""
    order = list(TeamMember.Part.values)
    rows = TeamMember.objects.current(at).filter(client__in=client_ids).select_related("person")
    return sorted(rows, key=lambda row: (order.index(row.part), row.person.name))


def counts(client_ids: Sequence[int]) -> tuple[int, int]:
    """How many things are kept, and how many left. One query."""
    rows = Belonging.objects.filter(client__in=client_ids, corrected_by=None)
    found = rows.aggregate(kept=Count("pk", filter=Q(end=None)), left=Count("pk", filter=~Q(end=None)))
    return found["kept"], found["left"]
