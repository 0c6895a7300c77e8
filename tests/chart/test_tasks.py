"""Tasks: raised once, taken by one, done once; the second person is told who did it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from audit.models import Event
from audit.rules.findings import Refused
from chart.actions import tasks
from chart.models import Task, TaskHolder
from live.queries import current_seq
from programs.models import Episode
from programs.topics import tasks_topic
from staff.access import NotAllowed
from staff.rules.capabilities import Capability
from tests.factories import World, admit, client

HOUR = timedelta(hours=1)


@pytest.fixture
def episode(here: World) -> Episode:
    return admit(here, client(here, "Elin", "Novak"), here.residential, here.beds[0])


def raised(here: World, episode: Episode, **changes: Any) -> Task:
    asked: dict[str, Any] = {
        "episode_id": episode.pk, "kind": "safety", "title": "Look at the safety of this client", "due_at": here.now + HOUR,
        "at": here.now, "capability": Capability.WRITE_NOTES, "by": here.on_unit,
    }  # fmt: skip
    with transaction.atomic():
        return tasks.raise_task(**asked | changes)


def told(call: Any, **asked: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        call(**asked)
    return refused.value.findings[0].code, refused.value.findings[0].message


def test_a_task_stands_at_the_site_of_the_newest_placement_and_is_on_the_trail(
    here: World, episode: Episode, django_capture_on_commit_callbacks: Any
) -> None:
    before = current_seq(tasks_topic(here.site.pk))
    with django_capture_on_commit_callbacks(execute=True):
        task = raised(here, episode)
    assert (task.site, task.client, task.raised_by, task.done_at) == (here.site, episode.client, here.on_unit, None)
    event = Event.objects.get(verb="tasks.raise")
    assert (event.summary, event.client_id) == ("Task raised: Look at the safety of this client", episode.client_id)
    assert current_seq(tasks_topic(here.site.pk)) == before + 1


def test_the_trail_names_nobody_in_full(here: World, episode: Episode) -> None:
    raised(here, episode, title="Call the sister of Elin Novak")
    assert Event.objects.get(verb="tasks.raise").summary == "Task raised: Call the sister of E. N."


def test_the_same_thing_that_is_still_open_is_not_raised_twice(here: World, episode: Episode) -> None:
    first = raised(here, episode, subject=episode.client)
    assert raised(here, episode, subject=episode.client, at=here.now + HOUR) == first
    assert raised(here, episode) != first  # about the episode, not about that row
    tasks.finish_task(by=here.on_unit, at=here.now, task_id=first.pk, outcome="Seen")
    assert raised(here, episode, subject=episode.client, at=here.now + HOUR) != first


def test_a_client_who_was_never_in_a_program_has_no_task(here: World) -> None:
    asked = Episode.objects.create(client=client(here, "Ann", "Aho"), started_at=here.now)
    with pytest.raises(Refused) as refused:
        raised(here, asked)
    assert refused.value.findings[0].code == "programs.not_placed"


def test_a_task_raised_by_no_person_is_finished_by_one(here: World, episode: Episode) -> None:
    task = raised(here, episode, by=None)
    assert (task.raised_by, Event.objects.filter(verb="tasks.raise").count()) == (None, 0)
    done = tasks.finish_task(by=here.on_unit, at=here.now + HOUR, task_id=task.pk, outcome="  Called the family ")
    assert (done.done_by, done.done_at, done.outcome) == (here.on_unit, here.now + HOUR, "Called the family")
    assert Event.objects.get(verb="tasks.finish").by_name == here.on_unit.signature


def test_two_people_finish_one_task_and_the_second_is_told_who_did_it(here: World, episode: Episode) -> None:
    task = raised(here, episode)
    tasks.finish_task(by=here.on_unit, at=here.now, task_id=task.pk, outcome="Looked in, asleep and breathing")
    said = told(tasks.finish_task, by=here.second_nurse, at=here.now + HOUR, task_id=task.pk, outcome="Looked in")
    assert said == ("task.done", "RN Cole did this at 10:42 on 18 Nov: Looked in, asleep and breathing.")
    assert told(tasks.take_task, by=here.second_nurse, at=here.now + HOUR, task_id=task.pk)[0] == "task.done"


def test_a_retry_is_answered_with_the_same_task(here: World, episode: Episode) -> None:
    task, key = raised(here, episode), uuid4()
    asked: dict[str, Any] = {"by": here.on_unit, "at": here.now, "task_id": task.pk, "outcome": "Seen", "key": key}
    assert tasks.finish_task(**asked) == tasks.finish_task(**asked)
    assert Event.objects.filter(verb="tasks.finish").count() == 1


def test_an_outcome_is_said_and_is_short(here: World, episode: Episode) -> None:
    task = raised(here, episode)
    asked = {"by": here.on_unit, "at": here.now, "task_id": task.pk}
    assert told(tasks.finish_task, **asked, outcome="  ") == (
        "task.no_outcome", "Say how it ended: what was done, or why it is not needed any more.",
    )  # fmt: skip
    assert told(tasks.finish_task, **asked, outcome="x" * 301)[0] == "task.long"


def test_a_task_is_done_by_who_may_do_it(here: World, episode: Episode) -> None:
    task = raised(here, episode, capability=Capability.GIVE_DOSES)
    with pytest.raises(NotAllowed, match=r"You may not chart doses here\. Ask a nurse\."):
        tasks.finish_task(by=here.facilitator, at=here.now, task_id=task.pk, outcome="Done")
    with pytest.raises(NotAllowed):
        tasks.take_task(by=here.elsewhere, at=here.now, task_id=task.pk)


def test_a_task_is_taken_and_handed_on_and_one_person_has_it(here: World, episode: Episode) -> None:
    task = raised(here, episode, capability=Capability.GIVE_DOSES)
    tasks.take_task(by=here.on_unit, at=here.now, task_id=task.pk)
    assert told(tasks.take_task, by=here.on_unit, at=here.now + HOUR, task_id=task.pk) == (
        "task.mine", "You have this task already.",
    )  # fmt: skip
    asked: dict[str, Any] = {"by": here.on_unit, "at": here.now + HOUR, "task_id": task.pk}
    assert told(tasks.hand_on_task, **asked, to_id=here.facilitator.pk) == (
        "task.cannot", "LPC Danso may not chart doses here. Hand it to a nurse.",
    )  # fmt: skip
    tasks.hand_on_task(**asked, to_id=here.second_nurse.pk)
    held = [(row.person, row.by, row.ended_at) for row in TaskHolder.objects.order_by("pk")]
    assert held == [(here.on_unit, here.on_unit, here.now + HOUR), (here.second_nurse, here.on_unit, None)]
    tasks.finish_task(by=here.on_unit, at=here.now + 2 * HOUR, task_id=task.pk, outcome="Done")
    assert TaskHolder.objects.latest("pk").ended_at == here.now + 2 * HOUR


def test_doing_the_thing_ends_its_tasks(here: World, episode: Episode) -> None:
    raised(here, episode, subject=episode.client)
    other = raised(here, episode, kind="call", subject=episode.client)
    with transaction.atomic():
        closed = tasks.close_for(episode.client, "safety", here.facilitator, here.now + HOUR, "Safety plan signed")
        assert closed == 1
        assert tasks.close_for(episode.client, "safety", here.facilitator, here.now + HOUR, "Again") == 0
    assert Task.objects.get(kind="safety").outcome == "Safety plan signed"
    other.refresh_from_db()
    assert other.done_at is None


@pytest.mark.parametrize(
    ("wall", "wrong"),
    [
        ("chart_task_says_what", {"title": ""}),
        ("chart_task_done_by_someone", {"outcome": "Done"}),
        ("chart_task_subject_whole", {"subject_kind": "chart.Note"}),
    ],
)
def test_the_database_refuses_half_a_task(here: World, episode: Episode, wall: str, wrong: dict[str, Any]) -> None:
    values: dict[str, Any] = {
        "episode": episode, "client": episode.client, "site": here.site, "kind": "k", "title": "T", "capability": "chart.write",
        "due_at": here.now, "raised_at": here.now,
    }  # fmt: skip
    with pytest.raises(IntegrityError, match=wall), transaction.atomic():
        Task.objects.create(**values | wrong)


def test_the_database_refuses_a_second_open_task_and_a_second_holder(here: World, episode: Episode) -> None:
    task = raised(here, episode)
    with pytest.raises(IntegrityError, match="chart_task_open_once"), transaction.atomic():
        Task.objects.create(
            episode=episode, client=episode.client, site=here.site, kind="safety", title="T", capability="chart.write",
            due_at=here.now, raised_at=here.now,
        )  # fmt: skip
    tasks.take_task(by=here.on_unit, at=here.now, task_id=task.pk)
    with pytest.raises(IntegrityError, match="chart_task_one_holder"), transaction.atomic():
        TaskHolder.objects.create(task=task, person=here.second_nurse, by=here.second_nurse, started_at=here.now + HOUR)


def test_the_database_lets_nothing_of_a_task_change_but_its_end(here: World, episode: Episode) -> None:
    task = raised(here, episode)
    for change in ("title = 'Other'", "due_at = now()", "urgent = NOT urgent"):
        with pytest.raises((IntegrityError, InternalError), match="never changed"), transaction.atomic():
            _sql(f"UPDATE chart_task SET {change} WHERE id = {task.pk}")
    with pytest.raises((IntegrityError, InternalError), match="never changed"), transaction.atomic():
        _sql(f"DELETE FROM chart_task WHERE id = {task.pk}")
    tasks.finish_task(by=here.on_unit, at=here.now, task_id=task.pk, outcome="Done")
    with pytest.raises((IntegrityError, InternalError), match="never changed"), transaction.atomic():
        _sql(f"UPDATE chart_task SET outcome = 'Never done' WHERE id = {task.pk}")


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
