"""After a change of level the plan is looked at once: the task that was raised, or the deadline, and never both."""

from datetime import timedelta

import pytest
from django.db import transaction

from chart.actions.plans import ask_level_review
from chart.actions.tasks import finish_task
from chart.models import Task
from chart.queries.completeness import chart_review
from chart.queries.tasks import everything
from chart.rules.completeness import State
from chart.rules.waiting import Viewer
from programs.models import Episode, Placement
from tests.factories import World, admit, client
from tests.factories.plans import signed

DAY = timedelta(days=1)
TASK, DEADLINE, REVIEW = "Review the plan for the new level", "Plan review", "Tasks"


@pytest.fixture
def episode(here: World) -> Episode:
    """Ten days at 3.5."""
    return admit(here, client(here, "Elin", "Novak"), here.residential, here.beds[0], days=10)


def moved(here: World, episode: Episode) -> Task | None:
    """To PHP, now."""
    Placement.objects.filter(episode=episode).update(ended_at=here.now)
    Placement.objects.create(episode=episode, program=here.php, level="2.5", started_at=here.now)
    with transaction.atomic():
        return ask_level_review(episode_id=episode.pk, by=here.director, at=here.now, site=here.site, moved="Stepped")


def listed(here: World, days: float) -> list[str]:
    lines = everything(here.site, Viewer(here.director.pk, here.site.pk, frozenset()), here.now + days * DAY)
    return [line.title for line in lines if line.title in {TASK, DEADLINE}]


def wrong(here: World, episode: Episode, days: float) -> list[str]:
    review = chart_review(episode.client, here.site, here.now + days * DAY)
    assert review is not None
    return [check.label for check in review.wrong if check.label in {DEADLINE, REVIEW}]


@pytest.mark.parametrize("days", [0.5, 6])
def test_with_a_plan_the_task_alone_stands_on_the_list(here: World, episode: Episode, days: float) -> None:
    signed(episode, here.facilitator, here.now - DAY)
    assert moved(here, episode) is not None
    assert listed(here, days) == [TASK]


def test_with_a_plan_completeness_says_it_once(here: World, episode: Episode) -> None:
    signed(episode, here.facilitator, here.now - DAY)
    assert moved(here, episode) is not None
    assert wrong(here, episode, 0.5) == []
    assert wrong(here, episode, 6) == [DEADLINE]


def test_without_a_plan_the_deadline_alone_asks(here: World, episode: Episode) -> None:
    assert moved(here, episode) is None
    assert listed(here, 1) == [DEADLINE]
    assert wrong(here, episode, 6) == [DEADLINE]


def test_a_task_ended_without_a_review_gives_the_deadline_back(here: World, episode: Episode) -> None:
    signed(episode, here.facilitator, here.now - DAY)
    task = moved(here, episode)
    assert task is not None
    finish_task(by=here.director, at=here.now + DAY, task_id=task.pk, outcome="Looked at it with the client")
    assert listed(here, 6) == [DEADLINE]


def test_another_late_task_is_still_counted_beside_the_deadline(here: World, episode: Episode) -> None:
    signed(episode, here.facilitator, here.now - DAY)
    task = moved(here, episode)
    assert task is not None
    Task.objects.create(
        client=episode.client, episode=episode, site=here.site, kind="call", title="Call", due_at=here.now,
        capability=task.capability, raised_at=here.now,
    )  # fmt: skip
    review = chart_review(episode.client, here.site, here.now + 6 * DAY)
    assert review is not None
    assert {check.label: check.words for check in review.checks if check.state is State.OVERDUE}[
        REVIEW
    ] == "1 task past due"
