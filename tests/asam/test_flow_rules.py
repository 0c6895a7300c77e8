"""Who stepped where and who came back: every move is counted once, by the order of the levels."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from asam.rules.flow import AGAINST, IN, LEFT, Course, Flow, Stretch, flows, moves, returns
from asam.rules.flow_picture import TALL, flow_picture
from asam.rules.levels import LEVELS

BEGAN = datetime(2025, 9, 1, 14, tzinfo=UTC)
NOW = BEGAN + timedelta(days=90)
quietly = settings(derandomize=True, database=None, deadline=None)


def day(number: float) -> datetime:
    return BEGAN + timedelta(days=number)


def course(person: int, *levels: tuple[str, float], end: float | None = None, ended_as: str = "") -> Course:
    """An episode: levels with the day each began, and how it ended."""
    ends = [begun for _, begun in levels[1:]] + [end]
    stretches = tuple(
        Stretch(level, "P", day(begun), None if ended is None else day(ended))
        for (level, begun), ended in zip(levels, ends, strict=True)
    )
    return Course(person, day(levels[0][1]), None if end is None else day(end), ended_as, stretches)


def told(*courses: Course) -> list[tuple[str, str, str]]:
    return [(flow.source, flow.target, flow.tone) for flow in flows(moves(courses, BEGAN, NOW))]


def test_coming_stepping_and_leaving_are_each_counted_by_the_order_of_the_levels() -> None:
    one = course(1, ("3.7", 0), ("3.5", 5), ("2.7", 25), end=40, ended_as="completed")
    assert told(one) == [
        (IN, "3.7", "in"), ("3.7", "3.5", "lower"), ("3.5", "2.7", "different"), ("2.7", LEFT["completed"], "out"),
    ]  # fmt: skip
    two = course(2, ("2.5", 1), ("3.5", 3), end=4, ended_as="against_advice")
    assert told(two) == [(IN, "2.5", "in"), ("3.5", AGAINST, "against"), ("2.5", "3.5", "higher")]


def test_what_lies_outside_the_dates_is_not_counted_and_both_ends_are_sharp() -> None:
    one = course(1, ("3.7", 0), ("3.5", 5), end=10, ended_as="completed")
    assert [move.kind for move in moves([one], day(5), day(10))] == ["step"]
    assert [move.kind for move in moves([one], day(5), day(10.01))] == ["step", "out"]


def test_a_level_nobody_read_yet_is_compared_with_nothing() -> None:
    old = course(1, ("3.3, not read", 0), ("3.1", 9))
    assert told(old) == [(IN, "3.3, not read", "in"), ("3.3, not read", "3.1", "step")]


def test_who_was_admitted_again_within_thirty_days_is_back_and_later_is_not() -> None:
    soon = [course(1, ("3.5", 0), end=10, ended_as="against_advice"), course(1, ("3.7", 40))]
    found = returns(soon, BEGAN, NOW, NOW)
    assert [(row.person, row.again, row.left, row.back, row.days, row.how) for row in found.found] == [
        (1, True, "3.5", "3.7", 30, AGAINST)
    ]
    late = [course(1, ("3.5", 0), end=10, ended_as="completed"), course(1, ("3.7", 40.1))]
    assert returns(late, BEGAN, NOW, NOW).found == ()
    assert returns(late, BEGAN, NOW, NOW).left == 1


def test_who_stepped_up_again_after_a_step_down_is_back_too() -> None:
    up = course(1, ("3.5", 0), ("2.5", 10), ("3.5", 20))
    [row] = returns([up], BEGAN, NOW, NOW).found
    assert (row.again, row.left, row.how, row.back, row.days) == (False, "3.5", "3.5 to 2.5", "3.5", 10)
    aside = course(1, ("3.5", 0), ("2.1", 10), ("1.7", 20))  # 1.7 is not above 2.1
    assert returns([aside], BEGAN, NOW, NOW).found == ()
    assert returns([aside], BEGAN, NOW, NOW).lowered == 1


def test_those_whose_thirty_days_are_not_over_are_said_and_the_dead_are_no_leaving() -> None:
    young = course(1, ("3.5", 60), end=80, ended_as="completed")
    died = course(2, ("3.5", 60), end=80, ended_as="died")
    found = returns([young, died], BEGAN, NOW, NOW)
    assert (found.left, found.young) == (1, 1)


names = st.sampled_from(list(LEVELS))
ways = st.lists(
    st.tuples(names | st.just(IN), names | st.sampled_from(list(LEFT.values())), st.integers(1, 400)),
    min_size=1, max_size=25, unique_by=lambda way: way[:2],
)  # fmt: skip


@quietly
@given(ways)
def test_nobody_is_lost_between_the_columns_and_no_two_names_overlap(given_ways: list[tuple[str, str, int]]) -> None:
    made = [Flow("step", source, target, "lower", count) for source, target, count in given_ways]
    picture = flow_picture(made)
    assert picture is not None
    people = sum(flow.count for flow in made)
    assert sum(node.count for node in picture.sources) == sum(node.count for node in picture.targets) == people
    assert sum(ribbon.count for ribbon in picture.ribbons) == people
    for column in (picture.sources, picture.targets):
        assert all(below.y >= above.y + above.height for above, below in pairwise(column))
        assert column[-1].y + column[-1].height <= picture.height
    assert picture.height <= TALL + 30 * 40


def test_where_nobody_moved_there_is_no_picture() -> None:
    assert flow_picture(()) is None
