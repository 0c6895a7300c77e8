"""The state machine of the placement list by the table of its page, and what may be written about who asks."""

from datetime import date, datetime, timedelta

import pytest

from admissions.rules import asking
from admissions.rules.pipeline import MOVES, NEXT, OPEN, acts_from, may_reopen, reopens_as
from programs.models import PlacementRequest
from tests.doc_table import table

ROWS = table("docs/rules/placement-list.md", "How far the asking has come")
TODAY = date(2025, 11, 18)


def test_the_acts_are_those_of_the_page() -> None:
    said = {(state, row["Act"], row["To"]) for row in ROWS for state in row["From"].split(", ")}
    found = {
        (state, act, move.to or "as it was before, at most approved")
        for act, move in MOVES.items()
        for state in move.sources
    }
    assert found == said


def test_the_rule_knows_the_states_of_the_table() -> None:
    states = {state.value for state in PlacementRequest.State}
    assert set(OPEN) == {state.value for state in PlacementRequest.OPEN}
    assert {state for move in MOVES.values() for state in move.sources} | {"admitted"} == states
    assert {move.to for move in MOVES.values()} - {""} < states


def test_every_open_line_has_a_next_step_and_nobody_leaves_an_admission() -> None:
    assert set(NEXT) == set(OPEN)
    assert all(NEXT[state] in (*acts_from(state), "admit") for state in OPEN)
    assert acts_from("admitted") == ()


def test_a_reopened_line_is_at_most_approved() -> None:
    assert [reopens_as(state) for state in OPEN] == ["inquiry", "screened", "approved", "approved"]


def test_a_line_is_reopened_within_thirty_days() -> None:
    settled = datetime(2025, 11, 1, 12)
    assert may_reopen(settled, settled + timedelta(days=30))
    assert not may_reopen(settled, settled + timedelta(days=30, seconds=1))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "asking.name_missing"),
        ("   ", "asking.name_missing"),
        ("a" * 61, "asking.name_long"),
        ("Ana \U0001f600", "asking.name_sign"),
        ("Ana\x00", "asking.name_sign"),
        ("Ana7", "asking.name_sign"),
        ("<b>", "asking.name_sign"),
        ("--", "asking.name_letters"),
        ("a" * 60, None),
        ("Anne-Marie", None),
        ("D'Arcy Jr.", None),
        ("José Ñandú", None),
        ("李", None),
    ],
)
def test_a_name_is_written_in_letters(name: str, code: str | None) -> None:
    assert [one.code for one in asking.check_name(name, "first_name", "first name")] == ([code] if code else [])


@pytest.mark.parametrize(
    ("born_on", "code"),
    [
        (date(2025, 11, 19), "asking.born_later"),
        (date(2088, 3, 14), "asking.born_later"),
        (date(1905, 11, 18), "asking.born_long_ago"),
        (date(1880, 1, 1), "asking.born_long_ago"),
        (date(1905, 11, 19), None),
        (TODAY, None),
    ],
)
def test_a_birth_date_is_one_that_can_be(born_on: date, code: str | None) -> None:
    assert [one.code for one in asking.check_birth(born_on, TODAY)] == ([code] if code else [])


def test_a_level_is_one_of_the_list() -> None:
    assert asking.check_level("3.5 COE") == []
    assert asking.check_level("") == []
    assert asking.check_level("9.9")[0].code == "asking.level_unknown"
    assert asking.check_level("", required=True)[0].code == "asking.level_missing"


def test_a_date_to_come_is_today_or_later_and_not_years_off() -> None:
    assert asking.check_schedule(TODAY, TODAY) == []
    assert asking.check_schedule(TODAY - timedelta(days=1), TODAY)[0].message.startswith("17 November 2025 has passed")
    assert asking.check_schedule(date(2035, 1, 1), TODAY)[0].code == "asking.schedule_far"
    assert asking.check_ready(date(9999, 1, 1), TODAY)[0].code == "asking.ready_far"
    assert asking.check_ready(None, TODAY) == []
