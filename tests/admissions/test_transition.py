"""A step to another level: the placement, the bed, the orders and the groups go in one act, and the chart stays one."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from admissions.actions.transition import reconciling, rehearse
from admissions.actions.transition import transition as step
from admissions.rules.transition import Choice
from asam.models import Transition, TransitionLine
from audit.models import Event
from audit.rules.findings import Finding, Refused
from beds.models import BedStay, CleaningJob
from chart.actions.objectives import Said
from chart.actions.reviews import review_plan
from chart.models import Note, Task
from chart.queries.plans import counting
from emar.models import Order
from groups.models import Series
from live.queries import current_seq
from programs.contributions import timeline
from programs.models import Episode, Placement, Program
from programs.placed import current
from staff.access import NotAllowed
from staff.models import Person
from staff.rules.capabilities import Role
from tests.admissions.steps import HANDOFF, LATER, NOW, decided, stepped
from tests.asam.care import in_residential
from tests.factories import World, admit, assign, client, person, signs, world
from tests.factories.meds import at_times, medication, order
from tests.factories.people import proof_of
from tests.factories.plans import signed
from tests.timeline import EVER


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def ordered(here: World, episode: Episode, name: str = "Thiamine", *clocks: str) -> Order:
    return order(episode, medication(name), at_times(*(clocks or ("08:00",))), by=here.prescriber)


def said(act: Callable[[], object]) -> list[Finding]:
    with pytest.raises(Refused) as refusal:
        act()
    return list(refusal.value.findings)


def refused(act: Callable[[], object]) -> str:
    return said(act)[0].code


def test_a_step_moves_everything_at_once(here: World) -> None:
    episode = in_residential(here)
    going = ordered(here, episode)
    for name, program in (("House meeting", here.residential), ("Day group", here.php)):
        Series.objects.create(site=here.site, name=name).programs.add(program)
    board, passes = f"beds.board.{here.site.slug}", f"emar.pass.{here.unit.pk}"
    before = current_seq(board), current_seq(passes)

    made = stepped(here, episode, {f"order-{going.pk}": Choice("continue")})

    placement = current(episode.pk, LATER)
    assert placement is not None
    assert (placement.program, placement.level, placement) == (here.php, "2.5", made.entered)
    assert Placement.objects.get(pk=made.left_id).ended_at == LATER
    assert BedStay.objects.get(episode=episode).ended_at == LATER
    cleaning = CleaningJob.objects.get(bed=here.beds[0])
    assert (cleaning.started_at, cleaning.ended_at) == (LATER, None)
    going.refresh_from_db()
    assert going.ended_at is None
    words = (
        "Stepped from Residential 3.5 (3.5) to PHP (2.5). Bed: Alder 1-A is cleaned, then free. "
        "Medication orders: 1 goes on. Groups left: House meeting. Groups joined: Day group."
    )
    assert made.moved == {
        "by": "LCSW Desai", "left": "Residential 3.5", "entered": "PHP", "bed": "Alder 1-A", "bed_kept": False,
        "orders": ["Thiamine 100 mg daily at 08:00"], "groups_left": ["House meeting"], "groups_joined": ["Day group"],
        "words": words,
    }  # fmt: skip
    assert Note.objects.get(kind="step").text == words
    event = Event.objects.get(verb="admissions.transition")
    assert (event.client_id, event.summary) == (episode.client_id, "S. Amari stepped from Residential 3.5 to PHP")
    assert current_seq(board) > before[0] and current_seq(passes) > before[1]
    assert (made.reconciled_by, made.handoff.caller) == (here.prescriber, HANDOFF.caller)
    assert list(made.lines.values_list("kind", flat=True)) == [
        "placement", "bed", "order", "group", "group", "plan", "consent", "authorisation", "residence", "handoff",
    ]  # fmt: skip


def test_each_order_goes_its_own_way(here: World) -> None:
    episode = in_residential(here)
    one, two, three, four = (ordered(here, episode, name) for name in ("Thiamine", "Folate", "Zinc", "Melatonin"))
    made = stepped(
        here, episode, {
            f"order-{one.pk}": Choice("self"), f"order-{two.pk}": Choice("stop", "Levels are normal"),
            f"order-{three.pk}": Choice("rewrite"), f"order-{four.pk}": Choice("change", value="200"),
        },
    )  # fmt: skip
    for row in (one, two, three, four):
        row.refresh_from_db()
        assert (row.ended_at, row.stopped_by) == (LATER, here.prescriber)
    assert (one.replaced_by.mode, one.replaced_by.started_at, one.replaced_by.by) == (
        "take_home",
        LATER,
        here.prescriber,
    )
    assert two.stopped_why == "Levels are normal" and not hasattr(two, "replaced_by")
    task = Task.objects.get(kind="transition.order")
    assert (task.title, task.urgent, task.capability) == ("Write the changed order: Zinc", True, "emar.order")
    assert four.replaced_by.dose == 200
    line = made.lines.get(subject_id=four.pk, kind="order")
    assert (line.made_id, line.words) == (four.replaced_by.pk, "changed at the step to the dose written here: 200")


def test_a_dose_is_neither_lost_nor_due_twice(here: World) -> None:
    episode = in_residential(here)  # 10:42 on the site's clock
    own, goes, stops = (ordered(here, episode, name, "10:30", "14:00") for name in ("Thiamine", "Folate", "Zinc"))
    settled = {
        f"order-{own.pk}": Choice("self"), f"order-{goes.pk}": Choice("continue"), f"order-{stops.pk}": Choice("stop", "Done"),
    }  # fmt: skip
    made = stepped(here, episode, settled)
    doses = list(made.lines.filter(kind="due_dose").values_list("what", "choice"))
    assert sorted(doses) == [
        ("Folate 100 mg, Mon 10:30", "carry"), ("Folate 100 mg, Mon 14:00", "carry"),
        ("Thiamine 100 mg, Mon 10:30", "handed"), ("Thiamine 100 mg, Mon 14:00", "handed"),
        ("Zinc 100 mg, Mon 10:30", "falls"), ("Zinc 100 mg, Mon 14:00", "falls"),
    ]  # fmt: skip
    own.refresh_from_db()
    assert own.span[1] == own.replaced_by.span[0]  # the open dose has one owner: the client


def test_the_step_waits_for_a_dose_that_is_to_be_given_before(here: World) -> None:
    episode = in_residential(here)
    goes = ordered(here, episode, "Thiamine", "10:30")
    key = f"dose-{goes.pk}-202511241530"
    found = said(lambda: stepped(here, episode, {f"order-{goes.pk}": Choice("continue"), key: Choice("before")}))
    assert [(each.code, each.detail["line"]) for each in found] == [("transition.dose_waits", key)]


def test_orders_are_signed_by_a_prescriber_or_nothing_moves(here: World) -> None:
    episode = in_residential(here)
    ordered(here, episode)
    decision = decided(here, episode)

    def act(**more: Any) -> Callable[[], object]:
        return lambda: step(
            by=here.director, at=LATER, decision_id=decision.pk, program_id=here.php.pk, handoff=HANDOFF, **more
        )

    found = said(act())
    assert found[0].code == "transition.reconcile"
    assert "1 medication order runs: a prescriber signs what becomes of them" in found[0].message
    nurse = signs(here.on_unit, here.site, at=LATER)
    assert refused(act(reconciliation=proof_of(nurse, here.site, at=LATER, purpose=reconciling(decision.pk)).pk)) == (
        "pin.may_not"
    )
    assert current(episode.pk, LATER).program == here.residential  # type: ignore[union-attr]


def test_out_of_residential_care_the_hand_off_is_whole(here: World) -> None:
    episode = in_residential(here)
    decision = decided(here, episode)
    found = said(lambda: step(by=here.director, at=LATER, decision_id=decision.pk, program_id=here.php.pk))
    assert {each.detail["field"] for each in found} == {
        "receiving", "accepted_on", "first_visit_at", "bridge", "next_dose", "kit", "triggers", "caller",
    }  # fmt: skip


def test_between_day_programs_nothing_of_it_is_asked(here: World) -> None:
    episode = admit(here, client(here, "Sara", "Amari"), here.iop)
    made = step(by=here.director, at=LATER, decision_id=decided(here, episode).pk, program_id=here.php.pk)
    assert made.entered.level == "2.5" and not hasattr(made, "handoff") and made.reconciled_by is None


def test_a_bed_may_be_kept_as_housing(here: World) -> None:
    episode = in_residential(here)
    made = stepped(here, episode, {"bed": Choice("keep")}, note="Stays in the house until a place is free.")
    assert made.moved["bed_kept"] is True
    assert BedStay.objects.get(episode=episode).ended_at is None
    assert not CleaningJob.objects.exists()
    assert Note.objects.get(kind="step").text.startswith("Stays in the house until a place is free.\n\nStepped from")


def test_what_cannot_be_stepped_says_why_and_changes_nothing(here: World) -> None:
    episode = in_residential(here)
    decision = decided(here, episode)
    elsewhere = Program.objects.create(site=here.other_site, name="PHP Hillcrest", level="2.5")

    def to(program: Program) -> Callable[[], object]:
        return lambda: step(
            by=here.director, at=LATER, decision_id=decision.pk, program_id=program.pk, handoff=HANDOFF
        )  # fmt: skip

    assert refused(to(elsewhere)) == "step.other_site"
    assert refused(to(here.iop)) == "step.level_differs"
    with pytest.raises(NotAllowed):
        step(by=here.facilitator, at=LATER, decision_id=decision.pk, program_id=here.php.pk)
    Program.objects.filter(pk=here.php.pk).update(licensed_capacity=1)
    admit(here, client(here, "Maya", "Ortega"), here.php)
    assert refused(to(here.php)) == "transition.full"
    Placement.objects.filter(episode=episode).update(ended_at=NOW)
    assert refused(to(here.php)) == "programs.not_placed"
    Episode.objects.filter(pk=episode.pk).update(ended_at=NOW)
    assert refused(to(here.php)) == "programs.episode_ended"
    assert not Transition.objects.exists() and BedStay.objects.get().ended_at is None


def test_a_newer_decision_is_the_one_to_carry_out(here: World) -> None:
    episode = in_residential(here)
    first, second = decided(here, episode), decided(here, episode)
    old = said(lambda: step(by=here.director, at=LATER, decision_id=first.pk, program_id=here.php.pk, handoff=HANDOFF))
    assert old[0].code == "step.newer_decision" and "LCSW Desai decided 2.5 at 10:41" in old[0].message
    made = step(by=here.director, at=LATER, decision_id=second.pk, program_id=here.php.pk, handoff=HANDOFF)
    assert made.decision == second


def test_the_same_request_twice_is_one_step_and_another_is_told_who_did_it(here: World) -> None:
    decision = decided(here, in_residential(here))
    key, asked = uuid4(), {"decision_id": decision.pk, "program_id": here.php.pk, "handoff": HANDOFF}
    made = step(by=here.director, at=LATER, key=key, **asked)  # type: ignore[arg-type]
    assert step(by=here.director, at=LATER, key=key, **asked) == made  # type: ignore[arg-type]
    with pytest.raises(Refused, match=r"LCSW Desai stepped this client to PHP at 10:42 on 24 Nov"):
        step(by=here.director, at=LATER + timedelta(minutes=1), key=uuid4(), **asked)  # type: ignore[arg-type]
    assert Transition.objects.count() == 1


def test_the_database_never_changes_what_was_moved(here: World) -> None:
    stepped(here, in_residential(here))
    for model, change in ((Transition, {"at": NOW}), (TransitionLine, {"words": "else"})):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            model.objects.update(**change)


@pytest.mark.django_db(transaction=True)
def test_of_two_directors_at_the_same_moment_one_wins_and_one_is_told() -> None:
    here = world(NOW)
    other = assign(person("ortiz", "Lena Ortiz", "MD"), here.site, Role.DIRECTOR, at=NOW)
    decision = decided(here, in_residential(here))
    barrier, heard = Barrier(2), []

    def act(who: Person) -> None:
        try:
            barrier.wait(10)
            step(by=who, at=LATER, decision_id=decision.pk, program_id=here.php.pk, handoff=HANDOFF)
            heard.append("stepped")
        except Refused as refusal:
            heard.append(str(refusal))
        finally:
            connection.close()

    threads = [Thread(target=act, args=(who,)) for who in (here.director, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(sentence == "stepped" for sentence in heard) == [False, True]
    assert "stepped this client to PHP at 10:42" in next(each for each in heard if each != "stepped")
    assert Transition.objects.count() == CleaningJob.objects.count() == 1


def test_a_step_with_a_bed_and_orders_stays_under_sixty_queries(here: World) -> None:
    episode = in_residential(here)
    one, two, _ = (ordered(here, episode, name) for name in ("Thiamine", "Folate", "Zinc"))
    signed(episode, here.director, NOW - timedelta(days=3))
    decision = decided(here, episode)
    signer = signs(here.prescriber, here.site, at=LATER)
    proof = proof_of(signer, here.site, at=LATER, purpose=reconciling(decision.pk)).pk
    with CaptureQueriesContext(connection) as asked:
        step(
            by=here.director, at=LATER, decision_id=decision.pk, program_id=here.php.pk, handoff=HANDOFF, reconciliation=proof,
            settled={f"order-{one.pk}": Choice("stop", "Done"), f"order-{two.pk}": Choice("self")}, key=uuid4(),
        )  # fmt: skip
    found = [each["sql"] for each in asked if "SAVEPOINT" not in each["sql"]]
    assert len(found) < 60, "\n".join(each[:150] for each in found)
    assert len(asked) == len(found) + 2  # the transaction itself, which is a savepoint in a test, and no other


def test_the_treatment_plan_goes_on_and_its_review_is_asked_for_in_the_same_act(here: World) -> None:
    episode = in_residential(here)
    plan = signed(episode, here.director, NOW - timedelta(days=3))
    stepped(here, episode)

    assert list(counting(LATER).filter(episode=episode)) == [plan]
    task = Task.objects.get(kind="plan_level_review")
    assert (task.title, task.line) == (
        "Review the plan for the new level", "Stepped from 3.5 to 2.5, consents not checked yet. Version 1 goes on",
    )  # fmt: skip
    assert (task.due_at.astimezone(here.site.tz).date(), task.done_at) == (LATER.date() + timedelta(days=3), None)

    heard = {row.pk: Said("progressing", 30, "Goes on by day") for row in plan.objectives.all()}
    review_plan(
        by=here.director, at=LATER + timedelta(days=1), plan_id=plan.pk, found="Fits the day program", outcome="goes_on",
        next_on=LATER.date() + timedelta(days=14), said=heard,
    )  # fmt: skip
    task.refresh_from_db()
    assert (task.done_by, task.outcome) == (here.director, "The plan was reviewed")


def test_the_same_chart_shows_what_was_before_and_what_moved(here: World) -> None:
    episode = in_residential(here)
    stepped(here, episode)
    found = {entry.title: entry.line for entry in timeline(episode.client_id, *EVER, LATER)}
    assert {"Placed in PHP, Riverbend campus", "Placed in Residential 3.5, Riverbend campus", "Decided 2.5"} <= set(
        found
    )
    assert "Alder 1-A is cleaned, then free" in found["Stepped: 3.5 to 2.5"]


def test_a_rehearsal_says_what_then_happens_and_keeps_nothing(here: World) -> None:
    episode = in_residential(here)
    going = ordered(here, episode)
    decision = decided(here, episode)
    asked = {"decision_id": decision.pk, "program_id": here.php.pk, "handoff": HANDOFF,
             "settled": {f"order-{going.pk}": Choice("stop", "Done")}}  # fmt: skip
    shown = rehearse(by=here.director, at=LATER, **asked)  # type: ignore[arg-type]
    assert not Transition.objects.exists() and not Note.objects.exists() and not Task.objects.exists()
    going.refresh_from_db()
    assert going.ended_at is None and BedStay.objects.get().ended_at is None
    made = stepped(here, episode, {f"order-{going.pk}": Choice("stop", "Done")}, decision=decision)
    assert shown.lines == tuple(made.lines.values_list("kind", "what", "choice", "words", "reason"))
    assert shown.text == made.moved["words"]
