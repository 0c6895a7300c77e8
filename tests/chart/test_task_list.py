"""The task list: whose lines stand where and in which order; the page of a task; what a live page is sent."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chart import tasks_board
from chart.actions import tasks as actions
from chart.models import Task
from chart.queries.tasks import everything, task_list
from chart.rules.waiting import Line, Viewer, Whose, belongs, in_order
from live.boards import NoSuchBoard
from programs.models import Episode, Leave, Placement
from staff.models import Person
from staff.rules.capabilities import Capability, Role
from tests.factories import World, admit, assign, client, person, world
from tests.factories.notes import saved
from tests.factories.plans import filled
from tests.signing import signed_in

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NURSE = frozenset({Role.NURSE})


def line(**facts: Any) -> Line:
    known: dict[str, Any] = {
        "kind": "task", "client_id": 1, "client": "Elin Novak", "title": "T", "line": "", "due_at": None, "when": "", "tone": "",
        "late": False, "urgent": False, "coming": False, "capability": Capability.GIVE_DOSES, "url": "/", "act": "Open",
    }  # fmt: skip
    return Line(**known | facts)


def test_urgent_comes_first_then_late_then_by_the_hour(now: datetime) -> None:
    lines = [
        line(title="none"), line(title="later", due_at=now + DAY), line(title="soon", due_at=now),
        line(title="late", late=True, due_at=now - DAY), line(title="urgent", urgent=True, due_at=now + DAY),
    ]  # fmt: skip
    assert [each.title for each in in_order(lines)] == ["urgent", "late", "soon", "later", "none"]


@pytest.mark.parametrize(
    ("facts", "mine", "role", "everything"),
    [
        ({}, False, True, True),
        ({"holder_id": 7}, True, True, True),
        ({"holder_id": 8}, False, False, True),
        ({"capability": Capability.WRITE_ORDERS}, False, False, True),
        ({"capability": Capability.WRITE_ORDERS, "also": Role.NURSE}, False, True, True),
    ],
)
def test_a_line_is_mine_my_roles_or_the_sites(facts: dict[str, Any], mine: bool, role: bool, everything: bool) -> None:
    viewer = Viewer(7, 1, NURSE)
    assert [belongs(line(**facts), whose, viewer) for whose in Whose] == [mine, role, everything]


def test_who_may_not_open_charts_sees_their_roles_lines_alone() -> None:
    viewer = Viewer(7, 1, frozenset({Role.TECHNICIAN}))
    assert not belongs(line(), Whose.ALL, viewer)
    assert belongs(line(capability=Capability.LEAVES), Whose.ALL, viewer)


@pytest.fixture
def episode(here: World) -> Episode:
    return admit(here, client(here, "Elin", "Novak"), here.residential, here.beds[0], days=2)


def raised(here: World, episode: Episode, **changes: Any) -> Task:
    asked: dict[str, Any] = {
        "episode_id": episode.pk, "kind": "call", "title": "Call the family", "due_at": here.now + HOUR, "at": here.now,
        "capability": Capability.WRITE_NOTES, "by": here.on_unit,
    }  # fmt: skip
    with transaction.atomic():
        return actions.raise_task(**asked | changes)


def titles(here: World, who: Person, whose: Whose = Whose.ROLE, **more: Any) -> list[str]:
    viewer = tasks_board.viewer_at(who, here.site.pk, here.now)
    return [each.title for each in task_list(here.site, viewer, here.now, whose=whose, **more)]


def test_raised_tasks_and_deadlines_stand_in_one_list(here: World, episode: Episode) -> None:
    raised(here, episode)
    raised(here, episode, kind="safety", title="Safety", urgent=True, due_at=here.now + 2 * HOUR)
    found = titles(here, here.facilitator)
    assert found[0] == "Safety"
    assert {"Call the family", "Initial plan"} <= set(found)
    assert "Nursing assessment" not in found  # a nurse's
    assert "Nursing assessment" in titles(here, here.on_unit)
    assert "Nursing assessment" in titles(here, here.facilitator, Whose.ALL)
    assert titles(here, here.facilitator, kind="task") == ["Safety", "Call the family"]
    assert titles(here, here.facilitator, text="novak plan") == ["Initial plan"]


def test_what_comes_later_is_shown_when_asked_for(here: World, episode: Episode) -> None:
    raised(here, episode, due_at=here.now + 3 * DAY)
    assert "Call the family" not in titles(here, here.facilitator)
    assert {"Call the family", "Treatment plan"} <= set(titles(here, here.facilitator, coming=True))


def test_an_urgent_task_is_shown_however_far_it_is_due(here: World, episode: Episode) -> None:
    raised(here, episode, due_at=here.now + 9 * DAY, urgent=True)
    assert titles(here, here.facilitator)[0] == "Call the family"


def test_who_takes_a_task_has_it_on_their_own_list_and_others_do_not(here: World, episode: Episode) -> None:
    task = raised(here, episode)
    actions.take_task(by=here.facilitator, at=here.now, task_id=task.pk)
    assert titles(here, here.facilitator, Whose.MINE) == ["Call the family"]
    assert "Call the family" not in titles(here, here.cofacilitator)
    assert "Call the family" in titles(here, here.cofacilitator, Whose.ALL)


def test_what_is_late_for_long_is_also_the_directors(here: World, episode: Episode) -> None:
    viewer = tasks_board.viewer_at(here.director, here.site.pk, here.now)
    later = here.now + DAY
    plan = next(each for each in everything(here.site, viewer, later) if each.title == "Initial plan")
    assert (plan.also, plan.line) == (Role.DIRECTOR, "Residential 3.5, 3.5 · also told to a clinical director")
    assert plan.why is not None
    assert plan.why.rule == "Within 24 hours of admission"
    assert "709.51" in plan.why.citation


def test_drafts_are_their_authors_alone(here: World, episode: Episode) -> None:
    saved(here.facilitator, here.now, episode)
    filled(episode, here.facilitator, here.now)
    assert {"Draft to sign: Free narrative", "Treatment plan to sign: version 1"} <= set(
        titles(here, here.facilitator, Whose.MINE)
    )
    assert not any("to sign" in title for title in titles(here, here.cofacilitator))


def test_nobody_is_asked_for_a_scale_while_they_are_away(here: World, episode: Episode) -> None:
    due = titles(here, here.facilitator, kind="scale")
    assert due
    Leave.objects.create(episode=episode, kind="hospital", started_at=here.now - HOUR, expected_at=here.now + DAY)
    assert titles(here, here.facilitator, kind="scale") == []


def test_who_was_discharged_keeps_open_tasks_and_owes_a_summary(here: World, episode: Episode) -> None:
    raised(here, episode)
    Placement.objects.filter(episode=episode).update(ended_at=here.now)
    Episode.objects.filter(pk=episode.pk).update(ended_at=here.now, ended_as="completed")
    found = titles(here, here.facilitator, coming=True)
    assert {"Call the family", "Discharge summary"} <= set(found)
    assert "Initial plan" not in found


def test_thirty_clients_take_as_many_queries_as_two(here: World) -> None:
    viewer = tasks_board.viewer_at(here.facilitator, here.site.pk, here.now)
    counts = []
    for number in (2, 28):
        for each in range(number):
            episode = admit(here, client(here, "Person", f"{number}-{each}"), here.residential, days=each % 9)
            raised(here, episode)
            saved(here.facilitator, here.now, episode)
        with CaptureQueriesContext(connection) as queries:
            everything(here.site, viewer, here.now)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# Pages: at the hour of the clock, as a browser asks


@pytest.fixture
def today(db: None) -> World:
    return world(timezone.now())


def test_a_task_is_finished_on_its_page_and_the_second_is_told(today: World) -> None:
    episode = admit(today, client(today, "Elin", "Novak"), today.residential)
    task = raised(today, episode, capability=Capability.GIVE_DOSES)
    first, second = signed_in(today.on_unit), signed_in(today.second_nurse)
    assert "Call the family" in first.get("/clients/tasks/").content.decode()
    page = f"/clients/tasks/{task.pk}/"
    assert "How did it end?" in second.get(page).content.decode()
    assert first.post(f"{page}take/").status_code == 302
    assert "RN Cole" in second.get("/clients/tasks/?whose=all").content.decode()
    assert first.post(f"{page}hand-on/", {"to": today.second_nurse.pk}).status_code == 302
    answer = first.post(f"{page}finish/", {"outcome": ""})
    assert answer.status_code == 422
    assert "Say how it ended" in answer.content.decode()
    assert first.post(f"{page}finish/", {"outcome": "They come on Sunday"}).headers["Location"] == "/clients/tasks/"
    answer = second.post(f"{page}finish/", {"outcome": "Called"})
    assert answer.status_code == 422
    assert "RN Cole did this at" in answer.content.decode()
    assert "They come on Sunday" in second.get(page).content.decode()


def test_a_task_is_not_there_for_whom_it_is_not(today: World) -> None:
    episode = admit(today, client(today, "Elin", "Novak"), today.residential)
    task = raised(today, episode, capability=Capability.GIVE_DOSES)
    technician = assign(person("tech", "Tam Ode"), today.site, Role.TECHNICIAN, at=today.now)
    assert signed_in(technician).get(f"/clients/tasks/{task.pk}/").status_code == 404
    assert signed_in(today.elsewhere).get(f"/clients/tasks/{task.pk}/").status_code == 404
    reader = signed_in(today.facilitator).get(f"/clients/tasks/{task.pk}/").content.decode()
    assert "Only a nurse can finish this." in reader
    assert signed_in(today.facilitator).post(f"/clients/tasks/{task.pk}/finish/", {"outcome": "x"}).status_code == 403


def test_every_line_of_the_list_leads_to_a_page_that_answers(today: World) -> None:
    episode = admit(today, client(today, "Elin", "Novak"), today.residential, today.beds[0], days=9)
    gone = admit(today, client(today, "Ben", "Ruiz"), today.residential, days=9)
    Placement.objects.filter(episode=gone).update(ended_at=today.now - HOUR)
    Episode.objects.filter(pk=gone.pk).update(ended_at=today.now - HOUR, ended_as="completed")
    raised(today, episode)
    saved(today.facilitator, today.now, episode)
    for who in (today.facilitator, today.on_unit):
        browser = signed_in(who)
        found = browser.get("/clients/tasks/?whose=role&coming=1").context["found"]
        assert found.total > 3
        for each in found.lines:
            assert browser.get(each.url).status_code == 200, each


def test_my_day_has_the_first_five_and_their_number(today: World) -> None:
    for number in range(4):
        episode = admit(today, client(today, "Person", str(number)), today.residential, days=3)
    raised(today, episode, urgent=True, title="Stay with them")
    page = signed_in(today.facilitator).get("/")
    first = page.context["day"].first
    assert len(first) == 5
    assert first[0].title == "Stay with them"
    assert f"All {page.context['day'].tasks.total}" in page.content.decode()


def test_a_live_page_is_sent_what_was_raised_since(today: World, django_capture_on_commit_callbacks: Any) -> None:
    episode = admit(today, client(today, "Elin", "Novak"), today.residential)
    key = tasks_board.Look(today.site.pk, Whose.ROLE, "", coming=False).key
    viewer = tasks_board.audience(today.facilitator, key)
    before = tasks_board.snapshot(viewer, key)
    with django_capture_on_commit_callbacks(execute=True):
        raised(today, episode)
    after = tasks_board.snapshot(viewer, key)
    assert after.seq == before.seq + 1
    assert "Call the family" in after.regions[0][1] and "Call the family" not in before.regions[0][1]
    assert tasks_board.may_watch(today.facilitator, key)
    assert not tasks_board.may_watch(today.housekeeper, key)
    with pytest.raises(NoSuchBoard):
        tasks_board.look_of(f"{today.site.pk}.role.nothing.0")


def test_deadline_rules_show_their_sources_and_are_chosen_by_the_director(today: World) -> None:
    nurse, director = signed_in(today.on_unit), signed_in(today.director)
    page = nurse.get("/clients/deadlines/").content.decode()
    assert "SD 67:61:07:08" in page
    assert "Choose a pack" not in page
    asked = {"program": today.residential.pk, "pack": "us-sd"}
    assert nurse.post("/clients/deadlines/follow/", asked).status_code == 403
    assert director.post("/clients/deadlines/follow/", asked).status_code == 302
    again = director.post("/clients/deadlines/follow/", asked)
    assert again.status_code == 422
    assert "follows this pack already" in again.content.decode()
    row = today.residential.deadline_packs.get()
    assert director.post(f"/clients/deadlines/{row.pk}/leave/").status_code == 302
    assert "Followed before" in director.get("/clients/deadlines/").content.decode()
