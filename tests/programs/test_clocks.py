"""The federal clocks and the 90 % notice, by the tables of docs/rules/placement-list.md and by property."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.rules.clocks import (
    INTERIM,
    Asking,
    Name,
    State,
    Taken,
    capacity,
    clocks,
    days_later,
    is_full,
    said,
    tell_by,
)
from tests.doc_table import table

PAGE = "docs/rules/placement-list.md"
NEW_YORK = ZoneInfo("America/New_York")
ASKED = datetime(2025, 11, 18, 15, 42, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLOCKS, CHANGES, FULL = table(PAGE, "The clocks"), table(PAGE, "When the clock changes"), table(PAGE, "The 90 % notice")
steady = settings(derandomize=True, database=None, deadline=None)


def hours(cell: str) -> datetime | None:
    return ASKED + int(cell) * HOUR if cell else None


@pytest.mark.parametrize("row", CLOCKS, ids=[row["Case"] for row in CLOCKS])
def test_the_clocks_are_those_of_the_page(row: dict[str, str]) -> None:
    asking = Asking(
        row["Pregnant"] == "yes",
        row["Injects"] == "yes",
        ASKED,
        hours(row["Interim at h"]),
        hours(row["Admitted at h"]),
    )
    now = ASKED + int(row["Seen at h"]) * HOUR
    found = clocks(asking, now, NEW_YORK)
    assert "; ".join(f"{clock.name}: {clock.state}" for clock in found) == row["Clocks"]
    assert "; ".join(said(clock, now, NEW_YORK) for clock in found) == row["Words"]


@pytest.mark.parametrize("row", CHANGES, ids=[f"{row['Asked (wall)']}, {row['What']}" for row in CHANGES])
def test_a_clock_change_does_not_stretch_hours_and_days_keep_the_wall_time(row: dict[str, str]) -> None:
    start = datetime.fromisoformat(row["Asked (wall)"]).replace(tzinfo=NEW_YORK).astimezone(UTC)
    number, unit = row["What"].split()
    due = start + int(number) * HOUR if unit == "hours" else days_later(start, int(number), NEW_YORK)
    assert f"{due.astimezone(NEW_YORK):%Y-%m-%d %H:%M}" == row["Due (wall)"]
    assert f"{due:%Y-%m-%d %H:%M}" == row["Due (UTC)"]
    if unit == "hours":
        [clock] = clocks(Asking(True, False, start), start, NEW_YORK)
        assert clock.due_at == due


@pytest.mark.parametrize("row", FULL, ids=[f"{row['Taken']} of {row['Licensed']}" for row in FULL])
def test_ninety_per_cent_is_the_one_of_the_page(row: dict[str, str]) -> None:
    assert is_full(int(row["Taken"]), int(row["Licensed"])) == (row["At 90 %"] == "yes")


instants = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
lengths = st.timedeltas(timedelta(0), timedelta(days=200))


@steady
@given(asked=instants, interim=st.none() | lengths, seen=lengths, pregnant=st.booleans(), injects=st.booleans())
def test_a_clock_never_goes_back_from_late_nor_the_due_hour_forward(
    asked: datetime, interim: timedelta | None, seen: timedelta, pregnant: bool, injects: bool
) -> None:
    asking = Asking(pregnant, injects, asked, None if interim is None else asked + interim)
    found = {clock.name: clock for clock in clocks(asking, asked + seen, NEW_YORK)}
    assert (Name.INTERIM in found, Name.ADMISSION in found) == (pregnant or injects, injects)
    later = {clock.name: clock for clock in clocks(asking, asked + seen + DAY, NEW_YORK)}
    for name, clock in found.items():
        assert later[name].due_at == clock.due_at
        assert clock.state is not State.LATE or later[name].state is State.LATE
        assert clock.met_at is not None or (clock.state is State.LATE) == (asked + seen > clock.due_at)
    if injects:
        early = interim is not None and interim <= INTERIM
        days = (found[Name.ADMISSION].due_at - asked).total_seconds() / 86400
        assert abs(days - (120 if early else 14)) <= 1 / 24


periods = st.lists(
    st.builds(
        lambda start, length: Taken(ASKED - start * HOUR, None if length is None else ASKED - (start - length) * HOUR),
        st.integers(-3, 300),
        st.none() | st.integers(1, 200),
    ),
    max_size=14,
)


@steady
@given(rows=periods, licensed=st.integers(0, 6))
def test_ninety_per_cent_was_reached_at_the_last_crossing_from_below(rows: list[Taken], licensed: int) -> None:
    found = capacity(rows, licensed, ASKED)

    def taken(at: datetime) -> int:
        return sum(row.started_at <= at and (row.ended_at is None or row.ended_at > at) for row in rows)

    assert found.taken == taken(ASKED)
    assert (found.reached_at is not None) == is_full(found.taken, licensed)
    if found.reached_at is not None:
        assert not is_full(taken(found.reached_at - HOUR / 2), licensed)
        hour = found.reached_at
        while hour <= ASKED:
            assert is_full(taken(hour), licensed)
            hour += HOUR / 2


def test_someone_who_leaves_as_another_comes_does_not_reach_it_anew() -> None:
    rows = [Taken(ASKED - 9 * DAY, None), Taken(ASKED - 8 * DAY, ASKED - DAY), Taken(ASKED - DAY, None)]
    assert capacity(rows, 2, ASKED).reached_at == ASKED - 8 * DAY
    assert capacity([*rows[:2], Taken(ASKED - DAY + HOUR, None)], 2, ASKED).reached_at == ASKED - DAY + HOUR


def test_the_state_is_told_within_seven_days_of_the_wall() -> None:
    assert tell_by(datetime(2025, 10, 28, 14, 12, tzinfo=UTC), NEW_YORK) == datetime(2025, 11, 4, 15, 12, tzinfo=UTC)


def test_per_cent_are_rounded_down() -> None:
    assert capacity([Taken(ASKED, None)] * 8, 9, ASKED).percent == 88
