"""Raise a task, take it, hand it on, and say how it ended."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, models

from audit import trail
from audit.actions import action
from audit.rules.findings import Refused, stop
from chart.models import Task, TaskHolder
from live.actions import publish, publish_after
from privacy.models import EmergencyCall
from programs.models import Placement
from programs.placed import last, told
from programs.topics import tasks_topic
from staff.access import may, require
from staff.models import Person
from staff.rules.capabilities import Capability, who_may

LONGEST_OUTCOME = 300  # characters


def subject_of(subject: models.Model | None) -> tuple[str, int]:
    """A row as a task names it: its label and key; ('', 0) for none."""
    return ("", 0) if subject is None else (subject._meta.label, subject.pk)


def raise_task(
    *,
    episode_id: int,
    kind: str,
    title: str,
    due_at: datetime,
    at: datetime,
    capability: Capability,
    by: Person | None = None,
    line: str = "",
    urgent: bool = False,
    subject: models.Model | None = None,
    placement: Placement | None = None,
) -> Task:
    """Put a task on the list of the site of the newest placement; for use inside another action's transaction.

    A task of this kind about this subject that the episode still has open is answered instead, so a retry raises one.
    ``placement``: the newest, where it is known.
    ``due_at`` may lie in the past: then it is late at once. Raises Refused for an episode that was never in a program.
    """
    placement = placement or last(episode_id, at)
    if placement is None:
        raise Refused(stop("programs.not_placed", "This client was never in a program, so nothing waits for them."))
    about, key = subject_of(subject)
    same = {"episode_id": episode_id, "kind": kind, "subject_kind": about, "subject_id": key, "done_at": None}
    task = Task(
        **same, client=placement.episode.client, site=placement.program.site, title=title[:120], line=line[:300],
        due_at=due_at, urgent=urgent, capability=capability.value, raised_at=at, raised_by=by,
    )  # fmt: skip
    if not _inserted(task):
        return Task.objects.get(**same)
    if by is not None:
        trail.record(
            "tasks.raise", by=by, at=at, subject=task, site_id=task.site_id, client_id=task.client_id,
            summary=f"Task raised: {_named(task)}",
        )  # fmt: skip
    _announce_after({task.site_id})
    return task


def close_for(subject: models.Model, kind: str, by: Person, at: datetime, outcome: str) -> int:
    """End every open task of a kind about a subject, because the thing was done; for use inside another action.

    Answers how many ended. Needs no capability of its own: the act that did the thing asked for it.
    """
    about, key = subject_of(subject)
    found = (
        Task.objects.select_for_update(of=("self",))
        .select_related("client")
        .filter(kind=kind, subject_kind=about, subject_id=key, done_at=None)
    )
    tasks = list(found.order_by("pk"))
    for task in tasks:
        _end(task, by, at, outcome)
    _announce_after({task.site_id for task in tasks})
    return len(tasks)


def _inserted(task: Task) -> bool:
    """Insert a task; False where the same one is open. One statement, and no savepoint: two who raise it at once wait for each other."""
    fields = [each for each in Task._meta.concrete_fields if not each.primary_key]
    names = ", ".join(connection.ops.quote_name(each.column) for each in fields)
    values = [each.get_db_prep_save(each.pre_save(task, True), connection) for each in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO chart_task ({names}) VALUES ({', '.join(['%s'] * len(fields))}) "  # noqa: S608 - names of columns
            "ON CONFLICT (episode_id, kind, subject_kind, subject_id) WHERE done_at IS NULL DO NOTHING RETURNING id",
            values,
        )
        row = cursor.fetchone()
    if row is None:
        return False
    task.pk, task._state.adding = row[0], False
    return True


@action("tasks.finish")
def finish_task(*, by: Person, at: datetime, task_id: int, outcome: str, key: UUID | None = None) -> Task:
    """Say how a task ended. It is done once: the second person is told who did it, and when.

    Raises Refused (``task.done``, ``task.no_outcome``, ``task.long``, ``task.emergency``), NotAllowed, Task.DoesNotExist.
    """
    task = _locked(task_id)
    require(by, Capability(task.capability), task.site_id, at)
    _refuse_done(task, at)
    _refuse_incomplete(task)
    if not outcome.strip():
        raise Refused(stop("task.no_outcome", "Say how it ended: what was done, or why it is not needed any more."))
    if len(outcome.strip()) > LONGEST_OUTCOME or "\x00" in outcome:
        sentence = f"An outcome has at most {LONGEST_OUTCOME} plain characters. Write more as a note in the chart."
        raise Refused(stop("task.long", sentence))

    _end(task, by, at, outcome.strip())
    publish({tasks_topic(task.site_id): []})
    return task


def _refuse_incomplete(task: Task) -> None:
    """What was told in an emergency has its facts first, or is an incident of privacy (42 CFR 2.51(c))."""
    if task.kind != "emergency":
        return
    if EmergencyCall.objects.filter(pk=task.subject_id, disclosure=None, incident=None).exists():
        sentence = "Its facts are not whole. Complete them under Papers, Emergency; the task ends with that."
        raise Refused(stop("task.emergency", sentence))


@action("tasks.take")
def take_task(*, by: Person, at: datetime, task_id: int, key: UUID | None = None) -> Task:
    """Make a task one's own; whoever had it has it no longer. Raises Refused ``task.done``, ``task.mine``, NotAllowed."""
    return _give(task_id, by, by, at)


