"""The pass as JSON: 201, then 200 with the same answer, 409 with who was first, 422 with findings, 404 and 403."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import timezone

from emar.models import Administration
from emar.rules.schedule import Once
from staff.models import Person
from tests.emar.conftest import Morning, make_morning
from tests.factories.meds import order

URL = "/api/emar/administrations"


@pytest.fixture
def morning(db: None) -> Morning:
    """Now, with a dose that is due this minute: the API reads the clock itself."""
    made = make_morning(timezone.now())
    due = made.here.now - timedelta(microseconds=321)
    made.thiamine = order(made.episode, made.thiamine.medication, Once(), by=made.here.prescriber, started_at=due)
    return made


def signed_in(who: Person | None) -> Browser:
    browser = Browser(headers={"accept": "application/json"})
    if who is not None:
        browser.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    return browser


def dose(morning: Morning, **changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "order_id": morning.thiamine.pk,
        "due_at": morning.thiamine.started_at.isoformat(),
        "client_id": morning.elin.pk,
        "outcome": "given",
        "identifiers": ["wristband"],
        "amount": "100",
        "unit": "mg",
    } | changes


def post(browser: Browser, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
    sent = body if isinstance(body, str) else json.dumps(body)
    answer = browser.post(URL, sent, content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


def test_a_dose_is_created_once_and_a_retry_gets_the_first_answer(morning: Morning) -> None:
    browser, body = signed_in(morning.here.on_unit), dose(morning)
    status, first = post(browser, body)
    assert (status, first["outcome"], first["by"]) == (201, "given", "RN Cole")
    assert post(browser, body) == (200, first)
    assert Administration.objects.count() == 1


def test_the_key_may_stand_in_the_header(morning: Morning) -> None:
    browser, body, key = signed_in(morning.here.on_unit), dose(morning), str(uuid4())
    del body["key"]
    assert post(browser, body, idempotency_key=key)[0] == 201
    assert post(browser, body, idempotency_key=key)[0] == 200
    assert post(browser, body, idempotency_key="mine")[0] == 422


def test_a_second_nurse_gets_409_with_who_and_when(morning: Morning) -> None:
    post(signed_in(morning.here.on_unit), dose(morning))
    status, answer = post(signed_in(morning.here.second_nurse), dose(morning))
    assert (status, answer["by"], answer["outcome"]) == (409, "RN Cole", "given")
    assert answer["findings"][0]["code"] == "dose.already_charted"
    assert abs(datetime.fromisoformat(answer["at"]) - Administration.objects.get().given_at) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "1000"}, "dose.amount"),
        ({"amount": "-1"}, "dose.amount"),
        ({"amount": "NaN"}, "request.invalid"),
        ({"amount": "0.0001"}, "request.invalid"),
        ({"amount": "lots"}, "request.invalid"),
        ({"outcome": "eaten"}, "request.invalid"),
        ({"outcome": "refused"}, "dose.reason_needed"),
        ({"identifiers": []}, "dose.not_verified"),
        ({"due_at": "2026-01-05T08:00"}, "dose.no_zone"),
        ({"due_at": "0001-01-01T00:00:00+14:00"}, "dose.time"),
        ({"given_at": "9999-12-31T23:59:59-12:00"}, "dose.time"),
        ({"order_id": "x"}, "request.invalid"),
        ({"key": "x"}, "request.invalid"),
        ({"note": "a\x00b"}, "request.invalid"),
        ({"client_id": 2**62}, "dose.wrong_client"),
    ],
)
def test_what_is_wrong_gets_422_and_a_sentence(morning: Morning, changes: dict[str, Any], code: str) -> None:
    status, answer = post(signed_in(morning.here.on_unit), dose(morning, **changes))
    assert status == 422
    assert code in [finding["code"] for finding in answer["findings"]]
    assert not Administration.objects.exists()


def test_what_is_no_json_gets_an_answer_too(morning: Morning) -> None:
    assert post(signed_in(morning.here.on_unit), "{")[0] in (400, 422)


def test_unknown_orders_and_units_are_404_and_so_are_other_sites(morning: Morning) -> None:
    nurse, elsewhere = signed_in(morning.here.on_unit), signed_in(morning.here.elsewhere)
    assert post(nurse, dose(morning, order_id=10**9))[0] == 404
    assert post(elsewhere, dose(morning))[0] == 404
    assert nurse.get("/api/emar/pass/999999").status_code == 404
    assert elsewhere.get(f"/api/emar/pass/{morning.here.unit.pk}").status_code == 404


def test_who_may_not_is_told_who_could(morning: Morning) -> None:
    status, answer = post(signed_in(morning.here.prescriber), dose(morning))
    assert status == 403
    assert "Ask a nurse" in answer["findings"][0]["message"]
    assert post(signed_in(None), dose(morning))[0] == 401


def test_without_the_pages_token_nothing_is_written(morning: Morning) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(morning.here.on_unit, backend=settings.AUTHENTICATION_BACKENDS[0])
    answer = browser.post(URL, json.dumps(dose(morning)), content_type="application/json")
    assert answer.status_code == 403
    assert not Administration.objects.exists()


def test_the_due_list_shows_what_was_charted(morning: Morning) -> None:
    browser, url = signed_in(morning.here.on_unit), f"/api/emar/pass/{morning.here.unit.pk}"
    at = {"at": morning.thiamine.started_at.isoformat()}
    before = browser.get(url, at).json()
    assert [(each["name"], each["place"]) for each in before["clients"]] == [("Elin Novak", "Rm 1-A")]
    assert before["done"] == 0
    post(browser, dose(morning))
    after = browser.get(url, at).json()
    charted = [each["charted"] for each in after["clients"][0]["doses"] if each["charted"]]
    assert (after["done"], [each["by"] for each in charted]) == (1, ["RN Cole"])
    assert browser.get(url, {"at": "2026-01-05T08:00"}).status_code == 422
    assert browser.get(url, {"at": (morning.here.now + timedelta(days=900)).isoformat()}).status_code == 422
