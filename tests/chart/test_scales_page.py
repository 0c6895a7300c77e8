"""The page of all scales: what is due, pictures over two years, a constant number of queries; and who fills in what."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from chart.models import Score
from chart.queries import scales_due, series
from tests.emar.conftest import NOW, Morning, make_morning
from tests.emar.conftest import morning as morning
from tests.emar.desk import body
from tests.signing import signed_in as as_

DAY = timedelta(days=1)


def kept(morning: Morning, total: int | None, back: int, scale: str = "phq_9", **more: Any) -> Score:
    """A score as rows of long ago are: written then, without the action."""
    at = NOW - back * DAY
    values: dict[str, Any] = {
        "client": morning.elin, "episode": morning.episode, "scale": scale, "edition": "x", "total": total, "by": morning.here.on_unit,
        "answers": {"q1": 0}, "at": at, "written_at": at,
    }  # fmt: skip
    return Score.objects.create(**values | more)


def test_the_pictures_share_one_stretch_and_cost_the_same_however_many(
    morning: Morning, django_assert_num_queries: Any
) -> None:
    for back, total in ((600, 18), (300, 15), (60, 8), (2, 6)):
        kept(morning, total, back)
    for back in range(1, 40):
        kept(morning, 30 + back % 20, back * 10, "barc_10")
    parts = {"use": 3, "risk": 10, "protective": 14}
    kept(morning, None, 20, "bam", parts=parts)
    kept(morning, 40, 800, "pcl_5")
    with django_assert_num_queries(3):
        found = series(morning.elin.pk, NOW, morning.here.site.tz)
    assert [each.name for each in found] == ["BAM Use", "BAM Risk", "BAM Protective", "BARC-10", "PHQ-9"]
    phq = found[-1]
    assert [each.total for each in phq.readings] == [6, 8, 15, 18]
    assert [None if change is None else change.by for _, change in phq.rows] == [None, -10, None, None]
    assert phq.said == "PHQ-9 from 18 to 6 over 4 scores, lowest 6, highest 18"
    assert [words for _, words in phq.marks.levels] == ["3.5"]
    assert {each.drawn.hours for each in found} == {phq.drawn.hours}


def test_a_correction_stands_alone_in_the_picture_and_as_it_was_known_then(morning: Morning) -> None:
    old = kept(morning, 20, 30)
    Score.objects.create(
        client=morning.elin, episode=morning.episode, scale="phq_9", edition="x", total=2, answers={"q1": 0}, at=old.at,
        written_at=NOW - DAY, by=morning.here.on_unit, corrects=old, note="Wrong client",
    )  # fmt: skip
    now, then = (series(morning.elin.pk, at, morning.here.site.tz)[0] for at in (NOW, NOW - 2 * DAY))
    assert ([each.total for each in now.readings], [each.total for each in then.readings]) == ([2], [20])


def test_what_is_due_of_many_episodes_costs_two_queries(morning: Morning, django_assert_num_queries: Any) -> None:
    kept(morning, 5, 3)
    with django_assert_num_queries(2):
        found = scales_due([morning.episode.pk, 999], NOW)
    assert set(found) == {morning.episode.pk}
    due = {each.scale.code: (each.why, each.at < NOW) for each in found[morning.episode.pk]}
    assert due["phq_9"] == ("every 14 days", False)
    assert due["bam"] == ("at intake", True)
    assert "ciwa_ar" not in due
    said = body(as_(morning.here.on_unit).get(f"/clients/{morning.elin.pk}/scores/"))
    assert "was due" in said
    assert "every 14 days" in said


def test_the_page_skips_what_is_not_asked_and_keeps_what_was_pressed(morning: Morning) -> None:
    nurse, where = as_(morning.here.on_unit), f"/clients/{morning.elin.pk}/score/audit_c/"
    half = nurse.post(where, {"item-q1": "2", "item-q2": "1", "key": str(uuid4())})
    assert half.status_code == 422
    said = body(half)
    assert "One item is not answered: 3 Heavy days." in said
    assert said.count('value="2" checked') + said.count('value="1" checked') == 2
    done = nurse.post(where, {"item-q1": "0", "item-q2": "1", "item-q3": "4", "key": str(uuid4())})
    assert done.status_code == 302
    row = Score.objects.get()
    assert (row.total, row.answers) == (0, {"q1": 0})


def test_a_form_filled_in_on_paper_is_entered_within_a_week(db: None) -> None:
    now = timezone.now()
    today = make_morning(now)
    nurse, where = as_(today.here.on_unit), f"/clients/{today.elin.pk}/score/gad_7/"
    sent = {f"item-q{number}": "1" for number in range(1, 8)}

    def wall(back: timedelta) -> str:
        return f"{(now - back).astimezone(today.here.site.tz):%Y-%m-%dT12:00}"

    late = nurse.post(where, sent | {"key": str(uuid4()), "about_at": wall(9 * DAY)})
    assert "within 7 days" in body(late)
    assert nurse.post(where, sent | {"key": str(uuid4()), "about_at": wall(2 * DAY)}).status_code == 302
    assert (now - Score.objects.get().at) > DAY


def test_a_facilitator_fills_in_scales_but_scores_no_withdrawal(morning: Morning) -> None:
    facilitator, where = as_(morning.here.facilitator), f"/clients/{morning.elin.pk}/score/"
    assert facilitator.get(f"{where}phq_9/").status_code == 200
    assert facilitator.get(f"{where}cows/").status_code == 403
    page = body(facilitator.get(f"/clients/{morning.elin.pk}/scores/"))
    assert "PHQ-9" in page
    assert "COWS" not in page
    assert as_(morning.here.intake).get(f"{where}phq_9/").status_code == 403


def test_the_database_wants_a_total_or_parts_and_a_filler(morning: Morning) -> None:
    wrongs: list[tuple[int | None, dict[str, Any]]] = [
        (None, {}),
        (4, {"parts": {"use": 1}}),
        (4, {"filled_by": "someone"}),
    ]
    for total, more in wrongs:
        with pytest.raises(IntegrityError), transaction.atomic():
            kept(morning, total, 1, **more)


def test_scales_and_pictures_open_for_who_may_open_the_chart_alone(morning: Morning) -> None:
    kept(morning, 4, 1)
    where = f"/clients/{morning.elin.pk}/scores/"
    assert as_(morning.here.elsewhere).get(where).status_code == 404
    assert as_(morning.here.housekeeper).get(where).status_code == 403
    assert "PHQ-9 4" in body(as_(morning.here.intake).get(f"{where}phq_9/"))
