"""The sheet of a correction: what it sends is what is corrected, the time and the values too; what it leaves out stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from emar.models import Administration
from emar.rules.orders import Comparison, Measure, limits_to_json
from emar.rules.schedule import Once
from tests.emar.conftest import Morning, make_morning
from tests.emar.desk import body
from tests.emar.test_views import tap, verified
from tests.factories.meds import hold_if, order

MINUTE = timedelta(minutes=1)


@pytest.fixture
def morning(db: None) -> Morning:
    """Now, with a dose due ten minutes ago that has a hold limit and wants a witness."""
    made = make_morning(timezone.now())
    made.thiamine = order(
        made.episode, made.thiamine.medication, Once(), by=made.here.prescriber, started_at=made.here.now - 10 * MINUTE,
        hold_limits=limits_to_json([hold_if(Measure.SYSTOLIC, Comparison.BELOW, "100")]),
    )  # fmt: skip
    return made


def given(morning: Morning) -> tuple[Any, Administration]:
    browser = verified(morning, morning.here.on_unit)
    assert tap(morning, browser, sheet="yes", **{"measure-systolic": "118"}).status_code == 200
    return browser, Administration.objects.get()


def correct(browser: Any, row: Administration, **changes: Any) -> Any:
    sheet = body(browser.get(f"/pass/charted/{row.pk}/sheet/"))
    key = sheet.split('name="key" value="')[1].split('"')[0]
    sent = {
        "key": key,
        "sheet": "yes",
        "outcome": "given",
        "amount": "100",
        "unit": "mg",
        "note": "Typed wrong",
    } | changes
    return browser.post(f"/pass/charted/{row.pk}/correct/", sent)


def test_the_time_of_a_dose_can_be_corrected_and_stays_where_none_is_named(morning: Morning) -> None:
    browser, row = given(morning)
    then = row.given_at - 5 * MINUTE
    earlier = then.astimezone(morning.here.site.tz)
    refused = correct(browser, row, given_at=f"{earlier:%H:%M}")  # the value was measured when it was charted
    assert refused.status_code == 422 and "after the dose at" in body(refused)
    assert correct(browser, row, given_at=f"{earlier:%H:%M}", **{"measure-systolic": "118"}).status_code == 200
    second = Administration.objects.get(corrects=row)
    assert second.given_at == then.replace(second=0, microsecond=0)
    assert correct(browser, second).status_code == 200
    assert Administration.objects.get(corrects=second).given_at == second.given_at


def test_a_measured_value_can_be_corrected_and_is_one_of_the_hour_of_the_dose(morning: Morning) -> None:
    browser, row = given(morning)
    assert correct(browser, row, **{"measure-systolic": "128"}).status_code == 200
    second = Administration.objects.get(corrects=row)
    assert [(each["measure"], each["value"]) for each in second.measures] == [("systolic", "128")]
    assert second.measures[0]["taken_at"] == row.given_at.isoformat()


def test_what_a_correction_does_not_change_is_not_asked_and_not_taken(morning: Morning) -> None:
    browser, row = given(morning)
    assert "Who watched" not in body(browser.get(f"/pass/charted/{row.pk}/sheet/"))
    assert correct(browser, row, contact_id=str(morning.here.prescriber.pk), patch_off="yes").status_code == 200
    assert Administration.objects.get(corrects=row).witnessed_by_id is None


def test_a_refusal_of_one_outcome_is_taken_away_when_another_is_chosen(morning: Morning) -> None:
    browser = verified(morning, morning.here.on_unit)
    answer = body(browser.get(f"/pass/orders/{morning.thiamine.pk}/reasons/?outcome=refused"))
    assert '<div id="sheet-findings" hx-swap-oob="true" hidden></div>' in answer
