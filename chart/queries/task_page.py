"""One task with who has had it, and to whom it may be handed."""

from dataclasses import dataclass
from datetime import datetime

from chart.models import Task, TaskHolder
from programs.desk import Desk
from staff.models import Person, RoleAssignment
from staff.rules.capabilities import Capability, roles_with, who_may


@dataclass(frozen=True)
class Held:
    """Somebody had it, from an instant to an instant (None: still); ``by`` who handed it over, '' where they took it."""

    person: str
    by: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class TaskPage:
    """``may``: this person may end it; ``mine``: they have it; ``others``: (key, name) of those it may be handed to."""

    task: Task
    late: bool
    may: bool
    who: str
    mine: bool
    held: tuple[Held, ...]
    others: tuple[tuple[int, str], ...]


def task_page(task: Task, desk: Desk) -> TaskPage:
    """Three queries."""
    capability = Capability(task.capability)
    rows = TaskHolder.objects.filter(task=task).select_related("person", "by").order_by("started_at", "pk")
    held = [
        Held(row.person.signature, "" if row.by_id == row.person_id else row.by.signature, row.started_at, row.ended_at)
        for row in rows
    ]
    holder = next((row.person_id for row in rows if row.ended_at is None), None)
    works = RoleAssignment.objects.filter(
        site=task.site, role__in=list(roles_with(capability)), started_at__lte=desk.now
    )
    people = Person.objects.filter(pk__in=works.exclude(ended_at__lte=desk.now).values("person"), is_active=True)
    others = tuple(
        (each.pk, f"{each.name}, {each.credentials}" if each.credentials else each.name)
        for each in people.order_by("name")
        if each.pk not in {holder, desk.person.pk}
    )
    return TaskPage(
        task,
        task.due_at <= desk.now,
        desk.may(capability),
        who_may(capability),
        holder == desk.person.pk,
        tuple(held),
        others,
    )