@action("tasks.hand_on")
def hand_on_task(*, by: Person, at: datetime, task_id: int, to_id: int, key: UUID | None = None) -> Task:
    """Hand a task to a person who may do it at its site. Raises Refused ``task.done``, ``task.cannot``, NotAllowed."""
    to = Person.objects.filter(pk=to_id, is_active=True).first()
    if to is None:
        raise Refused(stop("staff.nobody", "There is no such person. Reload the page and choose again."))
    return _give(task_id, by, to, at)


def _give(task_id: int, by: Person, to: Person, at: datetime) -> Task:
    task = _locked(task_id)
    capability = Capability(task.capability)
    require(by, capability, task.site_id, at)
    _refuse_done(task, at)
    if to.pk != by.pk and not may(to, capability, task.site_id, at):
        sentence = f"{to.signature} may not {capability.label} here. Hand it to {who_may(capability)}."
        raise Refused(stop("task.cannot", sentence))
    held = TaskHolder.objects.current(at).filter(task=task).select_related("person").first()
    if held is not None and held.person_id == to.pk:
        whose = "You have" if to.pk == by.pk else f"{to.signature} has"
        raise Refused(stop("task.mine", f"{whose} this task already."))
    if held is not None and held.started_at >= at:
        raise Refused(
            stop("time.not_later", "This task changed hands at this very moment. Wait a moment and try again.")
        )

    if held is not None:
        held.ended_at = at
        held.save(update_fields=["ended_at"])
    TaskHolder.objects.create(task=task, person=to, by=by, started_at=at)
    words = "taken" if to.pk == by.pk else f"handed to {to.signature}"
    trail.record(
        "tasks.take" if to.pk == by.pk else "tasks.hand_on", by=by, at=at, subject=task, site_id=task.site_id,
        client_id=task.client_id, summary=f"Task {words}: {_named(task)}",
    )  # fmt: skip

    publish({tasks_topic(task.site_id): []})
    return task


def _named(task: Task) -> str:
    """The title as an activity line may show it: with initials for a client's whole name."""
    return task.title.replace(task.client.called, task.client.initials)


def _announce_after(sites: Iterable[int]) -> None:
    """Tell the lists of these sites, after the commit."""
    publish_after({tasks_topic(site_id): [] for site_id in sites})


def _locked(task_id: int) -> Task:
    return Task.objects.select_for_update(of=("self",)).select_related("site", "client", "done_by").get(pk=task_id)


def _refuse_done(task: Task, at: datetime) -> None:
    if task.done_at is not None and task.done_by is not None:
        when = told(task.done_at, task.site.tz)
        sentence = f"{task.done_by.signature} did this at {when}: {task.outcome}"
        raise Refused(stop("task.done", sentence if sentence.endswith(".") else f"{sentence}."))


def _end(task: Task, by: Person, at: datetime, outcome: str) -> None:
    """Who holds it keeps the row of having held it until now."""
    held = TaskHolder.objects.filter(task=task, ended_at=None, started_at__lt=at).first()
    if held is not None:
        held.ended_at = at
        held.save(update_fields=["ended_at"])
    task.done_at, task.done_by, task.outcome = max(at, task.raised_at), by, outcome[:LONGEST_OUTCOME]
    task.save(update_fields=["done_at", "done_by", "outcome"])
    trail.record(
        "tasks.finish", by=by, at=at, subject=task, site_id=task.site_id, client_id=task.client_id,
        summary=f"Task done: {_named(task)}",
    )  # fmt: skip
