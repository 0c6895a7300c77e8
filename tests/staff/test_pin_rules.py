"""Which PIN may be set, and when one may be tried: three freely, then one every thirty seconds, ten lock it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from staff.rules.duty import LONGEST as LONGEST_DUTY
from staff.rules.duty import counts
from staff.rules.pins import FREE_TRIES, MOST_TRIES, PAUSE, Gate, Try, standing, wrong_with

AT = datetime(2025, 11, 2, 5, 59, 50, tzinfo=UTC)  # ten seconds before New York sets the clock back
SECOND = timedelta(seconds=1)
derandomized = settings(derandomize=True, database=None, deadline=None)


@pytest.mark.parametrize(
    ("pin", "said"),
    [
        ("", "4 to 8 digits"), ("730", "4 to 8 digits"), ("730573057", "4 to 8 digits"), ("73o5", "4 to 8 digits"),
        ("٧٣٠٥", "4 to 8 digits"), ("7 05", "4 to 8 digits"), ("0000", "One digit again"), ("77777777", "One digit again"),
        ("1234", "in a row"), ("4321", "in a row"), ("7890", "in a row"), ("0987", "in a row"), ("23456789", "in a row"),
        ("1212", "repeated"), ("731731", "repeated"), ("73057305", "repeated"), ("1984", "year"), ("2003", "year"),
        ("2580", "straight line"),
    ],
)  # fmt: skip
def test_a_pin_that_others_try_first_is_refused(pin: str, said: str) -> None:
    assert said in wrong_with(pin)


@pytest.mark.parametrize("pin", ["7305", "198473", "0917", "12340", "90210"])
def test_any_other_pin_may_be_set(pin: str) -> None:
    assert wrong_with(pin) == ""


@derandomized
@given(st.text(max_size=10))
def test_what_may_be_set_is_four_to_eight_digits(pin: str) -> None:
    assert wrong_with(pin) or (4 <= len(pin) <= 8 and set(pin) <= set("0123456789"))


TRIES = st.lists(st.tuples(st.booleans(), st.integers(0, 90)), max_size=25)


@derandomized
@given(TRIES)
def test_however_fast_no_more_than_ten_wrong_tries_in_a_row_are_ever_looked_at(tried: list[tuple[bool, int]]) -> None:
    """The walk only makes the tries that the gate lets through; the clock only goes forward."""
    at, newest_first, row, last_wrong = AT, list[Try](), 0, AT
    for right, seconds in tried:
        at += seconds * SECOND
        now = standing(newest_first[:MOST_TRIES], at)
        assert now.wrong == min(row, MOST_TRIES)
        if now.gate is Gate.OPEN:
            assert row < MOST_TRIES
            assert row < FREE_TRIES or at >= last_wrong + PAUSE
            newest_first.insert(0, Try(right, at))
            row, last_wrong = (0, last_wrong) if right else (row + 1, at)
        elif now.gate is Gate.WAIT:
            assert now.until is not None
            assert FREE_TRIES <= row < MOST_TRIES
            assert at < now.until == last_wrong + PAUSE
        else:
            assert row == MOST_TRIES


def test_the_wait_ends_at_the_instant_it_names() -> None:
    three = [Try(False, AT)] * FREE_TRIES
    assert standing(three, AT + PAUSE - SECOND).gate is Gate.WAIT
    assert standing(three, AT + PAUSE).gate is Gate.OPEN


def test_a_lock_does_not_wear_off() -> None:
    assert standing([Try(False, AT)] * MOST_TRIES, AT + timedelta(days=400)).gate is Gate.LOCKED


def test_a_right_pin_begins_the_count_anew() -> None:
    tries = [Try(False, AT), Try(True, AT), *[Try(False, AT)] * 9]
    assert (standing(tries, AT).gate, standing(tries, AT).left) == (Gate.OPEN, 9)


@pytest.mark.parametrize(
    ("after", "on"),
    [(-SECOND, False), (0 * SECOND, True), (LONGEST_DUTY - SECOND, True), (LONGEST_DUTY, False)],
)  # fmt: skip
def test_a_duty_that_nobody_ended_counts_for_sixteen_hours(after: timedelta, on: bool) -> None:
    assert counts(AT, None, AT + after) is on


def test_a_duty_that_ended_does_not_count_from_its_end_on() -> None:
    assert not counts(AT, AT + SECOND, AT + SECOND)
