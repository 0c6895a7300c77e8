"""Who is due, and why; which outcome the ratings support, and what each outcome needs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asam.review_rules import house
from asam.rules.decision import REVIEW_DAYS
from asam.rules.levels import LEVELS, compare
from asam.rules.review_frame import ORDER_OF, Condition, Rests, Written, check_review
from asam.rules.review_policy import Event, check_policy, house_from, policy_for
from asam.rules.reviews import Due
from asam.rules.triggers import Clock, Happened, reasons

NOW = datetime(2025, 11, 24, 15, 41, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
TODAY = date(2025, 11, 24)
DAY = timedelta(days=1)
POLICY = policy_for("3.5", house())
CLOCK = Clock(since=NOW - 3 * DAY, dealt=NOW - 3 * DAY, began=NOW - 30 * DAY)
EASY = settings(derandomize=True, database=None, deadline=None, max_examples=60)


def codes(happened: list[Happened], clock: Clock = CLOCK) -> dict[str, date]:
    return {each.code: each.on for each in reasons(POLICY, clock, happened, NOW, NEW_YORK).triggers}


def test_the_file_of_the_house_has_the_days_that_the_rest_counts_by() -> None:
    assert {family: each.days for family, each in house().days.items()} == dict(REVIEW_DAYS)
    assert set(house().events) == set(Event)


def test_a_file_that_lacks_a_level_or_an_event_is_refused() -> None:
    from pathlib import Path

    text = (Path("asam/review_rules/house.toml")).read_text("utf-8")
    with pytest.raises(ValueError, match=r"1\.0"):
        house_from("\n".join(line for line in text.splitlines() if not line.startswith('"1.0"')))
    with pytest.raises(ValueError, match="at least 1"):
        house_from(text.replace("count = 3", "count = 0", 1))


def test_one_positive_screen_is_enough_and_two_refused_doses_are_not() -> None:
    use = Happened(Event.USE, NOW - DAY, "Screen: opiates presumptive positive")
    doses = [Happened(Event.DOSES, NOW - hours * timedelta(hours=1), "Methadone refused") for hours in (50, 26, 2)]
    assert codes([use])["use"] == TODAY
    assert "doses" not in codes(doses[:2])
    assert "doses" in codes(doses)


def test_doses_missed_far_apart_make_no_pattern() -> None:
    clock = replace(CLOCK, dealt=NOW - 20 * DAY)
    doses = [Happened(Event.DOSES, NOW - days * DAY, "Methadone refused") for days in (12, 8, 4, 1)]
    assert "doses" not in codes(doses, clock)


def test_what_was_before_the_last_review_or_in_the_first_days_asks_for_nothing() -> None:
    before = Happened(Event.USE, NOW - 4 * DAY, "Screen: opiates positive")
    assert "use" not in codes([before])
    young = replace(CLOCK, began=NOW - 3 * DAY)
    assert "use" not in codes([Happened(Event.USE, NOW - DAY, "Screen: opiates positive")], young)


def test_ratings_restart_the_days_and_settle_no_event() -> None:
    clock = replace(CLOCK, since=NOW, dealt=NOW - 5 * DAY)
    found = reasons(POLICY, clock, [Happened(Event.HOSPITAL, NOW - 2 * DAY, "Went to hospital")], NOW, NEW_YORK)
    assert (found.due, found.words, found.risk) == (Due.OVERDUE, "overdue by 1 day", 2)
    assert [each.code for each in found.triggers] == ["hospital", "calendar"]


def test_hours_of_service_make_a_review_due_on_the_day_they_are_reached() -> None:
    policy = policy_for("2.1", house(), (30, 27, (), "Illinois, older rule"))
    clock = replace(CLOCK, minutes=28 * 60, reached=NOW - DAY)
    assert reasons(policy, clock, [], NOW, NEW_YORK).on == TODAY - DAY
    assert reasons(policy, replace(clock, reached=None), [], NOW, NEW_YORK).on == date(2025, 12, 21)


def test_the_day_a_review_named_counts_where_it_is_earlier() -> None:
    assert reasons(POLICY, replace(CLOCK, set_on=TODAY + DAY), [], NOW, NEW_YORK).on == TODAY + DAY
    assert reasons(POLICY, replace(CLOCK, set_on=TODAY + 90 * DAY), [], NOW, NEW_YORK).on == TODAY + 4 * DAY


def test_a_planned_discharge_is_looked_at_before_it_comes_once() -> None:
    planned = Happened(Event.DISCHARGE, NOW + 2 * DAY, "Discharge is expected on")
    assert codes([planned])["discharge"] == TODAY - DAY
    assert "discharge" not in codes([planned], replace(CLOCK, since=NOW - DAY, dealt=NOW - timedelta(hours=2)))


def test_an_event_that_a_program_turned_off_asks_for_nothing() -> None:
    policy = policy_for("3.5", house(), (7, None, ("sessions",), "Our own policy"))
    rows = [Happened(Event.SESSIONS, NOW - days * DAY, "Skills missed") for days in (2, 1, 0)]
    assert [each.code for each in reasons(policy, CLOCK, rows, NOW, NEW_YORK).triggers] == ["calendar"]
    assert {each.code for each in check_policy(0, 0, ["harm", "moon"], " ")} == {
        "asam.review_days", "asam.review_hours", "asam.review_event", "asam.review_harm_stays", "asam.review_why",
    }  # fmt: skip


def test_a_level_that_no_rule_knows_is_due_by_hand_until_something_happens() -> None:
    policy = policy_for("III.5", house())
    assert reasons(policy, CLOCK, [], NOW, NEW_YORK).due is Due.BY_HAND
    hurt = [Happened(Event.HARM, NOW - timedelta(hours=1), "Incident: overdose")]
    assert reasons(policy, CLOCK, hurt, NOW, NEW_YORK).risk == 3


happened_ = st.builds(
    Happened,
    st.sampled_from(list(Event)),
    st.integers(-20 * 24, 5 * 24).map(lambda hours: NOW + timedelta(hours=hours)),
    st.just("Something"),
)


@EASY
@given(st.lists(happened_, max_size=12), st.lists(happened_, max_size=6), st.sampled_from(list(LEVELS)))
def test_more_that_happened_never_makes_a_review_later(some: list[Happened], more: list[Happened], level: str) -> None:
    policy = policy_for(level, house())
    before, after = (reasons(policy, CLOCK, rows, NOW, NEW_YORK) for rows in (some, [*some, *more]))
    assert after.on is not None and before.on is not None
    assert after.on <= before.on
    assert after.risk >= before.risk
    assert after.on <= reasons(policy, CLOCK, [], NOW, NEW_YORK).on  # type: ignore[operator]


@EASY
@given(st.lists(happened_, max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_told_changes_nothing(rows: list[Happened], dice: object) -> None:
    mixed = list(rows)
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    assert reasons(POLICY, CLOCK, mixed, NOW, NEW_YORK) == reasons(POLICY, CLOCK, rows, NOW, NEW_YORK)


SAME = Rests("3.5", "same", whole=True, drivers=(4,))
GOES_ON = Written(
    "continue",
    ("progressing",),
    "Used within a day of the last pass.",
    next_on=TODAY + 7 * DAY,
    progress={4: "Craves less."},
)


def wrong(written: Written, rests: Rests | None = SAME, level: str = "3.5") -> set[str]:
    return {each.code for each in check_review(written, level=level, rests=rests, today=TODAY, longest=7)}


def test_a_review_with_its_condition_its_words_and_its_day_stands() -> None:
    assert wrong(GOES_ON) == set()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"outcome": ""}, "asam.outcome_missing"), ({"conditions": ()}, "asam.condition_missing"),
        ({"conditions": ("goals_met",)}, "asam.condition_other"), ({"conditions": ("moon",)}, "asam.condition_unknown"),
        ({"conditions": ("length",)}, "asam.length_alone"), ({"conditions": ("motivation",)}, "asam.motivation_alone"),
        ({"conditions": ("not_yet",)}, "asam.plan_change"), ({"why": " "}, "asam.review_words"),
        ({"progress": {}}, "asam.progress_missing"), ({"next_on": None}, "asam.next_missing"),
        ({"next_on": TODAY}, "asam.next_past"), ({"next_on": TODAY + 8 * DAY}, "asam.next_late"),
        ({"to_level": "2.5"}, "asam.no_target"), ({"why": "x" * 4_001}, "asam.review_long"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(changed: Mapping[str, object], code: str) -> None:
    assert wrong(replace(GOES_ON, **changed)) == {code}  # type: ignore[arg-type]


def test_a_length_of_stay_beside_a_condition_is_allowed() -> None:
    assert wrong(replace(GOES_ON, conditions=("progressing", "length", "motivation"))) == set()


STEP = Written(
    "step_down",
    ("goals_met",),
    "Three weeks without use.",
    to_level="2.5",
    progress={4: "Went home twice, used neither time."},
)


def test_an_outcome_against_the_ratings_needs_a_reason() -> None:
    assert wrong(STEP) == {"asam.against_ratings"}
    assert wrong(replace(STEP, against="The payer ended it and the family is near.")) == set()
    assert wrong(STEP, Rests("2.5", "lower", whole=True, drivers=(4,))) == set()


def test_ratings_that_are_not_whole_support_only_more() -> None:
    part = Rests("2.5", "lower", whole=False, drivers=(4,))
    assert part.supports == frozenset() and "asam.against_ratings" in wrong(STEP, part)
    assert Rests("3.7", "higher", whole=False).supports == {"step_up"}


def test_lower_is_the_lattice_and_never_the_decimal() -> None:
    aside = replace(STEP, to_level="2.5")
    assert wrong(aside, Rests("2.5", "different", whole=True), level="3.1") >= {"asam.target_other"}
    other = replace(STEP, outcome="different", conditions=("no_capacity",))
    assert wrong(other, Rests("2.5", "different", whole=True, drivers=(4,)), level="3.1") == set()


def test_nobody_continues_without_ratings_and_who_leaves_may_be_discharged() -> None:
    assert wrong(GOES_ON, None) == {"asam.never_rated"}
    assert wrong(GOES_ON, replace(SAME, stale="Old.")) == {"asam.ratings_stale"}
    assert wrong(Written("discharge", ("leaves",), "Left for work in another state."), None) == set()
    assert wrong(Written("discharge", ("complete",), "All goals met."), SAME) == {"asam.plan_change"}


@EASY
@given(st.sampled_from(sorted(ORDER_OF)), st.sampled_from(list(LEVELS)), st.sampled_from(list(LEVELS)))
def test_a_step_goes_where_its_outcome_says(outcome: str, level: str, to: str) -> None:
    codes = wrong(Written(outcome, (), "Why.", to_level=to), SAME, level)
    assert ("asam.target_other" in codes) == (compare(to, level) != ORDER_OF[outcome])


def test_every_condition_has_words_and_belongs_somewhere() -> None:
    assert {each.outcome for each in Condition} == {"continue", "step_down", "step_up", "different", "discharge", ""}
    assert all(each.label for each in Condition)
