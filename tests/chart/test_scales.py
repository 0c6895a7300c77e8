"""Scales: every item or a sentence which is missing; a total has one band; what is doubtful is looked at twice."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart.rules.scales import Before, Scale, answer_findings, doubt_findings, scale_from, time_findings
from chart.rules.trend import HEIGHT, WIDTH, picture
from chart.scales import HERE, scales

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 1, 5, 19, 0, tzinfo=UTC)  # 14:00 in New York
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=80)
every_scale = st.sampled_from(sorted(scales().values(), key=lambda each: each.code))


@st.composite
def answered(draw: st.DrawFn) -> tuple[Scale, dict[str, int]]:
    scale = draw(every_scale)
    return scale, {item.code: draw(st.sampled_from(item.values)) for item in scale.items}


def test_the_files_say_what_the_published_scales_are() -> None:
    assert {each.code: (each.name, len(each.items), each.top) for each in scales().values()} == {
        "ciwa_ar": ("CIWA-Ar", 10, 67), "cows": ("COWS", 11, 48),
    }  # fmt: skip
    assert [(band.least, band.most) for band in scales()["cows"].bands] == [
        (0, 4),
        (5, 12),
        (13, 24),
        (25, 36),
        (37, 48),
    ]
    assert all("unverified" in each.licence for each in scales().values())


@quick
@given(answered())
def test_the_total_is_the_sum_and_lies_in_exactly_one_band(case: tuple[Scale, dict[str, int]]) -> None:
    scale, answers = case
    total = scale.total(answers)
    assert total == sum(answers.values())
    assert [band for band in scale.bands if band.least <= total <= band.most] == [scale.band(total)]


@quick
@given(answered(), st.data())
def test_a_part_of_a_scale_is_no_score_and_each_missing_item_is_named(
    case: tuple[Scale, dict[str, int]], data: st.DataObject
) -> None:
    scale, answers = case
    gone = data.draw(st.sets(st.sampled_from(sorted(answers)), min_size=1))
    part = {code: value for code, value in answers.items() if code not in gone}
    (said,) = answer_findings(scale, part)
    labels = [item.label for item in scale.items if item.code in gone]
    assert said.code == "score.missing"
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


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("from = 8\n", "from = 0\n", "Bands begin at 0"), ("values = [0, 1, 2, 3, 4]", "values = [1, 2]", "begin at 0"),
        ('licence = "', 'licence = ""\nx = "', "licence"), ('code = "tremor"', 'code = "nausea"', "its own code"),
    ],
)  # fmt: skip
def test_a_file_that_is_wrong_is_not_read(was: str, now: str, said: str) -> None:
    text = (HERE / "ciwa-ar.toml").read_text()
    assert was in text
    with pytest.raises(ValueError, match=said):
        scale_from(text.replace(was, now))


@quick
@given(every_scale, st.lists(st.tuples(st.integers(0, 72 * 60), st.floats(0, 1)), min_size=1, max_size=30))
def test_every_point_of_the_picture_lies_in_it(scale: Scale, seen: list[tuple[int, float]]) -> None:
    readings = sorted((NOW - minutes * MINUTE, round(part * scale.top)) for minutes, part in seen)
    drawn: Any = picture(readings, scale.bands, top=scale.top, until=NOW, tz=NEW_YORK, doses=[(NOW - HOUR, "50 mg")])
    assert all(
        drawn.left <= point.x <= WIDTH and drawn.top <= point.y <= drawn.floor < HEIGHT for point in drawn.points
    )
    assert [point.total for point in drawn.points] == [total for _, total in readings]
    assert round(sum(stripe.height for stripe in drawn.stripes)) == drawn.floor - drawn.top
