"""The pass as JSON: 201, then 200 with the same answer, 409 with who was first, 422 with findings, 404 and 403."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client as Browser

from audit.models import Event
from emar.models import Administration
from tests.emar.conftest import Morning
from tests.emar.talk import URL, due_now, in_thread, one, post, signed_in


@pytest.fixture
def morning(db: None) -> Morning:
    return due_now()


def test_a_dose_is_created_once_and_a_retry_gets_the_first_answer(morning: Morning) -> None:
    browser, body = signed_in(morning.here.on_unit), one(morning)
    status, first = post(browser, body)
    assert (status, first["outcome"], first["by"]) == (201, "given", "RN Cole")
    assert post(browser, body) == (200, first)
    assert Administration.objects.count() == 1


def test_the_key_may_stand_in_the_header(morning: Morning) -> None:
    browser, body, key = signed_in(morning.here.on_unit), one(morning), str(uuid4())
    del body["key"]
    assert post(browser, body, idempotency_key=key)[0] == 201
    assert post(browser, body, idempotency_key=key)[0] == 200
    assert post(browser, body, idempotency_key="mine")[0] == 422


def test_a_second_nurse_gets_409_with_who_and_when(morning: Morning) -> None:
    post(signed_in(morning.here.on_unit), one(morning))
    status, answer = post(signed_in(morning.here.second_nurse), one(morning))
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
        ({"amount": 100}, "request.invalid"),
        ({"amount": 1e300}, "request.invalid"),
        ({"amount": "1e3"}, "request.invalid"),
        ({"amount": "Infinity"}, "request.invalid"),
        ({"amount": "٣"}, "request.invalid"),
        ({"amount": "9" * 5000}, "request.invalid"),
        ({"order_id": 10**40}, "request.invalid"),
        ({"order_id": True}, "request.invalid"),
        ({"order_id": 1.5}, "request.invalid"),
        ({"due_at": 1767618000}, "request.invalid"),
        ({"due_at": "1767618000"}, "request.invalid"),
        ({"due_at": "2026-02-30T08:00:00Z"}, "request.invalid"),
        ({"given_at": "2026-01-05 08:00"}, "dose.no_zone"),
        ({"outcome": "undone"}, "request.invalid"),
        ({"note": "\ud800"}, "request.invalid"),
        ({"note": "n" * 301}, "request.invalid"),
        ({"ammount": "100"}, "request.invalid"),
        ({"overrides": {"dose.allergy": ["why"]}}, "request.invalid"),
        ({"measures": [{"measure": "pulse", "value": 60, "taken_at": "2026-01-05T08:00:00Z"}]}, "request.invalid"),
    ],
)
def test_what_is_wrong_gets_422_and_a_sentence(morning: Morning, changes: dict[str, Any], code: str) -> None:
    status, answer = post(signed_in(morning.here.on_unit), one(morning, **changes))
    assert status == 422
    assert code in [finding["code"] for finding in answer["findings"]]
    assert not Administration.objects.exists()


@pytest.mark.parametrize(
    "sent", ["{", "", "[]", "null", "7", '"dose"', b"\xff\xfe", "[" * 100_000, "9" * 10_000, '{"amount": NaN}', "{}"]
)
def test_what_is_no_json_or_no_dose_gets_a_sentence(morning: Morning, sent: Any) -> None:
    status, answer = post(signed_in(morning.here.on_unit), sent)
    assert status in (400, 422)
    assert all(finding["message"].endswith(".") for finding in answer["findings"])
    assert answer["findings"]


def test_unknown_orders_and_units_are_404_and_so_are_other_sites(morning: Morning) -> None:
    nurse, elsewhere = signed_in(morning.here.on_unit), signed_in(morning.here.elsewhere)
    assert post(nurse, one(morning, order_id=10**9))[1]["findings"][0]["message"] == "No such order here."
    assert post(nurse, one(morning, order_id=10**9))[0] == 404
    assert post(elsewhere, one(morning))[0] == 404
    assert nurse.get("/api/emar/pass/999999").status_code == 404
    assert elsewhere.get(f"/api/emar/pass/{morning.here.unit.pk}").status_code == 404


def test_who_may_not_is_told_who_could(morning: Morning) -> None:
    status, answer = post(signed_in(morning.here.prescriber), one(morning))
    assert status == 403
    assert "Ask a nurse" in answer["findings"][0]["message"]
    status, answer = post(signed_in(None), one(morning))
    assert (status, "Sign in" in answer["findings"][0]["message"]) == (401, True)


def test_without_the_pages_token_nothing_is_written(morning: Morning) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(morning.here.on_unit, backend=settings.AUTHENTICATION_BACKENDS[0])
    answer = browser.post(URL, json.dumps(one(morning)), content_type="application/json")
    assert answer.status_code == 403
    assert "X-CSRFToken" in answer.json()["findings"][0]["message"]
    assert not Administration.objects.exists()


def test_the_due_list_shows_what_was_charted(morning: Morning) -> None:
    browser, url = signed_in(morning.here.on_unit), f"/api/emar/pass/{morning.here.unit.pk}"
    at = {"at": morning.thiamine.started_at.isoformat()}
    before = browser.get(url, at).json()
    assert [(each["name"], each["place"]) for each in before["clients"]] == [("Elin Novak", "Rm 1-A")]
    assert before["done"] == 0
    post(browser, one(morning))
    after = browser.get(url, at).json()
    charted = [each["charted"] for each in after["clients"][0]["doses"] if each["charted"]]
    assert (after["done"], [each["by"] for each in charted]) == (1, ["RN Cole"])
    assert browser.get(url, {"at": "2026-01-05T08:00"}).status_code == 422
    assert browser.get(url, {"at": (morning.here.now + timedelta(days=900)).isoformat()}).status_code == 422


def test_the_due_list_gives_what_charting_needs(morning: Morning) -> None:
    browser = signed_in(morning.here.on_unit)
    page = browser.get(f"/api/emar/pass/{morning.here.unit.pk}", {"at": morning.thiamine.started_at.isoformat()}).json()
    listed = next(
        each for each in page["clients"][0]["doses"] if "once" in each["sig"]
    )  # whatever else the hour has due
    assert (listed["sig"], listed["state"], listed["amount"]) == ("Tablet by mouth \u00b7 once", "due", "100")
    assert listed["opens_at"] < listed["closes_at"]
    asked = {name: listed[name] for name in ("order_id", "due_at", "amount", "unit")}
    who = {"client_id": page["clients"][0]["client_id"], "outcome": "given", "identifiers": ["name", "photo"]}
    assert post(browser, asked | who)[0] == 201
    needed = page["clients"][0]["as_needed"][0]
    assert (needed["indication"], needed["next_at"], needed["last"]) == ("Pain", page["now"], None)


def test_the_same_request_fifty_times_at_once_is_one_dose(transactional_db: None) -> None:
    morning = due_now()
    body, who = one(morning), morning.here.on_unit
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: in_thread(who, body), range(50)))
    assert sorted(status for status, _ in answers) == [200] * 49 + [201]
    assert {answer["id"] for _, answer in answers} == {Administration.objects.get().pk}
    assert Event.objects.filter(verb="emar.administer").count() == 1


def test_two_nurses_at_once_one_charts_and_the_other_reads_who(transactional_db: None) -> None:
    morning = due_now()
    nurses = [morning.here.on_unit, morning.here.second_nurse]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda who: in_thread(who, one(morning)), nurses))
    assert sorted(status for status, _ in answers) == [201, 409]
    first = Administration.objects.get()
    told = next(answer for status, answer in answers if status == 409)
    assert (told["by"], told["outcome"]) == (first.by.signature, "given")
    assert first.by.signature in told["findings"][0]["message"]


def test_every_address_is_described_in_openapi(morning: Morning) -> None:
    described = signed_in(morning.here.on_unit).get("/api/openapi.json").json()
    assert {path.removeprefix("/api/emar/").partition("/")[0] for path in described["paths"]} == {
        "pass", "administrations", "clients", "effects", "proofs", "tablet",
    }  # fmt: skip
    shapes = described["components"]["schemas"]
    assert shapes["AdministerIn"]["additionalProperties"] is False
    assert shapes["AdministerIn"]["properties"]["amount"]["anyOf"][0]["type"] == "string"
