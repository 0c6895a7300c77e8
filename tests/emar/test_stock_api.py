"""Doses drawn from counted stock over the JSON API: the same fields, the same refusals."""

from typing import Any

import pytest
from django.utils import timezone

from emar.models import LedgerEntry
from tests.emar.talk import post, signed_in
from tests.factories.people import PIN
from tests.factories.stock import Stocked, stocked


@pytest.fixture
def shelf(db: None) -> Stocked:
    return stocked(timezone.now())


def dose(shelf: Stocked, **changes: Any) -> dict[str, Any]:
    return {
        "order_id": shelf.order.pk, "client_id": shelf.elin.pk, "outcome": "given", "identifiers": ["wristband"],
        "amount": "1", "unit": "mg", "prn_reason": "Shaking", "tried_first": "A walk",
        "draws": [{"line_id": shelf.line.pk, "drawn": "2", "returned": "1"}],
    } | changes  # fmt: skip


def test_a_dose_names_its_lines(shelf: Stocked) -> None:
    status, answer = post(signed_in(shelf.nurse), dose(shelf))
    assert status == 201, answer
    entry = LedgerEntry.objects.get(administration=answer["id"])
    assert [str(each) for each in (entry.drawn, entry.given, entry.balance)] == ["2.000", "1.000", "19.000"]


@pytest.mark.parametrize(
    ("draws", "code"), [(None, "stock.line_needed"), ([{"line_id": 1, "drawn": "x"}], "Send the number as a text")]
)
def test_a_dose_that_names_none_or_a_strange_one_is_refused(shelf: Stocked, draws: Any, code: str) -> None:
    status, answer = post(signed_in(shelf.nurse), dose(shelf, draws=draws))
    assert (status, code in str(answer)) == (422, True)
    assert shelf.left() == 20


def proof(shelf: Stocked, **changes: Any) -> tuple[int, Any]:
    """Ames enters her PIN for a waste, on the tablet of the first nurse."""
    asked = {"person_id": shelf.second.pk, "pin": PIN, "purpose": "stock.waste"} | changes
    return post(signed_in(shelf.nurse), asked, "/api/emar/proofs")


def test_a_waste_is_signed_with_the_pin_of_who_watched(shelf: Stocked) -> None:
    status, made = proof(shelf)
    assert status == 201, made
    draws = [{"line_id": shelf.line.pk, "drawn": "2", "wasted": "1", "why": "Fell", "proof_id": made["proof_id"]}]
    status, answer = post(signed_in(shelf.nurse), dose(shelf, draws=draws))
    assert status == 201, answer
    assert shelf.left() == 18


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"pin": "9182"}, "pin.wrong"),
        ({"purpose": "stock.count"}, "purpose"),
        ({"person_id": 10**9}, "pin.same_person"),
    ],
)
def test_a_proof_that_is_none_is_refused(shelf: Stocked, changes: dict[str, Any], code: str) -> None:
    status, answer = proof(shelf, **changes)
    assert (status, code in str(answer)) == (422, True)


def test_nobody_is_their_own_second_person(shelf: Stocked) -> None:
    assert proof(shelf, person_id=shelf.nurse.pk)[0] == 422
