"""What a clock on the wall means, in the night in which it goes back, in the one in which it goes forward, and on any other day."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from programs.forms import WallClock
from programs.rules.wall import happened, instants, shown_last, shown_near

NEW_YORK, MINUTE, HOUR = ZoneInfo("America/New_York"), timedelta(minutes=1), timedelta(hours=1)
BACK = datetime(2026, 11, 1, 6, tzinfo=UTC)  # 02:00 EDT is 01:00 EST
days = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31))
moments = st.one_of(
    days.map(lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)),
    st.integers(-240, 240).map(lambda minutes: BACK + minutes * MINUTE),
)
clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def wall_of(at: datetime) -> datetime:
    return at.astimezone(NEW_YORK).replace(tzinfo=None)


@given(at=moments)
def test_every_instant_is_among_those_its_wall_means(at: datetime) -> None:
    found = instants(wall_of(at).replace(fold=0), NEW_YORK)
    assert at in found and 1 <= len(found) <= 2


@given(at=moments, later=st.integers(0, 59))
def test_what_was_written_within_the_hour_means_when_it_was(at: datetime, later: int) -> None:
    """Nobody says which of the two hours: the time that was just then is meant, for as long as it cannot be the other one."""
    now = at + later * MINUTE
    assert happened(wall_of(at), NEW_YORK, now) == at
    assert shown_last(wall_of(at).time(), NEW_YORK, now) == at
    assert shown_near(wall_of(at).time(), NEW_YORK, now, now) == at


@given(clock=clocks, now=moments)
def test_the_last_time_is_the_last(clock: time, now: datetime) -> None:
    found = shown_last(clock, NEW_YORK, now)
    if found is None:
        assert instants(datetime.combine(wall_of(now).date(), clock), NEW_YORK) == []
    else:
        assert found <= now < found + 25 * HOUR + MINUTE
        assert wall_of(found).time() == clock


@given(clock=clocks, now=moments, back=st.integers(0, 600))
def test_the_nearest_is_near_and_has_passed_where_one_has(clock: time, now: datetime, back: int) -> None:
    near = now - back * MINUTE
    found = shown_near(clock, NEW_YORK, now, near)
    assert wall_of(found).time() == clock
    assert found <= now or all(
        each > now or abs(each - near) > 12 * HOUR
        for day in (-1, 0, 1)
        for each in instants(datetime.combine(wall_of(near).date() + timedelta(days=day), clock), NEW_YORK)
    )


@pytest.mark.parametrize(
    ("now", "clock", "means"),
    [
        (BACK - 10 * MINUTE, time(1, 40), BACK - 20 * MINUTE),  # in the first hour
        (
            BACK + 10 * MINUTE,
            time(1, 40),
            BACK - 20 * MINUTE,
        ),  # in the second: 20 minutes ago was 01:40, the other has not come
        (BACK + 50 * MINUTE, time(1, 40), BACK + 40 * MINUTE),
        (BACK + 50 * MINUTE, time(23, 30), BACK - 150 * MINUTE),
    ],
)
def test_a_dose_given_in_the_night_the_clock_goes_back(now: datetime, clock: time, means: datetime) -> None:
    assert shown_last(clock, NEW_YORK, now) == means == shown_near(clock, NEW_YORK, now, now)


def test_a_correction_stays_by_the_hour_that_was_charted() -> None:
    charted = BACK - 20 * MINUTE
    assert shown_near(time(1, 35), NEW_YORK, BACK + 3 * HOUR, charted) == charted - 5 * MINUTE


def test_what_was_skipped_never_was() -> None:
    now = datetime(2027, 3, 14, 7, 10, tzinfo=UTC)  # 03:10 EDT
    assert instants(datetime(2027, 3, 14, 2, 30), NEW_YORK) == []
    assert happened(datetime(2027, 3, 14, 2, 30), NEW_YORK, now) is None
    assert shown_last(time(2, 30), NEW_YORK, now) is None
    assert shown_last(time(3, 5), NEW_YORK, now) == now - 5 * MINUTE


@pytest.mark.parametrize(
    ("passed", "now", "means"),
    [
        (True, BACK - 10 * MINUTE, BACK - 20 * MINUTE),
        (True, BACK + 50 * MINUTE, BACK + 40 * MINUTE),
        (False, BACK - 10 * MINUTE, BACK + 40 * MINUTE),
    ],
)
def test_a_form_reads_what_has_passed_as_the_latest_that_has_come(
    passed: bool, now: datetime, means: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: now)
    with timezone.override(NEW_YORK):
        assert WallClock(passed=passed).clean("2026-11-01T01:40") == means


@pytest.mark.parametrize("passed", [True, False])
def test_a_form_refuses_what_was_skipped(passed: bool) -> None:
    with timezone.override(NEW_YORK), pytest.raises(ValidationError, match="skips 02:30 on 14 March"):
        WallClock(passed=passed).clean("2027-03-14T02:30")
