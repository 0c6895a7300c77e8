"""The clocks of a breach: sixty days, the year's end, leap years, and on whose calendar it was discovered."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.rules.breaches import Clock, Told, clocks, may_close, year_end

DAYS = st.dates(date(2024, 1, 1), date(2060, 12, 31))


def due(discovered: date, people: int, most: int = 0) -> dict[Told, date]:
    return {each.whom: each.due for each in clocks(discovered, people, most)}


def test_fewer_than_five_hundred_are_told_to_the_secretary_after_the_year() -> None:
    assert due(date(2026, 3, 3), 499) == {Told.INDIVIDUALS: date(2026, 5, 2), Told.HHS: date(2027, 3, 1)}
    assert due(date(2026, 12, 31), 1)[Told.HHS] == date(2027, 3, 1)
    assert due(date(2027, 1, 1), 1)[Told.HHS] == date(2028, 2, 29), "sixty days into a leap year"


def test_five_hundred_are_told_to_the_secretary_at_the_same_time_and_more_in_one_state_to_the_media() -> None:
    assert due(date(2028, 2, 1), 500, 500) == {Told.INDIVIDUALS: date(2028, 4, 1), Told.HHS: date(2028, 4, 1)}
    assert due(date(2028, 2, 1), 900, 501)[Told.MEDIA] == date(2028, 4, 1)


@settings(derandomize=True, database=None, deadline=None, max_examples=150)
@given(DAYS, st.integers(1, 2000), st.integers(0, 2000))
def test_the_people_are_always_told_within_sixty_days_and_nobody_before(day: date, people: int, most: int) -> None:
    found = clocks(day, people, most)
    by = {each.whom: each.due for each in found}
    assert by[Told.INDIVIDUALS] - day == timedelta(60)
    assert (by[Told.HHS] == by[Told.INDIVIDUALS]) == (people >= 500 or year_end(day) == day + timedelta(60))
    assert (Told.MEDIA in by) == (most > 500)
    assert [each.due for each in found] == sorted(each.due for each in found)
    assert (year_end(day) - date(day.year, 12, 31)).days == 60 and year_end(day).month in {2, 3}


def test_a_clock_is_late_on_the_day_after_its_last_and_what_was_sent_in_time_is_not() -> None:
    last = date(2026, 5, 2)
    clock = Clock(Told.INDIVIDUALS, last)
    assert (clock.left(last), clock.late(last)) == (0, False)
    assert (clock.left(last + timedelta(1)), clock.late(last + timedelta(1))) == (-1, True)
    assert not Clock(Told.HHS, last, last).late(date(2030, 1, 1)) and Clock(Told.HHS, last, last + timedelta(1)).late(
        last
    )


def test_nothing_closes_without_an_assessment_and_a_breach_only_when_all_were_told() -> None:
    day = date(2026, 3, 3)
    assert [each.code for each in may_close(False, False, clocks(day, 3))] == ["breach.not_assessed"]
    assert may_close(True, False, clocks(day, 3)) == []
    half = clocks(day, 3, sent={Told.INDIVIDUALS: day})
    [left] = may_close(True, True, half)
    assert left.code == "breach.not_told" and "1 March 2027" in left.message
    assert may_close(True, True, clocks(day, 3, sent={Told.INDIVIDUALS: day, Told.HHS: day})) == []
