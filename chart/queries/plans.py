"""Which plan counts, and which objectives are open: what other rooms and pages ask about treatment plans."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from chart.models import Objective, ObjectiveStatus, Plan

OVER = frozenset({ObjectiveStatus.Status.MET, ObjectiveStatus.Status.DROPPED})
REST = OVER | {ObjectiveStatus.Status.DEFERRED}


@dataclass(frozen=True)
class ObjectiveLine:
    """An open objective of the plan that counts: ``number`` is its place ('2.1': problem 2, its first objective), ``thread`` its
    identity through the versions, ``by_date`` when it is to be reached (the site's date)."""

    pk: int
    thread: UUID
    number: str
    words: str
    by_date: date | None


def counting(at: datetime) -> QuerySet[Plan]:
    """The versions that count at an instant: the newest signed one of each episode that lasts. One query."""
    newer = Plan.objects.filter(episode=OuterRef("episode"), signed_at__lte=at, number__gt=OuterRef("number"))
    lasts = Q(episode__ended_at=None) | Q(episode__ended_at__gt=at)
    return Plan.objects.filter(lasts, ~Exists(newer), signed_at__lte=at, episode__started_at__lte=at)


def objectives_of(client_ids: Collection[int], at: datetime) -> Mapping[int, tuple[ObjectiveLine, ...]]:
    """The open objectives of each client's plan that counts, in the order of the plan; clients without any are left out.

    Open: not closed in the version, nor its problem or goal, and newest status not met, dropped or deferred. Two queries.
    """
    rows = list(
        Objective.objects.filter(plan__in=counting(at).filter(episode__client__in=client_ids))
        .annotate(client_id=F("plan__episode__client"))
        .select_related("goal__problem")
        .order_by("goal__problem__rank", "goal__problem", "goal__rank", "goal", "rank", "pk")
    )
    newest = statuses({row.thread for row in rows}, at)
    found: dict[int, list[ObjectiveLine]] = defaultdict(list)
    numbers = numbered(rows)
    for row in rows:
        closed = row.closed_at or row.goal.closed_at or row.goal.problem.closed_at
        status = newest.get(row.thread)
        if closed is None and (status is None or status.status not in REST):
            line = ObjectiveLine(row.pk, row.thread, numbers[row.pk], row.text, row.by_date)
            found[row.client_id].append(line)
    return {client: tuple(lines) for client, lines in found.items()}


def numbered(objectives: Collection[Objective]) -> dict[int, str]:
    """The number of each objective ('2.1') by its pk: the place of its problem and its own within it. They stand in the order of
    the plan and have their goal and its problem at hand. No query."""
    counts: dict[int, int] = defaultdict(int)
    found = {}
    for row in objectives:
        counts[row.goal.problem_id] += 1
        found[row.pk] = f"{row.goal.problem.rank}.{counts[row.goal.problem_id]}"
    return found


def statuses(threads: Collection[UUID], at: datetime) -> dict[UUID, ObjectiveStatus]:
    """The newest status of each objective's thread by then. One query."""
    rows = (
        ObjectiveStatus.objects.filter(objective__thread__in=threads, at__lte=at)
        .annotate(thread=F("objective__thread"))
        .select_related("by")
        .order_by("objective__thread", "-at", "-pk")
        .distinct("objective__thread")
    )
    return {row.thread: row for row in rows}
