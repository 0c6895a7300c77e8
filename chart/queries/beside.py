"""What the chart itself says beside the timeline: what waits, the goals of the plan, the newest handoff, and who is around the client."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, DateTimeField, F, IntegerField, Model, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.urls import reverse

from chart.models import Contact, Goal, Handoff, Task, TeamMember
from chart.queries.plans import counting
from programs.models import Episode
from programs.standing import Now
from programs.together import Asking, asks
from staff.rules.capabilities import Capability

M = TypeVar("M", bound=Model)
MOST = 5  # lines of tasks, and of goals
TOLD = timedelta(days=3)  # how long a handoff is news
TASK, GOAL, HANDOFF, TEAM, CONTACT = range(5)
Row = tuple[int, int, str, str, str, datetime | None, bool]  # which, its place, three texts, an instant, a flag
NOTHING, NO = Value(""), Value(value=False, output_field=BooleanField())
FIRST = Value(0, output_field=IntegerField())
NEVER = Cast(Value(None), DateTimeField())


@dataclass(frozen=True)
class Near:
    """A member of the team (``phone`` '' and ``emergency`` False), or a person outside."""

    name: str
    part: str
    phone: str
    emergency: bool
    ours: bool


@dataclass(frozen=True)
class Beside:
    """``now`` are the lines of what is open, ``people`` the team in the order of its parts, then contacts, emergencies first."""

    now: tuple[Now, ...]
    people: tuple[Near, ...]


@asks
def beside(client_ids: Sequence[int], episode: Episode | None, at: datetime, tz: ZoneInfo) -> Asking[Beside]:
    """Everything at an instant, on the clock of ``tz``. One query."""
    parts: list[Any] = [_team(client_ids, at), _contacts(client_ids, at)]
    if episode is not None:
        parts += [_tasks(episode, at), _goals(episode, at), _handoff(client_ids[0], at)]
    found: list[Row]
    (found,) = yield (parts[0].union(*parts[1:], all=True),)
    rows = sorted(found, key=lambda row: (row[0], row[1], not row[6], row[5] or at))
    return Beside(tuple(_now(rows, client_ids[0], at, tz)), tuple(_people(rows)))


def people(client_ids: Sequence[int], at: datetime) -> tuple[Near, ...]:
    """The team and the contacts. One query."""
    return tuple(_people(list(_team(client_ids, at).union(_contacts(client_ids, at), all=True))))


def _now(rows: Sequence[Row], client_id: int, at: datetime, tz: ZoneInfo) -> Iterator[Now]:
    chart, plan = (reverse(name, args=[client_id]) for name in ("chart:chart", "chart:plan"))
    for which, _, title, line, _, when, urgent in rows:
        if which == TASK and when is not None:
            late = when <= at
            due = f"{'was due' if late else 'due'} {when.astimezone(tz):%a %-d %b, %H:%M}"
            tone = "stop" if urgent else "late" if late else ""
            words = f"{line} · {due}" if line else due
            icon = "siren" if urgent else "list-checks"
            yield Now(0 if urgent else 10, icon, title, words, tone, chart, Capability.OPEN_CHART)
        elif which == HANDOFF and title and when is not None:
            said = f"Handoff of {when.astimezone(tz):%a %H:%M}"
            yield Now(20, "message-square-quote", said, title, "", chart, Capability.OPEN_CHART)
        elif which == GOAL:
            yield Now(60, "target", title, "A goal of the plan", "", plan, Capability.OPEN_CHART)


def _people(rows: Sequence[Row]) -> Iterator[Near]:
    order = list(TeamMember.Part.values)
    team = sorted((row for row in rows if row[0] == TEAM), key=lambda row: (order.index(row[3]), row[2]))
    outside = sorted((row for row in rows if row[0] == CONTACT), key=lambda row: (not row[6], row[2]))
    yield from (Near(name, TeamMember.Part(part).label, "", False, True) for _, _, name, part, *_ in team)
    yield from (Near(name, part, phone, flag, False) for _, _, name, part, phone, _, flag in outside)


def _row(rows: QuerySet[M], which: int, place: Combinable, *columns: Combinable) -> QuerySet[M, Row]:
    """The rows in columns that can stand in one statement with those of the others."""
    texts = [Cast(each, TextField()) for each in columns[:3]]
    found: QuerySet[M, Row] = rows.values_list(
        Value(which, output_field=IntegerField()), Cast(place, IntegerField()), *texts, *columns[3:]
    )
    return found


def _tasks(episode: Episode, at: datetime) -> QuerySet[Task, Row]:
    rows = Task.objects.filter(episode=episode, raised_at__lte=at, done_at=None).order_by("-urgent", "due_at", "pk")
    return _row(rows, TASK, FIRST, F("title"), F("line"), NOTHING, F("due_at"), F("urgent"))[:MOST]


def _goals(episode: Episode, at: datetime) -> QuerySet[Goal, Row]:
    plans = counting(at).filter(episode=episode)
    rows = Goal.objects.filter(plan__in=plans, closed_at=None, problem__closed_at=None)
    rows = rows.order_by("problem__rank", "problem", "rank", "pk")
    return _row(rows, GOAL, F("problem__rank") * 100 + F("rank"), F("text"), NOTHING, NOTHING, NEVER, NO)[:MOST]


def _handoff(client_id: int, at: datetime) -> QuerySet[Handoff, Row]:
    rows = Handoff.objects.filter(
        given_at__gt=at - TOLD, given_at__lte=at, **{f"content__clients__{client_id}__isnull": False}
    ).order_by("-given_at")  # fmt: skip
    return _row(
        rows, HANDOFF, FIRST, KT(f"content__clients__{client_id}__summary"), NOTHING, NOTHING, F("given_at"), NO
    )[:1]


def _team(client_ids: Sequence[int], at: datetime) -> QuerySet[TeamMember, Row]:
    rows = TeamMember.objects.current(at).filter(client__in=client_ids).order_by()
    return _row(rows, TEAM, FIRST, F("person__name"), F("part"), NOTHING, NEVER, NO)


def _contacts(client_ids: Sequence[int], at: datetime) -> QuerySet[Contact, Row]:
    rows = Contact.objects.current(at).filter(client__in=client_ids).order_by()
    return _row(rows, CONTACT, FIRST, F("name"), F("relation"), F("phone"), NEVER, F("emergency"))
