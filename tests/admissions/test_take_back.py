"""A step that was wrong is taken back by another one that begins now; what it wrote stays as it was."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from admissions.actions.take_back import take_back, taking_back
from admissions.rules.transition import Choice
from asam.actions import assess, decide
from asam.models import Transition
from audit.rules.findings import Refused
from beds.models import BedStay, CleaningJob
from chart.models import Note, Task
from emar.models import Order
from programs.models import Episode
from programs.placed import current
from staff.access import NotAllowed
from tests.admissions.steps import LATER, NOW, stepped
from tests.asam.care import FOR_2_5, in_residential
from tests.factories import World, admit, client, world
from tests.factories.meds import at_times, medication, order
from tests.factories.people import proof_of
from tests.factories.plans import signed

BACK = LATER + timedelta(minutes=20)


@pytest.fixture
def here(db: None) -> World:
    return world(NOW)


def ordered(here: World, episode: Episode, name: str) -> Order:
    return order(episode, medication(name), at_times("08:00"), by=here.prescriber)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.findings[0].code


def back(here: World, made: Transition, **more: Any) -> Transition:
    proof = proof_of(here.prescriber, here.site, at=BACK, purpose=taking_back(made.pk)).pk
    asked: dict[str, Any] = {"by": here.director, "at": BACK, "why": "The ride fell through", "reconciliation": proof}
    return take_back(transition_id=made.pk, **asked | more)


def test_everything_goes_back_where_it_was_and_the_past_stays(here: World) -> None:
    episode = in_residential(here)
    plan = signed(episode, here.director, NOW - timedelta(days=3))
    own, ended, anew, dosed = (ordered(here, episode, name) for name in ("Thiamine", "Folate", "Zinc", "Melatonin"))
    made = stepped(
        here, episode, {
            f"order-{own.pk}": Choice("self"), f"order-{ended.pk}": Choice("stop", "Done"),
            f"order-{anew.pk}": Choice("rewrite"), f"order-{dosed.pk}": Choice("change", value="200"),
        },
    )  # fmt: skip
    before = {row.pk: (row.started_at, row.ended_at, row.mode, row.dose) for row in Order.objects.all()}

    again = back(here, made)

    placement = current(episode.pk, BACK)
    assert placement is not None and (placement.program, placement.level) == (here.residential, "3.5")
    assert BedStay.objects.get(ended_at=None).bed == here.beds[0]
    assert not CleaningJob.objects.filter(ended_at=None).exists()
    now = {row.medication.name: (row.mode, row.dose) for row in Order.objects.current(BACK)}
    assert now == dict.fromkeys(("Thiamine", "Folate", "Zinc", "Melatonin"), ("nurse", Decimal(100)))
    for pk, was in before.items():
        row = Order.objects.get(pk=pk)
        assert (row.started_at, row.mode, row.dose) == (was[0], was[2], was[3])
        assert row.ended_at in (was[1], BACK)
    assert (again.decision, again.reverses, again.reconciled_by) == (None, made, here.prescriber)
    assert {each.choice for each in again.lines.filter(kind="order")} == {"back"}
    assert not Task.objects.filter(kind__in=["transition.order", "plan_level_review"], done_at=None).exists()
    assert Note.objects.filter(kind="step").count() == 2 and plan.episode == episode


def test_a_bed_that_was_taken_meanwhile_is_said_and_nothing_else_waits_for_it(here: World) -> None:
    made = stepped(here, in_residential(here))
    CleaningJob.objects.update(ended_at=LATER + timedelta(minutes=5))
    other = admit(here, client(here, "Maya", "Ortega"), here.residential)
    BedStay.objects.create(
        bed=here.beds[0], episode=other, client=other.client, started_at=LATER + timedelta(minutes=10)
    )
    again = back(here, made)
    line = again.lines.get(kind="bed")
    assert line.choice == "stays" and "Alder 1-A cannot be had now" in line.words
    assert BedStay.objects.filter(ended_at=None).count() == 1


def test_what_was_changed_since_stays_as_it_is_now(here: World) -> None:
    episode = in_residential(here)
    own = ordered(here, episode, "Thiamine")
    made = stepped(here, episode, {f"order-{own.pk}": Choice("self")})
    Order.objects.filter(replaces=own).update(
        ended_at=LATER + timedelta(minutes=5), stopped_at=LATER + timedelta(minutes=5), stopped_by=here.prescriber
    )
    line = back(here, made).lines.get(kind="order")
    assert (line.choice, line.words) == ("stays", "was changed since, and stays as it is now")


def test_only_the_newest_step_and_only_once(here: World) -> None:
    episode = in_residential(here)
    made = stepped(here, episode)
    again = back(here, made)
    with pytest.raises(Refused, match=r"LCSW Desai took this step back at 11:02 on 24 Nov"):
        back(here, made, at=BACK + timedelta(minutes=1))
    assert refused(lambda: back(here, again, at=BACK + timedelta(minutes=1), reconciliation=None)) == "step.is_back"
    with pytest.raises(IntegrityError, match=r"asam_transition_(left|entered|reverses)_id_key"), transaction.atomic():
        Transition.objects.create(
            reverses=made, why="Again", left=again.entered, entered=made.entered, program=here.php, at=BACK
        )


def test_a_later_step_stands_on_the_one_before(here: World) -> None:
    episode = in_residential(here)
    first = stepped(here, episode)
    rated = assess(
        by=here.director,
        at=BACK,
        episode_id=episode.pk,
        kind="reassessment",
        ratings=FOR_2_5 | {"d4_use": ["B"]},
        evidence={},
    )
    second = decide(
        by=here.director, at=BACK, assessment_id=rated.pk, selected="2.1", reasons=[], texts={}, safety_strategy=""
    )
    stepped(here, episode, decision=second, program_id=here.iop.pk, at=BACK, reconciliation=None)
    assert refused(lambda: back(here, first, at=BACK + timedelta(minutes=1))) == "step.not_newest"


def test_it_asks_for_a_reason_a_director_and_a_prescriber_where_orders_were_touched(here: World) -> None:
    episode = in_residential(here)
    own = ordered(here, episode, "Thiamine")
    made = stepped(here, episode, {f"order-{own.pk}": Choice("stop", "Done")})
    assert refused(lambda: back(here, made, why=" ")) == "step.why"
    assert refused(lambda: back(here, made, reconciliation=None)) == "transition.reconcile"
    with pytest.raises(NotAllowed):
        back(here, made, by=here.on_unit)
    Episode.objects.filter(pk=episode.pk).update(ended_at=LATER + timedelta(minutes=1))
    assert refused(lambda: back(here, made)) == "programs.episode_ended"
    assert Transition.objects.count() == 1
