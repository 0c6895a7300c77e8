"""Which round a dose belongs to."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from emar.rules.passes import REACH, nearest, pass_of, passes_of

NEW_YORK = ZoneInfo("America/New_York")
START = datetime(2026, 3, 7, tzinfo=UTC)  # the clock changes on 8 March
INSTANTS = st.lists(st.integers(0, 3 * 24 * 60).map(lambda minute: START + timedelta(minutes=minute)), max_size=40)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=80)


def at(clock: str, day: int = 5) -> datetime:
    return datetime.fromisoformat(f"2026-01-{day:02}T{clock}").replace(tzinfo=NEW_YORK).astimezone(UTC)


def test_a_pass_stands_where_most_doses_are_due_and_takes_along_what_is_near() -> None:
    dues = [at("08:00"), at("08:00"), at("08:00"), at("07:30"), at("09:00"), at("14:00"), at("20:00")]
    passes = passes_of(dues, NEW_YORK)
    assert passes == [at("08:00"), at("14:00"), at("20:00")]
    assert pass_of(at("09:00"), passes, NEW_YORK) == at("08:00")
    assert pass_of(at("07:30"), passes, NEW_YORK) == at("08:00")


def test_a_dose_at_midnight_belongs_to_one_pass_of_its_own_day() -> None:
    passes = passes_of([at("23:45"), at("00:10", 6)], NEW_YORK)
    assert passes == [at("23:45"), at("00:10", 6)]
    assert pass_of(at("00:10", 6), passes, NEW_YORK) == at("00:10", 6)


def test_nothing_due_makes_no_pass() -> None:
    assert passes_of([], NEW_YORK) == []
    assert nearest(at("08:00"), []) is None
    assert pass_of(at("08:00"), [], NEW_YORK) is None


@quick
@given(INSTANTS)
def test_every_dose_has_a_pass_on_its_own_day_and_passes_stand_apart(dues: list[datetime]) -> None:
    passes = passes_of(dues, NEW_YORK)
    for due in dues:
        home = pass_of(due, passes, NEW_YORK)
        assert home is not None
        assert abs(home - due) <= REACH
        assert home.astimezone(NEW_YORK).date() == due.astimezone(NEW_YORK).date()
    for earlier, later in pairwise(passes):
        assert later - earlier > REACH or earlier.astimezone(NEW_YORK).date() != later.astimezone(NEW_YORK).date()
