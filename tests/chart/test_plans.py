"""Treatment plans: versions that are carried over and sealed, written by several people, answered by the client."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from audit.models import Event, Override
from audit.rules.findings import Refused
from chart.actions.agreements import answer_plan, purpose_of
from chart.actions.objectives import say_objective
from chart.actions.plan_lines import add_line, change_line, close_line, move_line, remove_line
from chart.actions.plans import draft_plan, drop_plan, sign_plan, write_wish
from chart.models import Goal, Objective, Plan, PlanAgreement
from chart.queries.plan_tree import tree
from chart.queries.plans import objectives_of
from programs.models import Episode
from staff.access import NotAllowed
from staff.models import Signature
from tests.factories import World, admit, client, signs
from tests.factories.people import proof_of
from tests.factories.plans import SIGNATURE, day, draft, filled, later, line, objective, signed


@pytest.fixture
def episode(here: World) -> Episode:
    return admit(here, client(here, "Elin", "Novak"), here.residential, here.beds[0])


def refused(act: Any, **asked: Any) -> str:
    """The sentences an act answered with, and that nothing of it stayed."""
    with pytest.raises(Refused) as found:
        act(**asked)
    return " / ".join(f"{each.code}: {each.message}" for each in found.value.findings)


def sign(here: World, plan: Plan, **more: Any) -> Plan:
    plan.refresh_from_db()
    return sign_plan(by=here.facilitator, at=here.now, plan_id=plan.pk, revision=plan.revision, **more)


def test_a_plan_is_drafted_signed_and_counts(here: World, episode: Episode) -> None:
    plan = signed(episode, here.facilitator, here.now)
    assert (plan.number, plan.signed_by, plan.signed_at) == (1, here.facilitator, here.now)
    assert Signature.objects.get().content_sha256 == plan.sha256
    assert Event.objects.get(verb="chart.sign_plan").summary == "Plan version 1 signed"
    lines = objectives_of([episode.client_id], here.now)[episode.client_id]
    assert [(each.number, each.words) for each in lines] == [
        ("1.1", "Fewer withdrawal signs"),
        ("1.2", "Use the sleep plan"),
    ]


def test_what_is_missing_is_told_and_some_of_it_may_stay_open_with_a_reason(here: World, episode: Episode) -> None:
    plan = draft(episode, here.facilitator, here.now)
    said = refused(sign, here=here, plan=plan)
    assert said.startswith("plan.empty: The plan names no problem.")
    assert "plan.no_review" in said
    problem = line(plan, "problem", here.facilitator, here.now, text="No home to go to")
    write_wish(
        by=here.facilitator, at=here.now, plan_id=plan.pk, before=("", None), wish="A place of my own.",
        review_on=day(here.now, 7),
    )  # fmt: skip
    said = refused(sign, here=here, plan=plan)
    assert said == (
        "plan.problem_no_goal: Problem 1 has no goal. Add where the client wants to get with it, or say why it waits."
    )
    kept = sign(here, plan, reasons={"plan.problem_no_goal": "Housing worker comes on Monday"})
    assert kept.overrides[0]["reason"] == "Housing worker comes on Monday"
    assert Override.objects.get().code == "plan.problem_no_goal"
    assert problem.pk


def test_the_next_version_carries_every_open_line_with_its_identity(here: World, episode: Episode) -> None:
    first = signed(episode, here.facilitator, here.now)
    second = draft(episode, here.director, later(here.now, hours=1), first)
    assert (second.number, second.wish, second.review_on) == (2, first.wish, None)
    threads = [
        [(each.thread, each.words, each.facts) for each in tree(plan, here.now).lines] for plan in (first, second)
    ]
    assert threads[0] == threads[1]
    assert objectives_of([episode.client_id], later(here.now, hours=2))[episode.client_id][0].pk == objective(first).pk

    write_wish(
        by=here.director, at=later(here.now, hours=2), plan_id=second.pk, before=(first.wish, None), wish=first.wish,
        review_on=day(here.now, 14),
    )  # fmt: skip
    second.refresh_from_db()
    sign_plan(by=here.director, at=later(here.now, hours=3), plan_id=second.pk, revision=second.revision)
    [one, _] = objectives_of([episode.client_id], later(here.now, hours=3))[episode.client_id]
    assert (one.pk, one.thread) == (objective(second).pk, objective(first).thread)
    assert objectives_of([episode.client_id], later(here.now, hours=1))[episode.client_id][0].pk == objective(first).pk


def test_an_objective_that_is_met_comes_along_closed_and_then_stays_behind(here: World, episode: Episode) -> None:
    first = signed(episode, here.facilitator, here.now)
    say_objective(
        by=here.facilitator, at=here.now, objective_id=objective(first).pk, status="met", words="CIWA-Ar 4 for two days"
    )
    second = draft(episode, here.facilitator, later(here.now, days=1), first)
    one, two = tree(second, later(here.now, days=1)).objectives
    assert one.closed_why == "Met on 18 Nov 2025, LPC Danso: CIWA-Ar 4 for two days"
    assert two.open
    assert one.interventions == ()


def test_two_people_who_draft_one_plan_write_in_the_same_draft(here: World, episode: Episode) -> None:
    plan = draft(episode, here.facilitator, here.now)
    said = refused(draft, episode=episode, by=here.cofacilitator, at=here.now)
    assert said == "plan.drafting: LPC Danso began version 1 meanwhile. Open that draft: both of you can write in it."
    with pytest.raises(IntegrityError, match=r"chart_plan_number_once|chart_plan_one_draft"), transaction.atomic():
        Plan.objects.create(
            episode=episode,
            number=1,
            begun_at=here.now,
            begun_by=here.director,
            saved_at=here.now,
            saved_by=here.director,
        )
    problem = line(plan, "problem", here.facilitator, here.now, text="Sleep")
    mine: dict[str, Any] = {"kind": "problem", "line_id": problem.pk, "version": 0, "at": here.now}
    change_line(by=here.facilitator, values={"text": "Sleep and nightmares"}, **mine)
    said = refused(change_line, by=here.cofacilitator, values={"text": "Insomnia"}, **mine)
    assert "plan.line_changed: LPC Danso changed this plan at 10:42 on 18 Nov" in said
    assert "'Sleep and nightmares'" in said
    line(plan, "problem", here.cofacilitator, here.now, text="Work")  # another line: nobody is in the way
    problem.refresh_from_db()
    assert problem.text == "Sleep and nightmares"


def test_nobody_signs_what_they_have_not_seen_and_nobody_signs_twice(here: World, episode: Episode) -> None:
    plan = filled(episode, here.facilitator, here.now)
    seen = plan.revision
    line(plan, "problem", here.cofacilitator, here.now, text="Debts")
    asked: dict[str, Any] = {"by": here.facilitator, "at": here.now, "plan_id": plan.pk}
    said = refused(sign_plan, revision=seen, **asked)
    assert said.startswith("plan.changed: LSW Marsh changed this plan at 10:42 on 18 Nov, after what you see here.")
    key = uuid4()
    reasons = {"plan.problem_no_goal": "Later"}
    once = sign_plan(revision=seen + 1, reasons=reasons, key=key, **asked)
    assert sign_plan(revision=seen + 1, reasons=reasons, key=key, **asked) == once
    said = refused(sign_plan, revision=seen + 1, **asked)
    assert said.startswith("plan.signed: LPC Danso signed version 1 at 10:42 on 18 Nov. It is sealed")
    assert Signature.objects.count() == 1


def test_a_version_is_not_made_from_an_old_one(here: World, episode: Episode) -> None:
    first = signed(episode, here.facilitator, here.now)
    second = draft(episode, here.facilitator, later(here.now, hours=1), first)
    write_wish(
        by=here.facilitator, at=later(here.now, hours=1), plan_id=second.pk, before=(first.wish, None), wish="Other words",
        review_on=day(here.now, 9),
    )  # fmt: skip
    second.refresh_from_db()
    sign_plan(by=here.facilitator, at=later(here.now, hours=2), plan_id=second.pk, revision=second.revision)
    said = refused(draft, episode=episode, by=here.director, at=later(here.now, hours=3), supersedes=first)
    assert said == "plan.old_version: Version 2 counts: LPC Danso signed it at 12:42 on 18 Nov. Open that one."
    with pytest.raises(IntegrityError, match="chart_plan_superseded_once"), transaction.atomic():
        Plan.objects.create(
            episode=episode, number=3, supersedes=first, begun_at=here.now, begun_by=here.director, saved_at=here.now,
            saved_by=here.director,
        )  # fmt: skip


def test_the_database_seals_a_signed_version_and_its_lines(here: World, episode: Episode) -> None:
    plan = signed(episode, here.facilitator, here.now)
    for sql in (
        "UPDATE chart_plan SET wish = 'x'",
        "UPDATE chart_objective SET target = '20'",
        "DELETE FROM chart_intervention",
        "UPDATE chart_goal SET text = 'x'",
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    with pytest.raises((IntegrityError, InternalError), match="signed or dropped"), transaction.atomic():
        Goal.objects.create(plan=plan, problem=plan.problems.get(), rank=9)
    other = draft(admit(here, client(here, "Ben", "Torres"), here.iop), here.facilitator, here.now)
    with pytest.raises(IntegrityError, match="parent"), transaction.atomic():
        Goal.objects.create(plan=other, problem=plan.problems.get(), rank=1)


def test_a_line_that_was_signed_is_closed_with_a_reason_and_a_new_one_may_be_removed(
    here: World, episode: Episode
) -> None:
    first = signed(episode, here.facilitator, here.now)
    plan = draft(episode, here.facilitator, here.now, first)
    known = objective(plan)
    asked: dict[str, Any] = {"by": here.facilitator, "at": here.now, "kind": "objective", "line_id": known.pk}
    assert refused(remove_line, version=0, **asked).startswith("plan.carried: This line stands in the version before.")
    assert refused(close_line, version=0, why=" ", **asked).startswith("plan.close_why")
    close_line(version=0, why="Withdrawal is over", **asked)
    assert refused(change_line, version=1, values={"text": "x"}, **asked).startswith("plan.line_closed")
    close_line(version=1, why="", **asked)  # opened again
    fresh = line(plan, "goal", here.facilitator, here.now, plan.problems.get(), text="Typed by mistake")
    under = line(plan, "objective", here.facilitator, here.now, fresh, text="This too")
    remove_line(by=here.facilitator, at=here.now, kind="goal", line_id=fresh.pk, version=0)
    assert not Objective.objects.filter(pk=under.pk).exists()
    gone = refused(
        change_line, by=here.director, at=here.now, kind="objective", line_id=under.pk, version=0, values={"text": "x"}
    )
    assert gone.startswith("plan.line_gone")


def test_lines_move_among_their_neighbours(here: World, episode: Episode) -> None:
    plan = draft(episode, here.facilitator, here.now)
    lines = [line(plan, "problem", here.facilitator, here.now, text=text) for text in "abc"]
    move: dict[str, Any] = {"by": here.facilitator, "at": here.now, "kind": "problem", "version": 0}
    move_line(line_id=lines[2].pk, up=True, **move)
    move_line(line_id=lines[0].pk, up=True, **move)  # it is the first: it stays
    assert [(row.rank, row.text) for row in plan.problems.all()] == [(1, "a"), (2, "c"), (3, "b")]


def test_pasted_markup_stays_words_and_a_wrong_choice_is_told(here: World, episode: Episode) -> None:
    plan = draft(episode, here.facilitator, here.now)
    problem = line(plan, "problem", here.facilitator, here.now, text="<b>Sleep</b>\u200b\r\n<script>alert(1)</script>")
    assert problem.text == "<b>Sleep</b>\n<script>alert(1)</script>"
    asked: dict[str, Any] = {
        "by": here.facilitator,
        "at": here.now,
        "kind": "problem",
        "line_id": problem.pk,
        "version": 0,
    }
    assert refused(change_line, values={"dimension": "9"}, **asked).startswith(
        "plan.choice: '9' is none of the choices"
    )
    assert refused(change_line, values={"text": "x" * 2001}, **asked).startswith("plan.long")
    assert refused(change_line, values={"target": "5"}, **asked).startswith("plan.choice")
    said = refused(add_line, by=here.facilitator, at=here.now, plan_id=plan.pk, kind="goal", parent_id=problem.pk + 99)
    assert said.startswith("plan.no_parent")


def test_the_target_of_a_scale_is_a_number_on_it(here: World, episode: Episode) -> None:
    plan = filled(episode, here.facilitator, here.now)
    row = objective(plan)
    values: dict[str, Any] = {"by": here.facilitator, "at": here.now, "kind": "objective", "line_id": row.pk}
    change_line(version=0, values={"target": "better"}, **values)
    assert refused(sign, here=here, plan=plan) == (
        "plan.number: Objective 1.1 is measured by CIWA-Ar, and 'better' is no target for it. Write a number from 0 to 67."
    )
    change_line(version=1, values={"target": "90"}, **values)
    assert "CIWA-Ar goes from 0 to 67." in refused(sign, here=here, plan=plan)


def test_nothing_is_planned_for_an_episode_that_ended_and_its_plan_counts_no_more(
    here: World, episode: Episode
) -> None:
    plan = signed(episode, here.facilitator, here.now)
    episode.ended_at, episode.ended_as = later(here.now, hours=1), Episode.Outcome.COMPLETED
    episode.save()
    after = later(here.now, hours=2)
    said = refused(draft, episode=episode, by=here.facilitator, at=after, supersedes=plan)
    assert said.startswith("plan.episode_ended: This episode ended at 11:42 on 18 Nov, and its plan with it.")
    assert objectives_of([episode.client_id], after) == {}
    assert objectives_of([episode.client_id], here.now) != {}


def test_only_who_may_write_plans_does(here: World, episode: Episode) -> None:
    with pytest.raises(NotAllowed):
        draft(episode, here.on_unit, here.now)


def test_a_draft_is_given_up_with_a_reason_and_stays_readable(here: World, episode: Episode) -> None:
    plan = draft(episode, here.facilitator, here.now)
    assert refused(drop_plan, by=here.facilitator, at=here.now, plan_id=plan.pk, why="").startswith("plan.why")
    drop_plan(by=here.facilitator, at=here.now, plan_id=plan.pk, why="Begun for the wrong client")
    said = refused(sign_plan, by=here.facilitator, at=here.now, plan_id=plan.pk, revision=0)
    assert said == (
        "plan.dropped: LPC Danso dropped this draft at 10:42 on 18 Nov: Begun for the wrong client. Begin a new one."
    )
    assert draft_plan(by=here.facilitator, at=here.now, episode_id=episode.pk).number == 1


class TestTheClientsAnswer:
    """Drawn, by word or refused: kept, and never changed."""

    def asked(self, here: World, plan: Plan, **more: Any) -> dict[str, Any]:
        return {"by": here.facilitator, "at": here.now, "plan_id": plan.pk} | more

    def test_a_drawn_signature_is_kept_as_strokes_picture_and_hash(self, here: World, episode: Episode) -> None:
        plan = signed(episode, here.facilitator, here.now)
        row = answer_plan(**self.asked(here, plan, kind="drawn", strokes=SIGNATURE))
        assert (row.strokes, row.at, len(row.sha256)) == (SIGNATURE, here.now, 64)
        assert row.intent.startswith("I took part in making this plan.")
        assert '<polyline points="100,200 300,120 520,260 800,180"/>' in row.svg
        said = refused(answer_plan, **self.asked(here, plan, kind="drawn", strokes=SIGNATURE))
        assert said.startswith("plan.agreed: The client agreed to version 1 already; LPC Danso took the agreement.")
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            PlanAgreement.objects.update(words="x")

    @pytest.mark.parametrize("strokes", [[], [[]], [[[5, 5, 0]]], [[[5, 5, 0], [6, 6, 9]]]])
    def test_a_signature_without_strokes_is_none(self, here: World, episode: Episode, strokes: Any) -> None:
        plan = signed(episode, here.facilitator, here.now)
        said = refused(answer_plan, **self.asked(here, plan, kind="drawn", strokes=strokes))
        assert said == ("signature.empty: Nothing is drawn in the frame. Sign with a finger or a pen, then confirm.")

    def test_what_is_no_drawing_is_refused_too(self, here: World, episode: Episode) -> None:
        plan = signed(episode, here.facilitator, here.now)
        for strokes in ("<svg>", [[["x", 1, 2]]], [[[1, 2]]], [[[-4, 2, 0]]], [[[1e9, 2, 0]]], None):
            assert "signature.unreadable" in refused(
                answer_plan, **self.asked(here, plan, kind="drawn", strokes=strokes)
            )

    def test_agreement_by_word_takes_the_pin_of_somebody_else(self, here: World, episode: Episode) -> None:
        plan = signed(episode, here.facilitator, here.now)
        assert "plan.witness" in refused(answer_plan, **self.asked(here, plan, kind="word"))
        proofs = [
            proof_of(signs(who, here.site, at=here.now), here.site, at=here.now, purpose=purpose_of(plan.pk))
            for who in (here.facilitator, here.on_unit)
        ]
        said = refused(answer_plan, **self.asked(here, plan, kind="word", witness_proof_id=proofs[0].pk))
        assert said.startswith("pin.same_person")
        row = answer_plan(**self.asked(here, plan, kind="word", witness_proof_id=proofs[1].pk, words="On the phone"))
        assert (row.witness, row.words) == (here.on_unit, "On the phone")

    def test_a_refusal_says_why_and_may_be_followed_by_an_agreement(self, here: World, episode: Episode) -> None:
        plan = signed(episode, here.facilitator, here.now)
        assert "plan.refused_why" in refused(answer_plan, **self.asked(here, plan, kind="refused"))
        answer_plan(**self.asked(here, plan, kind="refused", words="Wants to talk to his lawyer first"))
        answer_plan(**self.asked(here, plan, kind="drawn", strokes=SIGNATURE) | {"at": later(here.now, hours=3)})
        assert list(plan.agreements.order_by("pk").values_list("kind", flat=True)) == ["refused", "drawn"]

    def test_a_draft_and_an_old_version_are_not_answered(self, here: World, episode: Episode) -> None:
        plan = filled(episode, here.facilitator, here.now)
        said = refused(answer_plan, **self.asked(here, plan, kind="drawn", strokes=SIGNATURE))
        assert said.startswith("plan.unsigned")
