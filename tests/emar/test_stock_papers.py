"""The papers of controlled stock: what stands on them, and what does not while a place is counted."""

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from emar.actions import stock
from emar.models import Variance
from emar.rules.stock import Shift
from tests.emar.desk import body
from tests.factories.stock import Stocked, stocked
from tests.signing import signed_in as as_


@pytest.fixture
def shelf(db: None) -> Stocked:
    return stocked(datetime.now(UTC))


def paper(shelf: Stocked, name: str, *args: object, query: str = "") -> str:
    answer = as_(shelf.nurse).get(reverse(f"emar:{name}", args=args) + query)
    assert answer.status_code == 200, body(answer)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).split())


def test_the_ledger_has_every_entry_with_balance_names_and_amounts(shelf: Stocked) -> None:
    shelf.give(shelf.draw("2", "1", proof_id=shelf.witness(shelf.second)))
    said = paper(shelf, "stock_ledger_pdf")
    for words in (
        "Controlled substance ledger", "Medication cart", "Lorazepam 1 mg, lot A12", "Before: 0 tablets. After: 18 tablets.",
        "Received", "Elin Novak", "drawn 2, given 1, wasted 1", "RN Ames", "Printed by RN Cole",
    ):  # fmt: skip
        assert words in said, words


def test_a_place_that_is_being_counted_is_left_out_of_the_ledger(shelf: Stocked) -> None:
    stock.start_count(by=shelf.nurse, at=shelf.now, location_id=shelf.cart.pk, shift=Shift.DAY)
    said = paper(shelf, "stock_ledger_pdf")
    assert "This place is being counted." in said
    assert "lot A12" not in said


def test_a_count_sheet_has_the_lines_and_no_balance(shelf: Stocked) -> None:
    shelf.receive(lot="B7")
    said = paper(shelf, "stock_sheet_pdf", shelf.cart.pk)
    for words in ("Count sheet, Medication cart", "A12", "B7", "First count", "Second count"):
        assert words in said
    assert "20 tablets" not in said
    assert "40" not in re.sub(r"\d+:\d\d", "", said), "but for the hour of printing"


def test_the_discrepancy_report_says_who_counted_what_and_what_is_to_be_sent(shelf: Stocked) -> None:
    shelf.count("19", "19")
    variance = Variance.objects.get()
    for said in (paper(shelf, "stock_variances_pdf"), paper(shelf, "stock_variance_pdf", variance.pk)):
        for words in (
            "Discrepancy report", "Lorazepam 1 mg, lot A12", "RN Cole and RN Ames", "19 tablets; the ledger said 20 tablets",
            "Written notice", "not sent", "Supervisor",
        ):  # fmt: skip
            assert words in said, words


def test_a_report_of_agreed_counts_says_so(shelf: Stocked) -> None:
    shelf.count("20", "20")
    assert "Every count agreed." in paper(shelf, "stock_variances_pdf")


@pytest.mark.parametrize("name", ["stock_ledger_pdf", "stock_variances_pdf"])
def test_dates_that_are_none_are_said_beside_their_field(shelf: Stocked, name: str) -> None:
    answer = as_(shelf.nurse).get(reverse(f"emar:{name}") + "?from=soon&to=2026-13-01")
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in body(answer)
