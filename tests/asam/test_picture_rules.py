"""The geometry of the levels' pictures: what is drawn is what was rated, a gap is a gap, and nothing lies outside."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from asam.rules.authorised import Given, Stay
from asam.rules.catalog import load_catalog
from asam.rules.drawing import HEIGHTS, ROWS, Rating, Span, rating
from asam.rules.lanes import across, paid, recommended
from asam.rules.lengths import FEWEST, Mine, lengths
from asam.rules.levels import LEVELS, compare, leq
from asam.rules.multiples import Line, Multiple, sheet
from programs.rules.band import Band, Stretch, band

TZ = ZoneInfo("America/New_York")
BEGAN = datetime(2025, 10, 20, 14, tzinfo=UTC)
NOW = datetime(2025, 11, 18, 15, 42, tzinfo=UTC)
SPAN = Span(BEGAN, NOW, TZ)
USE = load_catalog().subdimension("d4_use")
MED = load_catalog().subdimension("d1_med")
SAFE = load_catalog().subdimension("d5_safe")
quietly = settings(derandomize=True, database=None, deadline=None)


def day(number: float) -> datetime:
    return BEGAN + timedelta(days=number)


def drawn(*codes: str | None) -> Multiple:
    """Risky use, rated every fourth day; None: not rated."""
    ratings = tuple(rating(day(4 * turn), [code] if code else (), USE) for turn, code in enumerate(codes))
    return sheet([Line(4, "Risky use", ratings)], SPAN).multiples[0]


def test_a_level_stands_above_all_that_it_covers_and_one_row_is_never_above_or_below_itself() -> None:
    for a, b in combinations(LEVELS, 2):
        if leq(a, b):
            assert HEIGHTS[a] < HEIGHTS[b]
        if HEIGHTS[a] == HEIGHTS[b]:
            assert compare(a, b) == "different"
    assert [row.height for row in ROWS] == list(range(9))
    assert sum(len(row.levels) for row in ROWS) == len(LEVELS)
    assert len({row.words for row in ROWS}) == len(ROWS)


def test_what_was_not_rated_is_a_gap_and_not_the_foot() -> None:
    gap = drawn("E", None, "C")
    assert [point.code for point in gap.points] == ["E", "C"]
    held = [stroke for stroke in gap.strokes if stroke.how == "held"]
    assert [(stroke.x1, stroke.x2) for stroke in held] == [(SPAN.across(day(0)), SPAN.across(day(4)))]
    assert not [stroke for stroke in gap.strokes if stroke.x1 == stroke.x2]  # no step across the gap


def test_a_rating_that_asks_for_nothing_stands_at_the_foot_and_is_drawn_open() -> None:
    quiet, housed, flagged = (
        rating(BEGAN, ["ANY", "MOUD-C"], MED),
        rating(BEGAN, ["A"], SAFE),
        rating(BEGAN, ["EVAL"], MED),
    )
    assert (quiet.shape, quiet.codes, quiet.height) == ("open", "ANY + MOUD-C", 0)
    assert (housed.shape, housed.height) == ("residence", 0)
    assert (flagged.shape, flagged.height) == ("flag", 0)
    assert rating(BEGAN, ["Z"], USE).shape == "unrated"  # another catalog's code says nothing here
    assert rating(BEGAN, ["A"], None).shape == "unrated"


def test_a_step_between_levels_of_which_neither_is_above_the_other_is_broken() -> None:
    psych = load_catalog().subdimension("d3_psych")
    turns = tuple(rating(day(4 * turn), [code], psych) for turn, code in enumerate(("2A", "1B", "0")))
    [one] = sheet([Line(3, "Psychiatric symptoms", turns)], SPAN).multiples
    assert [stroke.how for stroke in one.strokes] == ["held", "different", "held", "none", "last"]
    assert [stroke.how for stroke in drawn("E", "C", "D").strokes if stroke.x1 == stroke.x2] == ["lower", "different"]


codes = st.sampled_from([None, *(code.code for code in USE.codes)]) if USE else st.none()


@quietly
@given(st.lists(codes, min_size=1, max_size=30))
def test_every_rating_is_a_point_inside_the_picture_and_codes_never_touch(given_codes: list[str | None]) -> None:
    ratings = tuple(
        rating(BEGAN + (NOW - BEGAN) * turn / 30, [code] if code else (), USE) for turn, code in enumerate(given_codes)
    )
    whole = sheet([Line(4, "Risky use", ratings)], SPAN)
    [one] = whole.multiples
    assert len(one.points) == sum(code is not None for code in given_codes)
    for point in one.points:
        assert 0 < point.x < 100
        assert 0 < point.y <= whole.floor < whole.height
    written = sorted(point.x for point in one.points if point.code)
    assert all(right - left >= 10 for left, right in pairwise(written))
    rated = [code for code in given_codes if code]
    if rated:
        assert written[-1] == one.points[-1].x  # the newest always says its code


@quietly
@given(st.lists(st.integers(0, 400), max_size=12))
def test_marks_of_the_episode_stay_inside_whatever_their_instant(days: list[int]) -> None:
    marks = sheet([], SPAN, levels=[(day(each - 100), "3.5") for each in sorted(days)]).levels
    assert len(marks) == len(days)
    assert all(0 < mark.x < 100 for mark in marks)


def test_only_the_marks_of_its_own_dimension_stand_in_a_picture() -> None:
    lines = [Line(1, "Withdrawal", ()), Line(4, "Risky use", ())]
    one, four = sheet(lines, SPAN, support=[(4, day(2), "Drug screen")]).multiples
    assert [mark.said for mark in one.support] == []
    assert [mark.said for mark in four.support] == ["Drug screen"]
    assert one.now == "not rated"


def stays(*parts: tuple[str, float, float | None]) -> tuple[Band, list[Stay]]:
    """A band and its stays: level, first and last day."""
    found = [Stay(level, day(begin), None if end is None else day(end)) for level, begin, end in parts]
    drawn_band = band(
        [Stretch(each.level, "P", each.started_at, each.ended_at) for each in found], at=NOW, tz=TZ, ask_next=True
    )
    return drawn_band, found


def answer(pk: int, level: str, first: int, last: int, approved: int = 30) -> Given:
    return Given(
        pk,
        "Payer",
        level,
        "days",
        Decimal(approved),
        date(2025, 10, 20) + timedelta(first),
        date(2025, 10, 20) + timedelta(last),
    )


def test_the_payers_lane_is_empty_where_it_goes_together_or_nobody_ever_answered() -> None:
    drawn_band, found = stays(("3.7", 0, 5), ("3.5", 5, None))
    assert paid(drawn_band.parts, found, [], NOW, TZ) == ()
    fits = [answer(1, "3.7", 0, 4), answer(2, "3.5 COE", 5, 60)]
    assert paid(drawn_band.parts, found, fits, NOW, TZ) == ()


def test_another_level_a_refusal_and_nothing_are_loud_each_in_its_place() -> None:
    drawn_band, found = stays(("3.7", 0, 5), ("3.5", 5, None))
    told = [answer(1, "2.5", 0, 4), answer(2, "3.7", 5, 9), answer(3, "3.5", 10, 14, approved=0)]
    pieces = paid(drawn_band.parts, found, told, NOW, TZ)
    assert [(piece.level, piece.tone) for piece in pieces] == [
        ("2.5", "stop"),
        ("3.7", "late"),
        ("3.5", "stop"),
        ("", "stop"),
    ]
    assert "3.5 refused while at 3.5, 30 Oct to 4 Nov, 5 days" in pieces[2].said
    assert "nothing authorised" in pieces[3].said
    edges = [(float(piece.x[:-1]), float(piece.x[:-1]) + float(piece.width[:-1])) for piece in pieces]
    assert all(abs(right - left) < 0.02 for (_, right), (left, _) in pairwise(edges))  # one follows the other
    assert abs(edges[-1][1] - 84) < 0.02  # and the last ends where 'next?' begins


def test_before_the_first_day_that_a_payer_answered_for_nothing_is_said() -> None:
    drawn_band, found = stays(("3.7", 0, 5), ("3.5", 5, None))
    [piece] = paid(drawn_band.parts, found, [answer(1, "3.5", 8, 20)], NOW, TZ)
    assert (piece.said, piece.days) == ("nothing authorised while at 3.5, 10 Nov to 18 Nov, 8 days", 8)


def test_the_day_of_a_step_belongs_to_the_level_stepped_to() -> None:
    drawn_band, found = stays(("3.7", 0, 0.1), ("3.5", 0.1, None))  # stepped on the day of coming
    assert paid(drawn_band.parts, found, [answer(1, "3.5", 0, 60)], NOW, TZ) == ()


@quietly
@given(st.lists(st.floats(0, 29), min_size=1, max_size=6, unique=True), st.floats(-5, 40))
def test_an_instant_is_found_inside_its_own_part(begins: list[float], moment: float) -> None:
    at = sorted(begins)
    parts = [("3.5", begin, end) for begin, end in pairwise([*at, 29.0]) if end - begin > 0.01]
    drawn_band, found = stays(*parts)
    placed = across(drawn_band.parts, day(moment), NOW)
    assert 0 <= placed <= 100
    inside = [part for part in drawn_band.parts if part.since and part.since <= day(moment) < (part.until or NOW)]
    for part in inside:
        left = float(part.x[:-1])
        assert left - 0.02 <= placed <= left + float(part.width[:-1]) + 0.02
    assert len(found) == len(parts)


def test_a_recommendation_says_how_it_stands_and_the_newest_keeps_its_words() -> None:
    drawn_band, found = stays(("3.7", 0, 5), ("3.5", 5, None))
    asked = [
        (day(-0.1), "3.7", "3.7"),
        (day(20), "2.7", "2.7"),
        (day(20.5), "2.5", "at least 2.5"),
        (day(28), "3.5", "3.5"),
    ]
    marks = recommended(drawn_band.parts, found, asked, NOW, TZ)
    assert [mark.label for mark in marks] == ["3.7", "", "2.5 ↓", "3.5"]
    assert marks[1].said.endswith("2.7 was recommended, a different service than 3.5")
    assert marks[2].said.endswith("at least 2.5 was recommended, lower than 3.5")
    assert marks[0].x == "0.00%"  # rated before the door was open


def test_fewer_than_five_others_are_no_comparison() -> None:
    mine = [Mine(1, "Residential", "3.5", 21, going_on=True)]
    [few] = lengths(mine, {1: [10] * (FEWEST - 1)})
    assert few.median is None
    assert few.words == "21 days so far · 4 others in the last year: too few to compare"
    [alone] = lengths(mine, {})
    assert alone.words.endswith("nobody else in the last year: too few to compare")
    [enough] = lengths(mine, {1: [4, 12, 18, 25, 60]})
    assert enough.words == "21 days so far · median of 5 others 18 days, half of them 12 to 25"


@quietly
@given(st.integers(0, 900), st.lists(st.integers(0, 900), max_size=40))
def test_the_bar_the_median_and_the_middle_half_fit_into_the_picture(days: int, others: list[int]) -> None:
    [one] = lengths([Mine(1, "Residential", "3.5", days, going_on=False)], {1: others})
    bar, middle, low, half = (float(each[:-1]) for each in (one.bar, one.middle, one.low, one.half))
    assert 0 < bar <= 100
    assert 0 <= low <= middle + 0.01
    assert middle <= low + half + 0.02 <= 100.1
    assert (one.median is None) == (len(others) < FEWEST)


def test_a_rating_of_no_known_shape_is_never_drawn() -> None:
    assert Rating(BEGAN, "", "", "unrated", "not rated").height == 0
    assert drawn(None, None).points == ()
    assert drawn(None, None).now == "not rated"
