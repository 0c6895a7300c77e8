"""Scales: every item or a sentence which is missing; a total has one band; what is doubtful is looked at twice."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart.rules.change import changes
from chart.rules.scales import Before, Scale, answer_findings, doubt_findings, time_findings
from chart.rules.ticks import ticks
from chart.rules.trend import HEIGHT, WIDTH, picture
from chart.scales import scales

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 1, 5, 19, 0, tzinfo=UTC)  # 14:00 in New York
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=80)
every_scale = st.sampled_from(sorted(scales().values(), key=lambda each: each.code))


@st.composite
def answered(draw: st.DrawFn) -> tuple[Scale, dict[str, int]]:
    """A scale, and an answer to every item that is asked after those before."""
    scale = draw(every_scale)
    answers: dict[str, int] = {}
    for item in scale.items:
        if item.code not in scale.skipped(answers):
            answers[item.code] = draw(st.sampled_from(item.values))
    return scale, answers


@quick
@given(answered())
def test_the_total_is_the_sum_and_lies_in_exactly_one_band(case: tuple[Scale, dict[str, int]]) -> None:
    scale, answers = case
    for measure in scale.measures:
        value = scale.results(answers)[measure.code]
        assert [band for band in measure.bands if band.least <= value <= band.most] == [measure.band(value)]
        if not scale.ranks and not any(item.flipped for item in scale.items):
            assert value == sum(answers.get(code, 0) for code in measure.items)


@quick
@given(answered(), st.data())
def test_a_part_of_a_scale_is_no_score_and_each_missing_item_is_named(
    case: tuple[Scale, dict[str, int]], data: st.DataObject
) -> None:
    scale, answers = case
    gone = data.draw(st.sets(st.sampled_from(sorted(answers)), min_size=1))
    part = {code: value for code, value in answers.items() if code not in gone}
    found = {each.code: each for each in answer_findings(scale, part)}
    said = found["score.missing"]
    labels = [item.label for item in scale.asked(part) if item.code in gone]
    assert labels
    assert all(label in said.message for label in labels)
    with pytest.raises(ValueError, match="not answered"):
        scale.total(part)


def test_a_value_that_is_not_allowed_and_an_item_of_another_scale_are_refused() -> None:
    cows = scales()["cows"]
    right = {item.code: 0 for item in cows.items}
    assert [each.message for each in answer_findings(cows, right | {"pulse": 3})] == [
        "Pulse at rest is one of 0, 1, 2, 4. Answer it again."
    ]
    assert [each.code for each in answer_findings(cows, right | {"pulse": True, "hearing": 1})] == [
        "score.value",
        "score.item",
    ]


@pytest.mark.parametrize(
    ("off", "code"),
    [
        (timedelta(0), None),
        (4 * MINUTE, None),
        (6 * MINUTE, "score.future"),
        (-13 * HOUR, "score.old"),
        (-30 * HOUR, "score.before"),
    ],
)
def test_a_score_is_of_now_or_of_the_last_hours(off: timedelta, code: str | None) -> None:
    found = time_findings(NOW + off, NOW, NEW_YORK, since=NOW - 20 * HOUR)
    assert [each.code for each in found] == ([] if code is None else [code])


def test_a_jump_and_a_second_score_by_another_person_are_looked_at_twice() -> None:
    ciwa = scales()["ciwa_ar"]

    def doubts(total: int, minutes: int, before: int, *, mine: bool) -> list[str]:
        known = Before(before, NOW - minutes * MINUTE, "RN Ames", mine)
        return [each.code for each in doubt_findings(ciwa, total, NOW, known, NEW_YORK)]

    assert doubts(4, 30, 24, mine=True) == ["score.jump"]
    assert doubts(10, 30, 24, mine=True) == []
    assert doubts(4, 90, 24, mine=True) == []
    assert doubts(12, 3, 12, mine=False) == ["score.just_scored"]
    assert doubts(12, 3, 12, mine=True) == []
    assert doubts(67, 90, 60, mine=True) == ["score.top"]


@quick
@given(
    every_scale,
    st.lists(st.tuples(st.integers(0, 800 * 24 * 60), st.floats(0, 1)), min_size=1, max_size=30),
    st.booleans(),
)
def test_every_point_of_the_picture_lies_in_it(scale: Scale, seen: list[tuple[int, float]], whole: bool) -> None:
    measure = scale.measures[-1]
    reach = measure.top - measure.bottom
    readings = sorted((NOW - minutes * MINUTE, measure.bottom + round(part * reach)) for minutes, part in seen)
    marks = [(NOW - HOUR, "50 mg"), (NOW - 9000 * 24 * HOUR, "long ago")]
    drawn: Any = picture(
        readings,
        measure,
        until=NOW,
        tz=NEW_YORK,
        whole=whole,
        doses=marks,
        levels=[(NOW - HOUR, "3.5")] * 3,
        orders=marks,
    )
    assert all(
        drawn.left <= point.x <= WIDTH and drawn.top <= point.y <= drawn.floor < HEIGHT for point in drawn.points
    )
    assert [point.total for point in drawn.points] == [total for _, total in readings]
    assert abs(sum(stripe.height for stripe in drawn.stripes) - (drawn.floor - drawn.top)) < 1
    assert [len(each) for each in (drawn.doses, drawn.orders)] == [1, 1]
    assert sum(bool(level.label) for level in drawn.levels) <= 1
    assert len(drawn.hours) <= 10


@quick
@given(st.integers(2, 800 * 24), st.integers(0, 400 * 24))
def test_marks_of_time_are_few_lie_within_and_go_on(hours: int, later: int) -> None:
    since = NOW + later * HOUR
    found = [at for at, _ in ticks(since, since + hours * HOUR, NEW_YORK)]
    assert found == sorted(set(found))
    assert len(found) <= 10
    assert all(since < at <= since + hours * HOUR for at in found)


def test_a_change_is_held_against_the_last_that_was_marked() -> None:
    found = changes([20, 17, 14, 16, 9, 15], 5, higher=False)
    assert [None if each is None else (each.by, each.better) for each in found] == [
        None, None, (-6, True), None, (-5, True), (6, False),
    ]  # fmt: skip
    assert changes([1, 27], 0, higher=False) == (None, None)
    (_, up) = changes([40, 47], 5, higher=True)
    assert up is not None
    assert up.better
