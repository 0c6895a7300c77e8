"""A step to another level: the placement changes, the bed frees, orders and rosters follow, and the chart stays one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from admissions.actions.step import decide_and_step, step
from asam.actions import decide
from asam.models import Decision, Transition
from audit.models import Event
from audit.rules.findings import Refused
from beds.models import BedStay, CleaningJob
from chart.actions import write_note
from chart.actions.objectives import Said
from chart.actions.reviews import review_plan
from chart.models import Note, Task
from chart.queries.plans import counting
from emar.models import Administration, Medication, Order
from groups.models import Series
from live.queries import current_seq
from programs.contributions import timeline
from programs.models import Episode, Placement, Program
from programs.placed import current
from staff.access import NotAllowed
from staff.models import Person
from staff.rules.capabilities import Role
from tests.asam.care import in_residential, rated
from tests.factories import World, assign, person, world
from tests.factories.plans import signed
from tests.signing import signed_in
from tests.timeline import EVER

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def decided(here: World, episode: Episode, selected: str = "2.5") -> Decision:
    return decide(
        by=here.director, at=NOW, assessment_id=rated(here, episode).pk, selected=selected,
        reasons=[] if selected == "2.5" else ["DISTANCE"], texts={}, safety_strategy="",
    )  # fmt: skip


def ordered(here: World, episode: Episode) -> Order:
    medication = Medication.objects.create(
        name="Thiamine", ingredient="thiamine", strength="100 mg", form="tablet", route="oral"
    )
    return Order.objects.create(
        episode=episode, client=episode.client, medication=medication, dose=Decimal(100), unit="mg", route="oral",
        schedule={"kind": "fixed", "times": ["08:00"]}, started_at=NOW - timedelta(days=9), by=here.prescriber,
    )  # fmt: skip


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.findings[0].code


def test_a_step_moves_everything_at_once(here: World) -> None:
    episode = in_residential(here)
    order = ordered(here, episode)
    for name, program in (("House meeting", here.residential), ("Day group", here.php)):
        Series.objects.create(site=here.site, name=name).programs.add(program)
    board, passes = f"beds.board.{here.site.slug}", f"emar.pass.{here.unit.pk}"
    before = current_seq(board), current_seq(passes)

    made = step(by=here.director, at=LATER, decision_id=decided(here, episode).pk, program_id=here.php.pk)

    placement = current(episode.pk, LATER)
    assert placement is not None
    assert (placement.program, placement.level, placement) == (here.php, "2.5", made.entered)
    assert Placement.objects.get(pk=made.left_id).ended_at == LATER
    assert BedStay.objects.get(episode=episode).ended_at == LATER
    cleaning = CleaningJob.objects.get(bed=here.beds[0])
    assert (cleaning.started_at, cleaning.ended_at) == (LATER, None)
    order.refresh_from_db()
    assert order.ended_at is None
    assert made.moved == {
        "by": "LCSW Desai", "left": "Residential 3.5", "entered": "PHP", "bed": "Alder 1-A", "bed_kept": False,
        "orders": ["Thiamine 100 mg, 100 mg"], "groups_left": ["House meeting"], "groups_joined": ["Day group"],
    }  # fmt: skip
    assert Note.objects.get(kind="step").text == (
        "Stepped from Residential 3.5 (3.5) to PHP (2.5). Bed Alder 1-A freed. 1 medication order goes on. "
        "Groups left: House meeting. Groups joined: Day group."
    )
    event = Event.objects.get(verb="admissions.step")
    assert (event.client_id, event.summary) == (episode.client_id, "S. Amari stepped from Residential 3.5 to PHP")
    assert current_seq(board) > before[0] and current_seq(passes) > before[1]


def test_the_same_chart_shows_what_was_before(here: World) -> None:
    episode = in_residential(here)
    order = ordered(here, episode)
    given = NOW - timedelta(hours=2)
    Administration.objects.create(
        order=order, due_at=given, outcome="given", amount=Decimal(100), unit="mg", given_at=given, recorded_at=given,
        wall_clock="08:41 -0500", by=here.on_unit,
    )  # fmt: skip
    write_note(by=here.on_unit, at=NOW, episode_id=episode.pk, kind="nursing", text="Slept well.")
    step(by=here.director, at=LATER, decision_id=decided(here, episode).pk, program_id=here.php.pk)

    titles = [entry.title for entry in timeline(episode.client_id, *EVER, LATER)]
    assert "Nursing note" in titles and "Step note" in titles
    assert "Placed in PHP, Riverbend campus" in titles and "Placed in Residential 3.5, Riverbend campus" in titles
    assert "Decided 2.5" in titles and "Reassessment: 2.5" in titles
    assert Administration.objects.filter(order__episode=episode).count() == 1


def test_a_bed_may_be_kept_for_a_day_program(here: World) -> None:
    episode = in_residential(here)
    made = step(
        by=here.director, at=LATER, decision_id=decided(here, episode).pk, program_id=here.php.pk, keep_bed=True,
        note="Stays in the house until a place is free.",
    )  # fmt: skip
    assert made.moved["bed_kept"] is True
    assert BedStay.objects.get(episode=episode).ended_at is None
    assert not CleaningJob.objects.exists()
    assert Note.objects.get(kind="step").text == "Stays in the house until a place is free."


def test_the_second_step_is_told_who_stepped_where_and_when(here: World) -> None:
    episode = in_residential(here)
    decision = decided(here, episode)
    step(by=here.director, at=LATER, decision_id=decision.pk, program_id=here.php.pk)
    with pytest.raises(Refused, match=r"LCSW Desai stepped this client to PHP at 10:42 on 24 Nov"):
        step(by=here.director, at=LATER + timedelta(minutes=1), decision_id=decision.pk, program_id=here.php.pk)
    assert Transition.objects.count() == 1


def test_ratings_from_before_a_step_do_not_step_again(here: World) -> None:
    episode = in_residential(here)
    first = decided(here, episode)
    second = decided(here, episode)
    step(by=here.director, at=LATER, decision_id=first.pk, program_id=here.php.pk)
    other = Program.objects.create(site=here.site, name="PHP evening", level="2.5")
    with pytest.raises(Refused, match="after these ratings"):
        step(by=here.director, at=LATER + timedelta(minutes=1), decision_id=second.pk, program_id=other.pk)


def test_what_cannot_be_stepped_says_why_and_changes_nothing(here: World) -> None:
    episode = in_residential(here)
    decision = decided(here, episode)
    elsewhere = Program.objects.create(site=here.other_site, name="PHP Hillcrest", level="2.5")

    def to(program: Program) -> Callable[[], object]:
        return lambda: step(by=here.director, at=LATER, decision_id=decision.pk, program_id=program.pk)

    assert refused(to(elsewhere)) == "step.other_site"
    assert refused(to(here.iop)) == "step.level_differs"
    same = decided(here, episode, "3.5")
    assert refused(lambda: step(by=here.director, at=LATER, decision_id=same.pk, program_id=here.residential.pk)) == (
        "step.same_program"
    )
    with pytest.raises(NotAllowed):
        step(by=here.facilitator, at=LATER, decision_id=decision.pk, program_id=here.php.pk)
    Placement.objects.filter(episode=episode).update(ended_at=NOW)
    assert refused(to(here.php)) == "programs.not_placed"
    Episode.objects.filter(pk=episode.pk).update(ended_at=NOW)
    assert refused(to(here.php)) == "programs.episode_ended"
    assert not Transition.objects.exists() and BedStay.objects.get().ended_at is None


def test_deciding_and_stepping_stand_or_fall_together(here: World) -> None:
    episode = in_residential(here)
    asked = {
        "assessment_id": rated(here, episode).pk, "selected": "2.5", "reasons": [], "texts": {}, "safety_strategy": "",
        "supervisor_proof": None,
    }  # fmt: skip
    with pytest.raises(Refused):
        decide_and_step(by=here.director, at=LATER, program_id=here.iop.pk, **asked)  # type: ignore[arg-type]
    assert not Decision.objects.exists()
    key = uuid4()
    made = decide_and_step(by=here.director, at=LATER, program_id=here.php.pk, key=key, **asked)  # type: ignore[arg-type]
    again = decide_and_step(by=here.director, at=LATER, program_id=here.php.pk, key=key, **asked)  # type: ignore[arg-type]
    assert again == made and Decision.objects.count() == 1


def test_the_database_never_changes_a_transition(here: World) -> None:
    step(by=here.director, at=LATER, decision_id=decided(here, in_residential(here)).pk, program_id=here.php.pk)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Transition.objects.update(at=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_directors_at_the_same_moment_one_wins_and_one_is_told() -> None:
    here = world(NOW)
    other = assign(person("ortiz", "Lena Ortiz", "MD"), here.site, Role.DIRECTOR, at=NOW)
    decision = decided(here, in_residential(here))
    barrier, said = Barrier(2), []

    def act(who: Person) -> None:
        try:
            barrier.wait(10)
            step(by=who, at=LATER, decision_id=decision.pk, program_id=here.php.pk)
            said.append("stepped")
        except Refused as refusal:
            said.append(str(refusal))
        finally:
            connection.close()

    threads = [Thread(target=act, args=(who,)) for who in (here.director, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(sentence == "stepped" for sentence in said) == [False, True]
    loser = next(sentence for sentence in said if sentence != "stepped")
    assert "stepped this client to PHP at 10:42" in loser
    assert Transition.objects.count() == CleaningJob.objects.count() == 1


def test_the_page_lists_what_moves_and_writes_nothing_until_it_is_confirmed(here: World) -> None:
    episode = in_residential(here)
    ordered(here, episode)
    assessment = rated(here, episode)
    asked = {"key": str(uuid4()), "selected": "2.5", "program": str(here.php.pk)}
    director, address = signed_in(here.director), f"/admissions/decide/{assessment.pk}/"
    page = director.post(address, asked).content.decode()
    assert "Residential 3.5 ends, PHP begins" in page and "Bed Alder 1-A" in page and "1 goes on" in page
    assert not Decision.objects.exists()

    answer = director.post(address, asked | {"confirmed": "1", "bed": "free"})
    assert (answer.status_code, answer["Location"]) == (302, f"/clients/{episode.client_id}/")
    assert Transition.objects.get().decision.selected == "2.5"

    answer = director.post(address, asked | {"confirmed": "1", "bed": "free", "key": str(uuid4())})
    assert answer.status_code == 422
    assert "LCSW Desai decided 2.5 on these ratings" in answer.content.decode()
    assert director.get(address).status_code == 302
    assert signed_in(here.facilitator).post(address, asked).status_code == 403


def test_a_decision_that_waits_can_be_carried_out_later(here: World) -> None:
    episode = in_residential(here)
    decision = decided(here, episode)
    director, address = signed_in(here.director), f"/admissions/step/{decision.pk}/"
    assert "Step to PHP" in director.get(address).content.decode()
    assert "Plan the step to 2.5" in director.get(f"/levels/{episode.pk}/").content.decode()
    asked = {"key": str(uuid4()), "program": str(here.php.pk), "bed": "free"}
    assert director.post(address, asked).status_code == 302
    assert director.post(address, asked | {"key": str(uuid4())}).status_code == 422
    assert director.get("/admissions/step/999999/").status_code == 404
    assert director.get("/admissions/decide/999999/").status_code == 404


def test_a_step_stays_under_sixty_queries(here: World) -> None:
    episode = in_residential(here)
    ordered(here, episode)
    decision = decided(here, episode)
    with CaptureQueriesContext(connection) as asked:
        step(by=here.director, at=LATER, decision_id=decision.pk, program_id=here.php.pk)
    assert len(asked) < 60, len(asked)


def test_the_treatment_plan_goes_on_and_its_review_is_asked_for_in_the_same_act(here: World) -> None:
    episode = in_residential(here)
    plan = signed(episode, here.director, NOW - timedelta(days=3))
    decision = decided(here, episode)

    step(by=here.director, at=LATER, decision_id=decision.pk, program_id=here.php.pk)

    assert list(counting(LATER).filter(episode=episode)) == [plan]
    task = Task.objects.get(kind="plan_level_review")
    assert (task.title, task.line) == (
        "Review the plan for the new level", "Stepped from 3.5 to 2.5. Version 1 goes on",
    )  # fmt: skip
    assert (task.due_at.astimezone(here.site.tz).date(), task.done_at) == (LATER.date() + timedelta(days=3), None)

    said = {row.pk: Said("progressing", 30, "Goes on by day") for row in plan.objectives.all()}
    review_plan(
        by=here.director, at=LATER + timedelta(days=1), plan_id=plan.pk, found="Fits the day program", outcome="goes_on",
        next_on=LATER.date() + timedelta(days=14), said=said,
    )  # fmt: skip
    task.refresh_from_db()
    assert (task.done_by, task.outcome) == (here.director, "The plan was reviewed")


def test_a_refused_step_asks_for_no_review(here: World) -> None:
    episode = in_residential(here)
    signed(episode, here.director, NOW - timedelta(days=3))
    decision = decided(here, episode)
    assert refused(lambda: step(by=here.director, at=LATER, decision_id=decision.pk, program_id=here.iop.pk))
    assert not Task.objects.filter(kind="plan_level_review").exists()
