"""What a score alarms: an urgent task in the same transaction, shown at once, and never taken away by a correction."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from audit.rules.findings import Refused
from chart.actions import score
from chart.actions.tasks import finish_task
from chart.models import Score, Task
from chart.queries import safety_open
from tests.emar.conftest import NOW, Morning
from tests.emar.conftest import morning as morning
from tests.emar.desk import body
from tests.signing import signed_in as as_

HOUR = timedelta(hours=1)
CALM = {f"q{number}": 0 for number in range(1, 10)}


def phq(morning: Morning, *, item_9: int = 0, **more: Any) -> Score:
    asked: dict[str, Any] = {"by": morning.here.on_unit, "at": NOW, "episode_id": morning.episode.pk, "scale": "phq_9"}
    return score(**asked | {"answers": CALM | {"q9": item_9}} | more)


def test_item_9_above_0_opens_an_urgent_task_at_once_for_nurse_and_director(morning: Morning) -> None:
    phq(morning)
    assert not Task.objects.exists()
    row = phq(morning, item_9=1, at=NOW + HOUR)
    task = Task.objects.get()
    assert (task.kind, task.urgent, task.due_at, task.capability, task.subject_id) == (
        "safety", True, NOW + HOUR, "chart.safety_tasks", row.pk,
    )  # fmt: skip
    assert safety_open(morning.elin.pk, NOW + HOUR) == (task,)
    assert safety_open(morning.elin.pk, NOW) == ()


def test_a_score_that_is_refused_opens_nothing(morning: Morning) -> None:
    with pytest.raises(Refused):
        phq(morning, answers={"q9": 3})
    assert not Task.objects.exists()
    assert not Score.objects.exists()


@pytest.mark.parametrize(
    ("answers", "opens"),
    [
        ({"q1": 1, "q2": 1, "q3": 0, "q4": 0, "q5": 0, "q6": 0}, False),
        ({"q1": 1, "q2": 1, "q3": 1, "q4": 0, "q5": 0, "q6": 0}, True),
        ({"q1": 0, "q2": 0, "q6": 1, "q6_recent": 0}, True),
    ],
)
def test_the_suicide_screen_opens_it_from_moderate_on(morning: Morning, answers: dict[str, int], opens: bool) -> None:
    phq(morning, scale="c_ssrs", answers=answers)
    assert Task.objects.filter(kind="safety", urgent=True).exists() == opens


def test_a_correction_takes_no_task_away_and_doubles_none(morning: Morning) -> None:
    old = phq(morning, item_9=2)
    new = phq(morning, corrects_id=old.pk, note="Wrong line", at=NOW + HOUR)
    assert new.total == 0
    assert Task.objects.get().done_at is None
    phq(morning, item_9=3, corrects_id=new.pk, note="It was right", at=NOW + 2 * HOUR)
    assert Task.objects.count() == 1
    finish_task(by=morning.here.director, at=NOW + 3 * HOUR, task_id=Task.objects.get().pk, outcome="Spoke, plan made")
    assert safety_open(morning.elin.pk, NOW + 3 * HOUR) == ()


def test_a_retry_scores_once_and_opens_one_task(morning: Morning) -> None:
    key = uuid4()
    assert phq(morning, item_9=1, key=key) == phq(morning, item_9=1, key=key)
    assert (Score.objects.count(), Task.objects.count()) == (1, 1)


def test_what_to_do_stands_on_the_screen_right_after_and_a_flag_on_the_chart(morning: Morning) -> None:
    nurse = as_(morning.here.on_unit)
    where = f"/clients/{morning.elin.pk}/score/phq_9/"
    sent = {f"item-{code}": "0" for code in CALM} | {"key": str(uuid4())}
    assert nurse.post(where, sent)["Location"] == f"/clients/{morning.elin.pk}/"
    answer = nurse.post(where, sent | {"item-q9": "1", "key": str(uuid4()), "why-score.just_scored": "Asked again"})
    made = Score.objects.latest("pk")
    assert answer["Location"] == f"/clients/{morning.elin.pk}/scored/{made.pk}/?back=%2Fclients%2F{morning.elin.pk}%2F"
    said = body(nurse.get(answer["Location"]))
    assert "PHQ-9 1 was kept. See to safety now" in said
    assert "do not leave the person alone" in said
    assert "An urgent task stands open" in said
    for page in (f"/clients/{morning.elin.pk}/scores/", f"/clients/{morning.elin.pk}/vitals/"):
        assert "Safety: PHQ-9 item 9 is above 0" in body(nurse.get(page))


def test_who_may_not_finish_the_task_is_told_whom_to_find(morning: Morning) -> None:
    row = phq(morning, item_9=1)
    said = body(as_(morning.here.facilitator).get(f"/clients/{morning.elin.pk}/scored/{row.pk}/"))
    assert "Find a nurse, prescriber or clinical director now" in said
    assert "Find a nurse" not in body(as_(morning.here.director).get(f"/clients/{morning.elin.pk}/scored/{row.pk}/"))


def test_a_scale_with_parts_is_kept_with_its_parts_and_no_total(morning: Morning) -> None:
    codes = ["q1", "q2", "q3", "q4", "q6", *(f"q{number}" for number in range(8, 18))]
    phq(morning, scale="bam", answers=dict.fromkeys(codes, 0) | {"q9": 4, "q14": 4, "q2": 3})
    row = Score.objects.get()
    assert (row.total, row.parts) == (None, {"use": 0, "risk": 3, "protective": 8})
    said = body(as_(morning.here.facilitator).get(f"/clients/{morning.elin.pk}/scores/"))
    assert all(name in said for name in ("BAM Use 0", "BAM Risk 3", "BAM Protective 8"))
    assert re.search(r'aria-label="BAM Protective 8, flag: 12 or less"', said)
