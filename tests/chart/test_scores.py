"""Scoring: whole scales only, never changed, corrected by a second row, and two people at once are told of each other."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, InternalError, transaction

from audit.models import Event, Override
from audit.rules.findings import Refused
from chart.models import Score
from chart.queries import newest, trend, trends
from programs.models import Client
from staff.access import NotAllowed
from tests.emar.conftest import NOW, Morning
from tests.emar.conftest import morning as morning
from tests.emar.desk import body
from tests.emar.withdrawal import HOUR, MINUTE, answers, scored
from tests.factories import client
from tests.signing import signed_in as as_


def told(morning: Morning, total: int, **changes: Any) -> str:
    with pytest.raises(Refused) as refused:
        scored(morning, total, **changes)
    return f"{refused.value.findings[0].code}: {refused.value.findings[0].message}"


def test_a_score_is_kept_with_its_total_and_told_on_the_trail(morning: Morning) -> None:
    row = scored(morning, 14, about_at=NOW - 10 * MINUTE, note="Shaky")
    assert (row.total, row.at, row.written_at, row.by, row.edition) == (
        14, NOW - 10 * MINUTE, NOW, morning.here.on_unit, "revised, 10 items",
    )  # fmt: skip
    event = Event.objects.get(verb="chart.score")
    assert (event.summary, event.client_id, event.detail["total"]) == (
        "CIWA-Ar 14, 08:00 on 5 Jan",
        morning.elin.pk,
        14,
    )


def test_a_half_filled_scale_writes_nothing_and_says_what_is_missing(morning: Morning) -> None:
    part = answers(14) | {"tremor": None, "sight": None}
    said = told(morning, 14, answers={code: value for code, value in part.items() if value is not None})
    assert said == (
        "score.missing: 2 of 10 items are not answered: Tremor; Sight. Answer every item: part of CIWA-Ar is no score."
    )
    assert not Score.objects.exists()


def test_a_score_in_the_future_and_an_old_one_are_refused(morning: Morning) -> None:
    assert told(morning, 9, about_at=NOW + 6 * MINUTE).startswith("score.future: 08:16 has not come yet: it is 08:10.")
    assert told(morning, 9, about_at=NOW - 13 * HOUR).startswith("score.old: A score is entered within 12 h.")
    assert scored(morning, 9, about_at=NOW + 4 * MINUTE).at == NOW  # a tablet's clock a little ahead


def test_two_nurses_who_score_at_once_are_told_of_each_other(morning: Morning) -> None:
    scored(morning, 12)
    other: dict[str, Any] = {"by": morning.here.second_nurse, "at": NOW + 2 * MINUTE}
    assert told(morning, 20, **other) == (
        "score.just_scored: RN Cole scored CIWA-Ar 12 at 08:10. Look at that first; to keep a second, say why."
    )
    kept = scored(morning, 20, overrides={"score.just_scored": "Much worse since"}, **other)
    assert kept.overrides[0]["reason"] == "Much worse since"
    assert Override.objects.get().code == "score.just_scored"
    assert newest(morning.elin.pk, ["ciwa_ar", "cows"], NOW + HOUR)["ciwa_ar"].total == 20


def test_a_retry_is_answered_and_not_scored_twice(morning: Morning) -> None:
    key = uuid4()
    assert scored(morning, 12, key=key) == scored(morning, 12, key=key)
    assert Score.objects.count() == 1
    assert told(morning, 13, key=key).startswith("request.key_reused")


def test_a_correction_names_the_old_one_says_why_and_both_stay(morning: Morning) -> None:
    old = scored(morning, 22)
    later = NOW + HOUR
    assert told(morning, 12, at=later, corrects_id=old.pk).startswith("score.why")
    new = scored(morning, 12, later, corrects_id=old.pk, note="Read the wrong line")
    assert (new.at, new.written_at, new.corrects) == (old.at, later, old)
    again = told(morning, 11, at=later, corrects_id=old.pk, note="Again")
    assert again == "score.corrected: RN Cole already corrected this score. Look at the newer one first."
    assert newest(morning.elin.pk, ["ciwa_ar"], NOW)["ciwa_ar"].total == 22  # as it was known then
    assert newest(morning.elin.pk, ["ciwa_ar"], later)["ciwa_ar"].total == 12


def test_the_database_refuses_what_the_rules_would(morning: Morning) -> None:
    row = scored(morning, 12)
    for act in (lambda: Score.objects.update(total=3), lambda: row.delete()):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            act()
    values: dict[str, Any] = {
        "client": morning.elin, "episode": morning.episode, "scale": "ciwa_ar", "edition": "x", "total": 1, "by": morning.here.on_unit,
        "answers": {"tremor": 1}, "at": NOW - HOUR, "written_at": NOW,
    }  # fmt: skip
    wrongs: list[dict[str, Any]] = [
        {"answers": {}}, {"scale": ""}, {"written_at": NOW - 2 * HOUR}, {"at": NOW}, {"corrects": row, "note": ""},
    ]  # fmt: skip
    for wrong in wrongs:
        with pytest.raises(IntegrityError), transaction.atomic():
            Score.objects.create(**values | wrong)


def test_only_who_may_score_does(morning: Morning) -> None:
    for who in (morning.here.facilitator, morning.here.elsewhere, morning.here.without_role):
        with pytest.raises(NotAllowed):
            scored(morning, 12, by=who)
    assert as_(morning.here.facilitator).get(f"/clients/{morning.elin.pk}/score/ciwa_ar/").status_code == 403
    stranger: Client = client(morning.here, "Nobody", "Here")
    assert as_(morning.here.on_unit).get(f"/clients/{stranger.pk}/score/ciwa_ar/").status_code == 404
    assert as_(morning.here.on_unit).get(f"/clients/{morning.elin.pk}/score/phq/").status_code == 404


def test_the_trend_tells_every_score_that_stands_in_two_queries(
    morning: Morning, django_assert_num_queries: Any
) -> None:
    for hours, total in ((6, 20), (4, 14), (2, 9)):
        scored(morning, total, NOW - hours * HOUR)
    old = scored(morning, 30, NOW - HOUR, overrides={"score.jump": "Sudden"})
    scored(morning, 7, NOW, corrects_id=old.pk, note="Wrong client")
    with django_assert_num_queries(2):
        found = trend(morning.elin.pk, "ciwa_ar", NOW, morning.here.site.tz)
    assert found is not None
    assert [each.total for each in found.readings] == [7, 9, 14, 20]
    assert found.said == "CIWA-Ar from 20 to 7 over 4 scores, lowest 7, highest 20, 0 doses"
    assert trends(morning.elin.pk, NOW + timedelta(days=4), morning.here.site.tz) == []


def test_the_page_keeps_what_was_pressed_and_marks_what_is_missing(morning: Morning) -> None:
    nurse, where = as_(morning.here.on_unit), f"/clients/{morning.elin.pk}/score/cows/?back=/pass/"
    assert "Nose, eyes" in body(nurse.get(where))
    pressed = {f"item-{code}": str(value) for code, value in answers(13, "cows").items()}
    half = {name: value for name, value in pressed.items() if name != "item-skin"}
    answer = nurse.post(where, half | {"key": str(uuid4())})
    assert answer.status_code == 422
    said = body(answer)
    assert "One item is not answered: Skin." in said
    assert len(re.findall(r'name="item-[a-z_]+" value="\d" checked', said)) == 10
    assert "scale__item--missing" in said
    answer = nurse.post(where, pressed | {"key": str(uuid4()), "back": "/pass/"})
    assert (answer.status_code, answer["Location"]) == (302, "/pass/")
    assert Score.objects.get().total == 13
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = nurse.post(where, pressed | {"key": str(uuid4()), "back": elsewhere})
        assert answer["Location"] == f"/clients/{morning.elin.pk}/"


def test_the_chart_shows_the_trend_and_the_timeline_the_score(morning: Morning) -> None:
    nurse, chart = as_(morning.here.on_unit), f"/clients/{morning.elin.pk}/"
    assert "Nothing was scored in the last three days" in body(nurse.get(f"{chart}scores/ciwa_ar/"))
    pressed = {f"item-{code}": str(value) for code, value in answers(14).items()}
    nurse.post(f"{chart}score/ciwa_ar/", pressed | {"key": str(uuid4())})
    said = body(nurse.get(chart))
    assert "<b>CIWA-Ar 14</b>" in said
    assert 'aria-label="CIWA-Ar 14, moderate"' in said
    assert '<b class="event__title">CIWA-Ar 14</b>' in said
    assert "<b>CIWA-Ar 14</b>" in body(nurse.get(f"{chart}scores/ciwa_ar/"))
    assert body(nurse.get(f"{chart}scores/ciwa_ar/picture/")).startswith('<figure class="trend">')
