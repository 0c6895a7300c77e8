"""A client's whole pass in one request: each dose its own answer, or all of them or none."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from emar.models import Administration
from tests.emar.conftest import Morning
from tests.emar.talk import dose, due_now, in_thread, more, one, post, signed_in
from tests.factories import admit, client


@pytest.fixture
def morning(db: None) -> Morning:
    return due_now()


def address(morning: Morning) -> str:
    return f"/api/emar/clients/{morning.elin.pk}/administrations"


def statuses(answer: dict[str, Any]) -> list[int]:
    return [each["status"] for each in answer["answers"]]


def test_a_whole_pass_is_charted_in_one_request_and_a_retry_gets_the_first_answers(morning: Morning) -> None:
    nurse = signed_in(morning.here.on_unit)
    body = {"doses": [dose(morning), *(dose(morning, each) for each in more(morning, 4))]}
    status, first = post(nurse, body, address(morning))
    assert (status, first["written"], statuses(first)) == (200, 5, [201] * 5)
    assert [each["key"] for each in first["answers"]] == [each["key"] for each in body["doses"]]
    status, again = post(nurse, body, address(morning))
    assert (status, again["written"], statuses(again)) == (200, 0, [200] * 5)
    assert [each["administration"] for each in again["answers"]] == [
        each["administration"] for each in first["answers"]
    ]
    assert Administration.objects.count() == 5


def test_a_dose_charted_alone_and_sent_again_with_the_others_is_the_same(morning: Morning) -> None:
    nurse, asked = signed_in(morning.here.on_unit), dose(morning)
    assert post(nurse, asked | {"client_id": morning.elin.pk})[0] == 201
    assert statuses(post(nurse, {"doses": [asked]}, address(morning))[1]) == [200]


@pytest.mark.parametrize("mode", ["each", "all_or_nothing"])
def test_one_bad_dose_among_good_ones(morning: Morning, mode: str) -> None:
    good, bad = more(morning, 2)
    doses = [dose(morning), dose(morning, bad, amount="100"), dose(morning, good)]
    body: dict[str, Any] = {"mode": mode, "doses": doses}
    status, answer = post(signed_in(morning.here.on_unit), body, address(morning))
    assert answer["answers"][1]["findings"][0]["code"] == "dose.amount"
    assert answer["answers"][1]["status"] == 422
    if mode == "each":
        assert (status, answer["written"], statuses(answer)) == (200, 2, [201, 422, 201])
    else:
        assert (status, answer["written"], Administration.objects.count()) == (422, 0, 0)
        assert all(each["administration"] is None for each in answer["answers"])
    body["doses"][1]["amount"] = "10"  # mended and sent again, with the same keys
    assert post(signed_in(morning.here.on_unit), body, address(morning))[0] == 200
    assert Administration.objects.count() == 3


def test_what_a_colleague_charted_is_told_with_who_and_when(morning: Morning) -> None:
    post(signed_in(morning.here.second_nurse), one(morning))
    body = {"doses": [dose(morning), *(dose(morning, each) for each in more(morning, 1))]}
    status, answer = post(signed_in(morning.here.on_unit), body, address(morning))
    assert (status, statuses(answer), answer["answers"][0]["by"]) == (200, [409, 201], "RN Ames")


def test_the_order_of_another_client_is_refused_and_an_unknown_client_is_404(morning: Morning) -> None:
    nurse, here = signed_in(morning.here.on_unit), morning.here
    other = client(here, "Jo", "Mason")
    admit(here, other, here.residential, here.beds[1])
    url = f"/api/emar/clients/{other.pk}/administrations"
    status, answer = post(nurse, {"doses": [dose(morning)]}, url)
    assert (status, Administration.objects.count()) == (404, 0)
    assert answer["findings"][0]["message"].endswith(".")
    assert post(nurse, {"doses": [dose(morning)]}, "/api/emar/clients/999999/administrations")[0] == 404
    assert post(signed_in(here.elsewhere), {"doses": [dose(morning)]}, address(morning))[0] == 404


def test_what_is_no_pass_is_refused_as_a_whole(morning: Morning) -> None:
    nurse, asked = signed_in(morning.here.on_unit), dose(morning)
    twice = dose(morning, key=asked["key"])
    wrong: list[Any] = [
        {"doses": []},
        {"doses": [asked] * 61},
        {"doses": [asked, twice]},
        {"doses": [asked], "mode": "some"},
        {"doses": [asked | {"client_id": morning.elin.pk}]},
        {"doses": [asked, asked | {"key": str(uuid4()), "amount": "lots"}]},
        [asked],
    ]
    for body in wrong:
        status, answer = post(nurse, body, address(morning))
        assert (status, Administration.objects.count()) == (422, 0), body
        assert answer["findings"]
    assert post(signed_in(morning.here.prescriber), {"doses": [asked]}, address(morning))[0] == 403
    assert post(signed_in(None), {"doses": [asked]}, address(morning))[0] == 401


def test_the_number_of_queries_does_not_grow_with_the_doses(
    morning: Morning, django_assert_max_num_queries: Any
) -> None:
    nurse, orders = signed_in(morning.here.on_unit), more(morning, 20)
    with django_assert_max_num_queries(22):
        answer = post(nurse, {"doses": [dose(morning, each) for each in orders]}, address(morning))[1]
    assert answer["written"] == 20


def test_the_same_pass_ten_times_at_once_is_charted_once(transactional_db: None) -> None:
    morning = due_now()
    body = {"mode": "all_or_nothing", "doses": [dose(morning, each) for each in more(morning, 3)]}
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: in_thread(morning.here.on_unit, body, address(morning)), range(10)))
    assert {status for status, _ in answers} == {200}
    assert sum(answer["written"] for _, answer in answers) == 3
    assert Administration.objects.count() == 3
