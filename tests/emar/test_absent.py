"""A client is on leave: one tap charts every dose that waits as absent."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from emar.models import Administration
from emar.rules.schedule import Once
from programs.models import Leave
from tests.emar.conftest import Morning, make_morning
from tests.emar.desk import body
from tests.emar.test_views import pass_url, signed_in, tap, verified
from tests.factories.meds import medication, order

HOUR = timedelta(hours=1)


@pytest.fixture
def morning(db: None) -> Morning:
    """Now: three single doses were due a few minutes ago, and Elin is in hospital."""
    made = make_morning(timezone.now())
    for late, name in ((1, "Thiamine"), (2, "Folic acid"), (3, "Gabapentin")):
        due = made.here.now - timedelta(minutes=late)
        made.thiamine = order(made.episode, medication(name, "100 mg"), Once(), by=made.here.prescriber, started_at=due)
    return made


def away(morning: Morning, kind: str = Leave.Kind.HOSPITAL) -> Leave:
    now = morning.here.now
    return Leave.objects.create(
        episode=morning.episode, kind=kind, started_at=now - HOUR / 2, expected_at=now + 3 * HOUR
    )  # fmt: skip


def send(morning: Morning, browser: Any) -> Any:
    return browser.post(f"{pass_url(morning)}{morning.elin.pk}/absent/")


def test_one_tap_charts_every_open_dose_with_the_reason_of_the_leave(morning: Morning) -> None:
    away(morning)
    browser = signed_in(morning.here.on_unit)
    page = body(browser.get(f"{pass_url(morning)}?client={morning.elin.pk}"))
    assert "In hospital" in page and "Chart 3 as absent" in page
    answer = send(morning, browser)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"{pass_url(morning)}?client={morning.elin.pk}")
    rows = Administration.objects.all()
    assert {(row.outcome, row.reason, row.amount) for row in rows} == {("absent", "hospital", None)}
    assert len(rows) == 3
    assert "as absent" not in body(browser.get(f"{pass_url(morning)}?client={morning.elin.pk}"))


@pytest.mark.parametrize(("kind", "reason"), [("pass", "on_leave"), ("court", "appointment"), ("absent", "left")])
def test_each_kind_of_leave_has_its_reason(morning: Morning, kind: str, reason: str) -> None:
    away(morning, kind)
    send(morning, signed_in(morning.here.on_unit))
    assert set(Administration.objects.values_list("reason", flat=True)) == {reason}


def test_a_second_tap_writes_nothing_twice(morning: Morning) -> None:
    away(morning)
    browser = signed_in(morning.here.on_unit)
    send(morning, browser)
    again = send(morning, browser)
    assert again.status_code == 422 and "No dose waits for this client now." in body(again)
    assert Administration.objects.count() == 3


def test_who_came_back_meanwhile_is_not_charted_as_away(morning: Morning) -> None:
    leave = away(morning)
    Leave.objects.filter(pk=leave.pk).update(ended_at=morning.here.now - timedelta(minutes=1))
    answer = send(morning, signed_in(morning.here.on_unit))
    assert answer.status_code == 422 and "is not on leave any more" in body(answer)
    assert not Administration.objects.exists()


def test_a_dose_that_is_due_later_is_left_alone(morning: Morning) -> None:
    due = morning.here.now + HOUR / 2
    later = order(
        morning.episode, medication("Insulin", "10 units"), Once(), by=morning.here.prescriber, started_at=due
    )
    away(morning)
    send(morning, signed_in(morning.here.on_unit))
    assert not Administration.objects.filter(order=later).exists()


def test_what_a_colleague_charted_stands(morning: Morning) -> None:
    assert tap(morning, verified(morning, morning.here.on_unit)).status_code == 200
    away(morning)
    assert send(morning, signed_in(morning.here.second_nurse)).status_code == 204
    assert sorted(Administration.objects.values_list("outcome", flat=True)) == ["absent", "absent", "given"]


def test_who_only_looks_cannot_chart_anybody_as_absent(morning: Morning) -> None:
    away(morning)
    assert send(morning, signed_in(morning.here.prescriber)).status_code == 403
