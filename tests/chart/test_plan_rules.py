"""What is missing in a plan, what changed between versions, how far an objective has come, and what a signature is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.rules.findings import Severity
from chart.plan_rules import plan_rules
from chart.rules.objectives import status_findings
from chart.rules.plan_changes import Change, PlanLine, changes
from chart.rules.plans import (
    GoalFacts,
    InterventionFacts,
    ObjectiveFacts,
    PlanFacts,
    ProblemFacts,
    gaps,
    number_in,
    progress,
    quiet_days,
)
from programs.rules.signature import MOST_POINTS, length, read_strokes, stroke_findings, svg_of

TODAY = date(2025, 11, 18)
STEP = InterventionFacts("Sleep group", "weekly", owned=True)
WHOLE = ObjectiveFacts("1.1", "Sleep", "count", "1", "5", date(2025, 12, 18), (STEP,), unit="nights")
quick = settings(derandomize=True, database=None, deadline=None, max_examples=60)


def plan(*objectives: ObjectiveFacts, wish: str = "My kids", review_on: date | None = date(2025, 11, 25)) -> PlanFacts:
    return PlanFacts(wish, (ProblemFacts("1", "Sleep", (GoalFacts("1", "Sleep well", objectives),)),), review_on)


def codes(facts: PlanFacts) -> list[str]:
    return [each.code for each in gaps(facts, TODAY)]


def test_a_whole_plan_has_no_gap() -> None:
    assert codes(plan(WHOLE)) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"measure": ""}, "plan.no_measure"),
        ({"measure": "scale"}, "plan.no_measure"),  # a scale that nobody chose
        ({"target": " "}, "plan.no_target"),
        ({"baseline": ""}, "plan.no_baseline"),
        ({"by_date": None}, "plan.no_by_date"),
        ({"by_date": date(2025, 11, 17)}, "plan.by_date_past"),
        ({"by_date": date(2052, 11, 17)}, "plan.by_date_far"),
        ({"interventions": ()}, "plan.no_intervention"),
        ({"interventions": (replace(STEP, frequency=""),)}, "plan.no_frequency"),
        ({"interventions": (replace(STEP, owned=False),)}, "plan.no_owner"),
        ({"interventions": (replace(STEP, words=""),)}, "plan.words"),
        ({"words": ""}, "plan.words"),
        ({"target": "better"}, "plan.number"),
        ({"baseline": "5"}, "plan.same"),
        ({"measure": "scale", "scale": "PHQ-9", "top": 27, "target": "28"}, "plan.number"),
        ({"measure": "scale", "scale": "PHQ-9", "top": 27, "target": "-1"}, "plan.number"),
    ],
)
def test_each_gap_is_told(change: dict[str, object], code: str) -> None:
    assert codes(plan(replace(WHOLE, **change))) == [code]  # type: ignore[arg-type]


def test_what_is_seen_may_be_measured_in_words() -> None:
    assert codes(plan(replace(WHOLE, measure="words", baseline="asks nobody", target="calls his sponsor first"))) == []


def test_a_day_to_be_reached_may_be_today_and_a_review_may_not() -> None:
    assert codes(plan(replace(WHOLE, by_date=TODAY))) == []
    assert codes(plan(WHOLE, review_on=TODAY)) == ["plan.review_past"]
    assert codes(plan(WHOLE, review_on=None, wish="")) == ["plan.no_wish", "plan.no_review"]


def test_an_empty_goal_and_an_empty_problem_may_wait_with_a_reason() -> None:
    empty = PlanFacts(
        "x", (ProblemFacts("1", "Work"), ProblemFacts("2", "Debts", (GoalFacts("2", "None"),))), date(2025, 12, 1)
    )
    found = gaps(empty, TODAY)
    assert [each.code for each in found] == ["plan.problem_no_goal", "plan.goal_no_objective"]
    assert {each.severity for each in found} == {Severity.OVERRIDE}


texts = st.sampled_from(["", "  ", "words", "5", "better", "9" * 50, "1e400", "NaN"])
steps = st.builds(InterventionFacts, texts, texts, st.booleans())
objectives = st.builds(
    ObjectiveFacts, st.just("1.1"), texts, st.sampled_from(["", "scale", "count", "words"]), texts, texts,
    st.none() | st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.lists(steps, max_size=2).map(tuple),
    st.sampled_from(["", "PHQ-9"]), st.none() | st.just(27), texts,
)  # fmt: skip
goals = st.builds(GoalFacts, st.just("1"), texts, st.lists(objectives, max_size=2).map(tuple))
problems = st.builds(ProblemFacts, st.just("1"), texts, st.lists(goals, max_size=2).map(tuple))
plans = st.builds(
    PlanFacts,
    texts,
    st.lists(problems, max_size=2).map(tuple),
    st.none() | st.dates(date(2020, 1, 1), date(2060, 1, 1)),
)


@quick
@given(plans)
def test_a_plan_that_may_be_signed_has_everything_a_surveyor_looks_for(facts: PlanFacts) -> None:
    found = gaps(facts, TODAY)
    assert all(each.message.endswith((".", "why not.")) and each.severity is not Severity.NOTE for each in found)
    if any(each.severity is Severity.STOP for each in found):
        return
    for problem in facts.problems:
        for goal in problem.goals:
            for each in goal.objectives:
                assert each.words.strip() and each.measure and each.target.strip()
                assert each.by_date is not None and each.by_date >= TODAY
                assert all(step.frequency.strip() and step.owned for step in each.interventions)
                assert each.measure not in ("scale", "count") or number_in(each.target) is not None


@quick
@given(plans, st.integers(0, 400))
def test_time_alone_makes_no_gap_smaller(facts: PlanFacts, days: int) -> None:
    """What lies in the past today lies in the past later."""
    past = {"plan.by_date_past", "plan.review_past"}
    now = [each.code for each in gaps(facts, TODAY) if each.code in past]
    later = [each.code for each in gaps(facts, TODAY + timedelta(days=days)) if each.code in past]
    assert len(later) >= len(now)


@pytest.mark.parametrize(
    ("baseline", "target", "now", "percent"),
    [
        ("18", "6", 12, 50),
        ("18", "6", 20, 0),
        ("18", "6", 2, 100),
        ("1", "5", 2, 25),
        ("a lot", "6", 5, None),
        ("5", "5", 5, None),
    ],
)
def test_progress_goes_from_baseline_to_target(baseline: str, target: str, now: int, percent: int | None) -> None:
    assert progress(baseline, target, now) == percent


@quick
@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-100, 100))
def test_progress_stays_between_nothing_and_all(baseline: int, target: int, now: int) -> None:
    found = progress(str(baseline), str(target), now)
    assert (found is None) == (baseline == target)
    assert found is None or 0 <= found <= 100


def test_quiet_days_are_dates_of_the_site_also_over_a_clock_change() -> None:
    tz = ZoneInfo("America/New_York")
    since = datetime(2025, 10, 20, 3, 30, tzinfo=UTC)  # still 19 October there
    assert quiet_days(None, since, datetime(2025, 11, 3, 4, 30, tzinfo=UTC), tz) == 14  # 2 November, winter time
    worked = datetime(2025, 11, 2, 23, 0, tzinfo=UTC)
    assert quiet_days(worked, since, datetime(2025, 11, 3, 4, 30, tzinfo=UTC), tz) == 0
    assert (
        quiet_days(datetime(2025, 1, 1, tzinfo=UTC), since, datetime(2025, 10, 21, 12, tzinfo=UTC), tz) == 2
    )  # before it was signed


def row(number: int, words: str = "words", closed: str = "", target: str = "") -> PlanLine:
    facts = (("Target", target),) if target else ()
    return PlanLine(UUID(int=number), "Objective", str(number), words, facts, closed)


def told(found: list[Change]) -> list[tuple[str, str, str]]:
    return [(each.what, each.line.number, each.why) for each in found]


def test_a_comparison_says_added_changed_and_closed() -> None:
    old = [row(1), row(2), row(3), row(4, closed="done long ago"), row(5, target="5")]
    new = [row(2), row(1, "other words"), row(3, closed="met"), row(6), row(5, target="3")]
    assert told(changes(old, new)) == [
        ("changed", "1", ""),
        ("closed", "3", "met"),
        ("added", "6", ""),
        ("changed", "5", ""),
    ]
    assert [(each.label, each.was, each.now) for each in changes(old, new)[3].changed] == [("Target", "5", "3")]
    assert told(changes(old, [])) == [
        ("closed", "1", ""),
        ("closed", "2", ""),
        ("closed", "3", ""),
        ("closed", "5", ""),
    ]


lines = st.lists(
    st.builds(row, st.integers(1, 6), st.sampled_from("ab"), st.sampled_from(["", "why"]), st.sampled_from(["", "5"])), max_size=6,
    unique_by=lambda each: each.thread,
)  # fmt: skip


@quick
@given(lines, lines)
def test_every_difference_is_told_once_and_nothing_else(old: list[PlanLine], new: list[PlanLine]) -> None:
    found = changes(old, new)
    assert len({each.line.thread for each in found}) == len(found)
    assert changes(new, new) == []
    was, now = {each.thread: each for each in old}, {each.thread: each for each in new}
    said = {each.line.thread for each in found}
    for thread in was.keys() | now.keys():
        same = (
            thread in was
            and thread in now
            and (was[thread].words, was[thread].facts) == (now[thread].words, now[thread].facts)
        )
        if same and was[thread].closed_why == now[thread].closed_why:
            assert thread not in said


point = st.tuples(st.integers(0, 1000), st.integers(0, 400), st.integers(0, 600_000)).map(list)


@quick
@given(st.lists(st.lists(point, max_size=8), max_size=4))
def test_whatever_a_tablet_draws_is_read_back_as_it_was(sent: list[list[list[int]]]) -> None:
    strokes = read_strokes(sent)
    assert strokes is not None
    assert [[list(each) for each in stroke] for stroke in strokes] == sent
    assert svg_of(strokes).count("<polyline") == sum(len(stroke) > 1 for stroke in strokes)
    assert bool(stroke_findings(strokes)) == (length(strokes) < 150)


@quick
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.integers(), lambda inner: st.lists(inner, max_size=3)
    )
)
def test_whatever_else_is_sent_is_read_or_refused_and_never_breaks(sent: object) -> None:
    strokes = read_strokes(sent)
    assert strokes is None or all(isinstance(number, int) for stroke in strokes for each in stroke for number in each)


def test_a_drawing_without_end_is_refused() -> None:
    assert read_strokes([[[1, 1, 1]] * (MOST_POINTS + 1)]) is None
    assert read_strokes([[[1, 1, 1]] * MOST_POINTS] * 2) is None


def test_a_word_about_an_objective_says_how_it_goes() -> None:
    assert [each.code for each in status_findings("1.1", "", 120, "")] == [
        "objective.status", "objective.words", "objective.percent",
    ]  # fmt: skip
    assert status_findings("1.1", "met", 40, "x")[0].message.startswith("Objective 1.1 is met, and 40 % were entered.")
    assert status_findings("1.1", "deferred", None, "Waits for the court date") == []


def test_thresholds_and_cadence_are_data() -> None:
    rules = plan_rules()
    assert (rules.quiet_days, rules.review_in("3.5"), rules.review_in("1.0"), rules.review_in("")) == (14, 7, 90, 30)
