"""What must hold of every census, whatever happened: sums agree, nothing is counted twice, nothing falls below nought."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from beds.rules.census import (
    Away,
    Cleaned,
    Closed,
    Day,
    Facts,
    Figures,
    Held,
    Placed,
    Stay,
    dates,
    days,
    figures,
    lines,
    midnight_after,
    midnights,
    parts,
    picture,
    totals,
    turnarounds,
)
from beds.rules.states import BedState, derive_state

quick = settings(derandomize=True, deadline=None, database=None, max_examples=200)
TZ = ZoneInfo("America/New_York")
BEGINS = datetime(2025, 10, 28, 4, tzinfo=UTC)  # clocks go back on 2 November
FIRST, LAST = date(2025, 10, 28), date(2025, 11, 6)
BEDS = {1: 10, 2: 10, 3: 20}
HOURS = (LAST - FIRST).days * 24 + 26


def cuts(dice: Random, most: int = 4) -> list[tuple[datetime, datetime | None]]:
    """Periods that do not overlap, some following at once, the last perhaps open; often at midnight of one of two offsets."""
    hours = {
        dice.choice((dice.randrange(-48, HOURS), 24 * dice.randrange(9), 24 * dice.randrange(9) + 1))
        for _ in range(2 * most)
    }
    at = [BEGINS + timedelta(hours=hour) for hour in sorted(hours)]
    found: list[tuple[datetime, datetime | None]] = [cut for cut in pairwise(at) if dice.random() < 0.6]
    return [*found, (at[-1], None)] if dice.random() < 0.4 else found


def world(seed: int) -> Facts:
    """Three beds in two units; stays of five episodes; leaves, levels, holds and closures anyhow."""
    dice = Random(seed)
    stays: list[Stay] = []
    for bed in BEDS:
        for start, end in cuts(dice):
            taken = {
                stay.episode
                for stay in stays
                if (end is None or stay.start < end) and (stay.end is None or stay.end > start)
            }
            if free := [episode for episode in range(1, 6) if episode not in taken]:
                episode = dice.choice(free)
                stays.append(Stay(bed, episode, "Medicaid" if episode % 2 else "", start, end))
    return Facts(
        units=BEDS,
        stays=tuple(stays),
        leaves=tuple(Away(episode, *cut) for episode in (1, 2, 3) for cut in cuts(dice)),
        placements=tuple(
            Placed(episode, dice.choice(("3.5", "3.7", "3.1")), *cut) for episode in (1, 3, 4) for cut in cuts(dice)
        ),
        holds=tuple(Held(bed, start, end or start) for bed in BEDS for start, end in cuts(dice)),
        closures=tuple(Closed(bed, *cut) for bed in BEDS for cut in cuts(dice, 1)),
    )


worlds = st.integers(0, 2**32).map(world)
MARKS = midnights(FIRST, LAST, TZ)
DATES = dates(FIRST, LAST)


def one_at_a_time(facts: Facts, at: datetime) -> list[BedState]:
    """Each bed at an instant, as the board derives it."""

    def holds(start: datetime, end: datetime | None) -> bool:
        return start <= at and (end is None or end > at)

    found = []
    for bed in BEDS:
        here = [stay for stay in facts.stays if stay.bed == bed and holds(stay.start, stay.end)]
        found.append(
            derive_state(
                stay=bool(here),
                on_leave=any(
                    leave.episode == stay.episode and holds(leave.start, leave.end)
                    for stay in here
                    for leave in facts.leaves
                ),
                hold=any(hold.bed == bed and holds(hold.start, hold.end) for hold in facts.holds),
                closure=any(closed.bed == bed and holds(closed.start, closed.end) for closed in facts.closures),
                cleaning=None,
            )
        )
    return found


@quick
@given(worlds)
def test_the_census_is_what_the_board_showed_at_that_midnight(facts: Facts) -> None:
    for day, at in zip(totals(days(facts, DATES, MARKS)), MARKS, strict=True):
        states = one_at_a_time(facts, at)
        counted = (day.in_house, day.on_leave, day.held, day.closed)
        wanted = (BedState.OCCUPIED, BedState.ON_LEAVE, BedState.HELD, BedState.OUT_OF_SERVICE)
        assert counted == tuple(states.count(state) for state in wanted)


@quick
@given(worlds)
def test_every_bed_is_counted_once_and_nothing_is_negative(facts: Facts) -> None:
    for day in days(facts, DATES, MARKS):
        assert day.census + day.empty + day.closed == day.beds == list(BEDS.values()).count(day.unit)
        assert min(day.in_house, day.on_leave, day.held, day.closed, day.empty) >= 0
        assert day.held <= day.empty
        assert day.occupancy is None or 0 <= day.occupancy <= 1


@quick
@given(worlds)
def test_by_unit_by_level_and_by_payer_come_to_the_same(facts: Facts) -> None:
    for on, at in zip(DATES, MARKS, strict=True):
        by_unit = {day.unit: (day.in_house, day.on_leave) for day in days(facts, [on], [at])}
        found = lines(facts, [at])
        assert sum(line.census for line in found) == sum(sum(counts) for counts in by_unit.values())
        for unit, counted in by_unit.items():
            here = [line for line in found if line.unit == unit]
            assert (sum(line.in_house for line in here), sum(line.on_leave for line in here)) == counted


@quick
@given(worlds, st.integers(1, len(MARKS) - 1))
def test_bed_days_of_two_ranges_add_up_to_those_of_both(facts: Facts, cut: int) -> None:
    whole = sum(line.census for line in lines(facts, MARKS))
    assert whole == sum(line.census for part in (MARKS[:cut], MARKS[cut:]) for line in lines(facts, part))
    assert whole == sum(day.census for day in days(facts, DATES, MARKS))
    both = [figures(days(facts, on, at), facts.stays, after, at[-1]) for on, at, after in (
        (DATES[:cut], MARKS[:cut], BEGINS), (DATES[cut:], MARKS[cut:], MARKS[cut - 1]),
    )]  # fmt: skip
    together = figures(days(facts, DATES, MARKS), facts.stays, BEGINS, MARKS[-1])
    for name in ("bed_days", "leave_days", "hold_days", "service_days", "admissions", "departures"):
        assert getattr(together, name) == sum(getattr(one, name) for one in both)


@quick
@given(worlds)
def test_the_census_at_the_end_is_the_one_before_and_who_came_less_who_left(facts: Facts) -> None:
    before = MARKS[0]
    for on, at in zip(DATES[1:], MARKS[1:], strict=True):
        found = figures([], facts.stays, before, at)
        start, end = (sum(line.census for line in lines(facts, [mark])) for mark in (MARKS[0], at))
        assert end == start + found.admissions - found.departures, on


@quick
@given(worlds)
def test_each_unit_adds_up_to_the_figures_of_all(facts: Facts) -> None:
    by_day = days(facts, DATES, MARKS)
    together = figures(by_day, facts.stays, BEGINS, MARKS[-1])

    def of(unit: int) -> Figures:
        chosen = [day for day in by_day if day.unit == unit]
        return figures(chosen, facts.stays, BEGINS, MARKS[-1], lambda bed: BEDS[bed] == unit)

    each = [of(unit) for unit in (10, 20)]
    for name in ("bed_days", "leave_days", "hold_days", "service_days", "admissions", "departures"):
        assert getattr(together, name) == sum(getattr(one, name) for one in each)
    assert together.average_stay is None or together.average_stay > 0


@quick
@given(
    st.dates(date(2000, 1, 1), date(2039, 12, 31)),
    st.sampled_from(["America/New_York", "Africa/Cairo", "America/Havana", "Australia/Lord_Howe"]),
)
def test_a_date_is_over_when_the_clock_first_shows_the_next(on: date, zone: str) -> None:
    tz, ends = ZoneInfo(zone), midnight_after(on, ZoneInfo(zone))
    assert ends.astimezone(tz).date() > on
    assert (ends - timedelta(seconds=1)).astimezone(tz).date() == on
    assert midnight_after(on - timedelta(days=1), tz) < ends


minutes = st.integers(-30, 600)


@quick
@given(st.lists(st.tuples(minutes, st.none() | minutes, st.none() | minutes, st.booleans()), min_size=1, max_size=3))
def test_the_steps_of_a_turnaround_add_up_and_none_is_negative(
    tried: list[tuple[int, int | None, int | None, bool]],
) -> None:
    def at(minute: int | None) -> datetime | None:
        return None if minute is None else BEGINS + timedelta(minutes=minute)

    jobs = [
        Cleaned(BEGINS + timedelta(minutes=asked), at(accepted), at(end), back) for asked, accepted, end, back in tried
    ]
    [one] = turnarounds([(1, BEGINS, jobs)])
    if one.steps is not None:
        assert sum(one.steps, timedelta()) == one.whole
        assert min(one.steps) >= timedelta(0)
    assert parts([one]).count + parts([one]).open == 1


@quick
@given(worlds)
def test_the_picture_has_a_step_for_every_date_and_keeps_within_its_box(facts: Facts) -> None:
    together = totals(days(facts, DATES, MARKS))
    drawn = picture(together)
    assert drawn is not None
    assert (drawn.width, len(drawn.hovers), drawn.height) == (len(DATES), len(DATES), 3)
    for path in (drawn.in_house, drawn.on_leave, drawn.capacity):
        heights = [int(step[1:]) for step in path.split() if step.startswith("V")]
        widths = [int(step[1:]) for step in path.split() if step.startswith("H")]
        assert all(0 <= height <= drawn.height for height in heights)
        assert all(0 <= width <= drawn.width for width in widths)


def test_the_picture_is_drawn_step_by_step() -> None:
    inside, away, closed = (2, 3, 3), (1, 0, 1), (0, 0, 1)
    every = [
        Day(date(2025, 10, 31) + timedelta(days=n), 1, 5, closed[n], 0, inside[n], away[n]) for n in range(3)
    ]  # fmt: skip
    drawn = picture(every)
    assert drawn is not None
    assert drawn.height == 5
    assert drawn.in_house == "M0 3 H1 V2 H3 H3 V5 H2 V5 H1 V5 H0 Z"
    assert drawn.on_leave == "M0 2 H2 V1 H3 H3 V2 H2 V2 H1 V3 H0 Z"
    assert drawn.capacity == "M0 0 H2 V1 H3"
    assert drawn.weekends == (1, 2)
    assert [(tick.at, tick.word) for tick in drawn.ticks] == [("0.00%", "31 Oct"), ("33.33%", "Nov")]
    assert (drawn.last.word, drawn.last_on, drawn.last.at) == ("4 of 4", "2 Nov", "20.00%")
    assert drawn.hovers[0].words == "Fri 31 Oct 2025: 2 in the building, 1 on leave, 5 in service, 60 %"
    assert "between 3 and 4" in drawn.label


def test_without_a_bed_there_is_no_picture() -> None:
    assert picture([]) is None
    assert picture([Day(FIRST, 1, 0, 0, 0, 0, 0)]) is None
