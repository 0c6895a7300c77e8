"""Correcting, undoing and following up as JSON."""

from datetime import timedelta

import pytest

from emar.models import Administration
from tests.emar.conftest import Morning
from tests.emar.talk import URL, due_now, headache, one, post, signed_in

HALF = {"outcome": "partial", "amount": "50", "unit": "mg", "note": "One tablet fell"}


@pytest.fixture
def morning(db: None) -> Morning:
    return due_now()


def test_a_correction_is_a_second_row_and_a_colleague_who_comes_later_reads_who_was_first(morning: Morning) -> None:
    nurse, colleague = signed_in(morning.here.on_unit), signed_in(morning.here.second_nurse)
    first = post(nurse, one(morning))[1]
    url = f"{URL}/{first['id']}/corrections"
    status, second = post(nurse, HALF, url)
    assert (status, second["corrects"], second["outcome"], second["amount"]) == (201, first["id"], "partial", "50")
    status, answer = post(colleague, HALF, url)
    assert (status, answer["findings"][0]["code"]) == (409, "dose.corrected_already")
    assert "RN Cole" in answer["findings"][0]["message"]
    assert nurse.get(f"{URL}/{first['id']}").json()["outcome"] == "given"
    assert Administration.objects.count() == 2


def test_a_correction_says_why_and_keeps_what_is_left_out(morning: Morning) -> None:
    nurse = signed_in(morning.here.on_unit)
    first = post(nurse, headache(morning))[1]
    url = f"{URL}/{first['id']}/corrections"
    assert post(nurse, HALF | {"note": ""}, url)[0] == 422
    status, second = post(
        nurse, {"outcome": "given", "amount": "400", "unit": "mg", "note": "Score", "score": "6"}, url
    )
    assert (status, second["score"], second["prn_reason"]) == (201, "6", "Headache")


def test_who_charted_it_may_undo_it_and_chart_it_again(morning: Morning) -> None:
    nurse = signed_in(morning.here.on_unit)
    first = post(nurse, one(morning))[1]
    status, answer = post(signed_in(morning.here.second_nurse), {}, f"{URL}/{first['id']}/undo")
    assert (status, answer["findings"][0]["code"]) == (422, "undo.not_yours")
    status, undone = post(nurse, {"note": "Wrong row"}, f"{URL}/{first['id']}/undo")
    assert (status, undone["outcome"], undone["corrects"]) == (201, "undone", first["id"])
    assert post(nurse, {}, f"{URL}/{first['id']}/undo")[0] == 409
    assert post(nurse, one(morning))[0] == 201


def test_an_effect_becomes_due_is_recorded_once_and_can_be_corrected(morning: Morning) -> None:
    nurse = signed_in(morning.here.on_unit)
    given = post(nurse, headache(morning))[1]
    listed = nurse.get("/api/emar/effects").json()["effects"]
    assert [(each["administration_id"], each["given_for"], each["overdue"]) for each in listed] == [
        (given["id"], "Headache", False)
    ]
    soon = {"due_by": (morning.here.now + timedelta(minutes=5)).isoformat()}
    assert nurse.get("/api/emar/effects", soon).json()["effects"] == []
    body = {"key": given["id"] and "0f8f6a8e-6f6e-4b7e-9a56-0d0a6c1f7b11", "effect": "worked", "score": "2"}
    status, seen = post(nurse, body, f"{URL}/{given['id']}/effect")
    assert (status, seen["effect"], seen["by"]) == (201, "worked", "RN Cole")
    assert post(nurse, body, f"{URL}/{given['id']}/effect") == (200, seen)
    status, answer = post(signed_in(morning.here.second_nurse), {"effect": "none"}, f"{URL}/{given['id']}/effect")
    assert (status, answer["by"], answer["findings"][0]["code"]) == (409, "RN Cole", "reassess.already")
    assert nurse.get("/api/emar/effects").json()["effects"] == []
    amended = {"effect": "partly", "score": "4", "words": "Asked again"}
    status, second = post(nurse, amended, f"/api/emar/effects/{seen['id']}/corrections")
    assert (status, second["corrects"], second["effect"]) == (201, seen["id"], "partly")


def test_what_is_elsewhere_is_not_there(morning: Morning) -> None:
    nurse, elsewhere = signed_in(morning.here.on_unit), signed_in(morning.here.elsewhere)
    first = post(nurse, headache(morning))[1]
    scheduled = post(nurse, one(morning))[1]
    for who, pk in ((nurse, 999999), (elsewhere, first["id"])):
        assert post(who, HALF, f"{URL}/{pk}/corrections")[0] == 404
        assert post(who, {}, f"{URL}/{pk}/undo")[0] == 404
        assert post(who, {"effect": "worked"}, f"{URL}/{pk}/effect")[0] == 404
        assert who.get(f"{URL}/{pk}").status_code == 404
    assert post(nurse, {"effect": "worked"}, "/api/emar/effects/999999/corrections")[0] == 404
    assert post(nurse, {"effect": "worked"}, f"{URL}/{scheduled['id']}/effect")[0] == 404
    assert post(signed_in(morning.here.facilitator), {"effect": "worked"}, f"{URL}/{first['id']}/effect")[0] == 403
