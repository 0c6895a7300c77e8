"""Is this the same person? By the table of docs/rules/placement-list.md and by property."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.rules.duplicates import Match, Someone, dates_close, match, plain, slips
from tests.doc_table import table

ROWS = table("docs/rules/placement-list.md", "The same person")
steady = settings(derandomize=True, database=None, deadline=None)


def someone(name: str, born: str) -> Someone:
    """'Robert (Bo) Finch': the last word is the last name, a word in brackets the preferred one."""
    *given, last = name.split()
    preferred = next((word.strip("()") for word in given if word.startswith("(")), "")
    first = " ".join(word for word in given if not word.startswith("("))
    return Someone(first, last, date.fromisoformat(born), preferred)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['Known']}, {row['Typed']}, {row['Born, typed']}" for row in ROWS])
def test_the_match_is_the_one_of_the_page(row: dict[str, str]) -> None:
    found = match(someone(row["Known"], row["Born"]), someone(row["Typed"], row["Born, typed"]))
    assert (found.name.lower() if found else "none") == row["Match"]


names = st.text("abeéÉøAn -'李😀", min_size=1, max_size=8)
people = st.builds(Someone, names, names, st.dates(date(1930, 1, 1), date(2010, 1, 1)), st.just("") | names)


@steady
@given(one=people, other=people)
def test_it_does_not_matter_who_is_named_first(one: Someone, other: Someone) -> None:
    assert match(one, other) == match(other, one)


@steady
@given(one=people)
def test_everybody_is_the_same_as_themselves(one: Someone) -> None:
    if one.first.strip() or one.preferred.strip():
        assert match(one, one) is Match.SAME


@steady
@given(one=people, born=st.dates(date(1930, 1, 1), date(2010, 1, 1)))
def test_another_date_never_makes_it_surer(one: Someone, born: date) -> None:
    other = Someone(one.first, one.last, born, one.preferred)
    found, same = match(one, other), match(one, one)
    assert (found or 0) <= (same or 0)


@steady
@given(born=st.dates(date(1900, 1, 1), date(2025, 1, 1)))
def test_a_slip_of_a_slip_can_lead_back(born: date) -> None:
    assert born not in slips(born)
    assert all(dates_close(born, other) == dates_close(other, born) for other in slips(born))


def test_a_name_without_letters_is_still_a_name() -> None:
    assert plain(" ... ") == "..."
    assert plain("Élan-Zoë") == "elanzoe"
