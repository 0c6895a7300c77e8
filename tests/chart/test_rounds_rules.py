"""When is a look due, and what became of it? Rules alone; instants are UTC."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from chart.rules.rounds.due import MINUTE, Asked, Stretch, due_after, gap, stretches
from chart.rules.rounds.walked import SLACK, Look, Outcome, Slot, walked
from programs.rules.routine import Routine, changes_between, newest_change, nights, shift_at

BEGAN = datetime(2025, 11, 18, 3, 0, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
EXACT = settings(derandomize=True, database=None, deadline=None, max_examples=80)
intervals = st.integers(min_value=5, max_value=240)
waits = st.lists(st.floats(min_value=0.0, max_value=1.0), min_size=1, max_size=25)


def order(minutes: int = 15, *, seed: str = "order/7", since: datetime = BEGAN, until: datetime | None = None) -> Asked:
    return Asked(seed, minutes, since, until, "Every so often")


def here(asked: Asked) -> list[Stretch]:
    return stretches([asked], [(BEGAN - timedelta(days=1), None)], asked.since + timedelta(days=30))


def look(at: datetime, pk: int = 1, *, entered: datetime | None = None) -> Look:
    return Look(pk, at, entered or at)


def outcomes(slots: list[Slot]) -> list[Outcome]:
    return [slot.outcome for slot in slots]


@EXACT
@given(intervals, st.integers(min_value=0, max_value=100_000), st.text(max_size=12))
def test_a_gap_is_never_over_the_interval_nor_under_three_fifths_of_it(minutes: int, slot: int, seed: str) -> None:
    assert minutes * MINUTE * 3 / 5 <= gap(seed, slot, minutes) <= minutes * MINUTE


def test_gaps_are_not_all_alike_and_another_order_has_others() -> None:
    mine = [gap("order/7", slot, 15) for slot in range(20)]
    assert len(set(mine)) > 3
    assert mine != [gap("order/8", slot, 15) for slot in range(20)]


def test_two_machines_agree_on_the_gaps() -> None:
    """The numbers themselves: another version of this program must come to the same past."""
    assert [int(gap("order/7", slot, 15) / MINUTE) for slot in range(8)] == [14, 13, 11, 14, 15, 13, 13, 13]


@EXACT
@given(intervals, waits)
def test_whoever_looks_in_time_never_leaves_more_than_the_interval_between_two_looks(
    minutes: int, shares: list[float]
) -> None:
    """Each look is taken somewhere between the opening of its slot and the moment it is due."""
    [stretch] = here(order(minutes))
    looks: list[Look] = []
    for number, share in enumerate(shares, 1):
        slot = walked([stretch], looks, looks[-1].at if looks else BEGAN)[-1]
        looks.append(look(slot.opens_at + share * (slot.due_at - slot.opens_at), number))
    slots = walked([stretch], looks, looks[-1].at)
    assert outcomes(slots[:-1]) == [Outcome.ON_TIME] * len(looks)
    taken = [BEGAN, *(each.at for each in looks)]
    assert all(after - before <= minutes * MINUTE for before, after in itertools.pairwise(taken))


@EXACT
@given(
    intervals, st.lists(st.integers(min_value=0, max_value=600), max_size=20), st.integers(min_value=0, max_value=900)
)
def test_looking_again_at_a_past_moment_gives_what_was_known_then(minutes: int, offsets: list[int], then: int) -> None:
    """What was late or missed at an instant is so for ever, whatever came after."""
    [stretch] = here(order(minutes))
    looks = [look(BEGAN + at * MINUTE, pk) for pk, at in enumerate(offsets, 1)]
    at = BEGAN + then * MINUTE
    settled = [slot for slot in walked([stretch], looks, at) if slot.outcome is not Outcome.OPEN]
    assert walked([stretch], looks, BEGAN + 2000 * MINUTE)[: len(settled)] == settled


@EXACT
@given(intervals, st.lists(st.tuples(st.integers(0, 600), st.integers(0, 60)), max_size=15))
def test_nothing_entered_afterwards_makes_a_late_or_missed_look_one_in_time(
    minutes: int, looks: list[tuple[int, int]]
) -> None:
    [stretch] = here(order(minutes))
    known = [
        look(BEGAN + at * MINUTE, pk, entered=BEGAN + (at + later) * MINUTE) for pk, (at, later) in enumerate(looks, 1)
    ]
    for slot in walked([stretch], known, BEGAN + 2000 * MINUTE):
        if slot.look is not None and slot.look.entered_at > slot.due_at + SLACK:
            assert slot.outcome in (Outcome.LATE, Outcome.ENTERED_LATER)
            assert slot.late_minutes >= 1
        if slot.outcome is Outcome.MISSED:
            assert slot.look is None


def test_a_look_after_it_was_due_is_late_with_its_minutes() -> None:
    [stretch] = here(order())
    due = due_after(stretch, BEGAN)
    [slot, _] = walked([stretch], [look(due + 4 * MINUTE)], due + 5 * MINUTE)
    assert (slot.outcome, slot.late_minutes) == (Outcome.LATE, 4)


def test_a_look_taken_in_time_and_sent_later_says_so() -> None:
    [stretch] = here(order())
    due = due_after(stretch, BEGAN)
    [slot, _] = walked([stretch], [look(due - MINUTE, entered=due + 6 * MINUTE)], due + 6 * MINUTE)
    assert (slot.outcome, slot.late_minutes) == (Outcome.ENTERED_LATER, 6)


def test_an_hour_without_a_look_is_several_missed_ones_and_a_look_does_not_take_them_away() -> None:
    [stretch] = here(order())
    slots = walked([stretch], [look(BEGAN + 60 * MINUTE)], BEGAN + 61 * MINUTE)
    assert outcomes(slots).count(Outcome.MISSED) >= 3
    back_dated = look(BEGAN + 10 * MINUTE, 2, entered=BEGAN + 60 * MINUTE)
    filled = walked([stretch], [look(BEGAN + 60 * MINUTE), back_dated], BEGAN + 61 * MINUTE)
    assert outcomes(filled).count(Outcome.MISSED) == outcomes(slots).count(Outcome.MISSED)


def test_of_two_looks_at_once_the_first_answers_and_the_other_answers_nothing() -> None:
    [stretch] = here(order())
    due = due_after(stretch, BEGAN)
    first, second = look(due - MINUTE, 1), look(due - MINUTE + timedelta(seconds=5), 2)
    slots = walked([stretch], [second, first], due)
    assert [slot.look for slot in slots] == [first, None]


def test_the_shortest_of_two_intervals_counts_while_both_hold() -> None:
    night = order(60, seed="night/1", until=BEGAN + timedelta(hours=8))
    watch = order(15, since=BEGAN + timedelta(hours=2), until=BEGAN + timedelta(hours=3))
    found = stretches([night, watch], [(BEGAN, None)], BEGAN + timedelta(days=1))
    assert [each.asked.minutes for each in found] == [60, 15, 60]
    assert [each.before for each in found] == [0, 60, 15]


@EXACT
@given(st.integers(0, 240), st.sampled_from([(60, 15), (15, 60), (60, 30)]), waits)
def test_a_change_of_interval_leaves_no_more_than_the_longer_one_between_two_looks(
    switch: int, minutes: tuple[int, int], shares: list[float]
) -> None:
    one = order(minutes[0], seed="a", until=BEGAN + switch * MINUTE) if switch else None
    two = order(minutes[1], seed="b", since=BEGAN + switch * MINUTE)
    asked = [each for each in (one, two) if each is not None]
    parts = stretches(asked, [(BEGAN, None)], BEGAN + timedelta(days=2))
    looks: list[Look] = []
    moment = BEGAN
    for number, share in enumerate(shares, 1):
        slot = walked(parts, looks, moment)[-1]
        after = next((part for part in parts if part.since > moment), None)
        if after is not None and slot.due_at >= after.since:  # the change comes first: look at what it asks
            slot = walked(parts, looks, after.since)[-1]
        moment = max(moment, slot.opens_at + share * (slot.due_at - slot.opens_at))
        looks.append(look(moment, number))
    taken = [BEGAN, *(each.at for each in looks)]
    assert all(after - before <= max(minutes) * MINUTE for before, after in itertools.pairwise(taken))


def test_nobody_is_looked_in_on_while_they_are_away() -> None:
    gone, back = BEGAN + timedelta(hours=1), BEGAN + timedelta(hours=3)
    found = stretches([order()], [(BEGAN, gone), (back, None)], BEGAN + timedelta(days=1))
    assert [(each.since, each.until) for each in found] == [(BEGAN, gone), (back, None)]
    slots = walked(found, [], back + 5 * MINUTE)
    assert not [slot for slot in slots if gone <= slot.due_at < back]


def test_a_night_in_which_the_clock_goes_back_is_an_hour_longer_and_has_no_gap() -> None:
    """2 November 2025: 22:00 EDT to 06:00 EST is nine hours."""
    [(start, end)] = nights(
        datetime(2025, 11, 2, 3, tzinfo=UTC), datetime(2025, 11, 2, 9, tzinfo=UTC), NEW_YORK, Routine()
    )
    assert end - start == timedelta(hours=9)
    night = order(60, seed="night", since=start, until=end)
    [stretch] = stretches([night], [(start, None)], end + timedelta(days=1))
    slots = walked([stretch], [], end + MINUTE)
    dues = [start, *(slot.due_at for slot in slots), end]
    assert all(after - before <= timedelta(hours=1) for before, after in itertools.pairwise(dues))


def test_a_night_in_which_the_clock_goes_forward_is_an_hour_shorter() -> None:
    [(start, end)] = nights(
        datetime(2026, 3, 8, 4, tzinfo=UTC), datetime(2026, 3, 8, 9, tzinfo=UTC), NEW_YORK, Routine()
    )
    assert end - start == timedelta(hours=7)


def test_shifts_follow_each_other_without_a_gap_across_a_clock_change() -> None:
    since = datetime(2025, 11, 1, 0, tzinfo=UTC)
    changes = changes_between(since, since + timedelta(days=3), NEW_YORK)
    assert len(changes) == 9
    for change, following in itertools.pairwise(changes):
        shift = shift_at(change, NEW_YORK)
        assert (shift.since, shift.until) == (change, following)
        assert newest_change(following - MINUTE, NEW_YORK) == change
    assert max(b - a for a, b in itertools.pairwise(changes)) == timedelta(hours=9)


def test_a_site_with_one_change_a_day_has_one_shift_a_day() -> None:
    shift = shift_at(datetime(2025, 11, 18, 15, tzinfo=UTC), NEW_YORK, (time(7),))
    assert shift.until - shift.since == timedelta(days=1)
    assert shift.since.astimezone(NEW_YORK).date() == date(2025, 11, 18)
