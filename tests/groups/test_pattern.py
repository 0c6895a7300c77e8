"""What is picked on a page, the rule it stands for, and the words it reads as."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groups.rules.pattern import DAYS, MONTHS, WEEKS, Picks, in_words, picks_of, rule_of
from groups.rules.recurrence import Meets, dates, rule_findings

BEGINS = date(2026, 1, 5)  # a Monday
picked = st.sets(st.sampled_from(DAYS), min_size=1)
often = st.sampled_from([*WEEKS, *MONTHS])
last = st.none() | st.dates(date(2026, 3, 1), date(2027, 12, 31))


@given(days=picked, every=often, until=last)
@settings(derandomize=True, database=None, deadline=None)
def test_what_was_picked_is_read_back_from_the_rule(days: set[str], every: str, until: date | None) -> None:
    rule = rule_of(days, every, until)
    assert picks_of(rule) == Picks(tuple(day for day in DAYS if day in days), every, until)
    assert rule_findings(rule, BEGINS) == []
    assert len(rule) <= 200


@given(days=picked, every=often, until=st.dates(date(2026, 3, 1), date(2026, 8, 1)))
@settings(derandomize=True, database=None, deadline=None)
def test_it_meets_on_the_picked_days_only_and_not_after_the_last_date(days: set[str], every: str, until: date) -> None:
    meets = Meets(rule_of(days, every, until), BEGINS, None, time(9), 60)
    found = list(dates(meets, BEGINS, date(2026, 9, 1)))
    assert found and all(DAYS[on.weekday()] in days and on <= until for on in found)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,TH", "Mon, Thu"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Mon to Fri"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "every day"),
        ("FREQ=DAILY", "every day"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "every second week on Mon"),
        ("FREQ=MONTHLY;BYDAY=1TU", "the first Tue of the month"),
        ("FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20261231", "the last Fri of the month, until 31 Dec 2026"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "by the rule FREQ=MONTHLY;BYMONTHDAY=15"),
        ("FREQ=WEEKLY;INTERVAL=9;BYDAY=MO", "by the rule FREQ=WEEKLY;INTERVAL=9;BYDAY=MO"),
    ],
)
def test_a_rule_reads_as_plain_words(rule: str, words: str) -> None:
    assert in_words(rule) == words
