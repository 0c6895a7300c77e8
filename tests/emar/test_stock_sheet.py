"""The sheet of a dose whose medication is counted: which line it is drawn from, what was wasted, and who watched it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from emar.keys import minute_of
from emar.models import Administration, LedgerEntry, Order
from emar.queries import dose_row
from emar.rules.administration import REASONS, Outcome
from emar.rules.schedule import Once
from staff.models import Person
from tests.emar.desk import body
from tests.factories.meds import medication, order
from tests.factories.people import PIN
from tests.factories.stock import MINUTE, Stocked, stocked
from tests.signing import signed_in as as_

HALF = Decimal("0.5")


@pytest.fixture
def shelf(db: None) -> Stocked:
    """Elin's lorazepam is due this minute as well, 1 mg."""
    made = stocked(datetime.now(UTC))
    made.order = due(made)
    return made


def due(shelf: Stocked, dose: str = "1") -> Order:
    at = shelf.now - MINUTE
    return order(shelf.order.episode, shelf.lorazepam, Once(), by=shelf.prescriber, started_at=at, dose=dose)


def at_the_pass(shelf: Stocked, who: Person | None = None) -> Browser:
    browser = as_(who or shelf.nurse)
    where = f"/pass/{shelf.here.unit.pk}/{minute_of(shelf.order.started_at)}/{shelf.elin.pk}/verify/"
    assert browser.post(where, {"by": ["name", "birth_date"]}).status_code == 302
    return browser


def address(shelf: Stocked) -> str:
    return f"/pass/orders/{shelf.order.pk}/{minute_of(shelf.order.started_at)}"


def opened(shelf: Stocked, browser: Browser) -> str:
    return body(browser.get(f"{address(shelf)}/sheet/?give=yes"))


def chart(shelf: Stocked, browser: Browser, status: int = 200, **typed: object) -> str:
    form: dict[str, Any] = {
        "key": str(uuid4()), "sheet": "yes", "outcome": "given", "amount": "1", "unit": "mg", "draw_line": shelf.line.pk,
    }  # fmt: skip
    answer = browser.post(
        f"{address(shelf)}/chart/", form | {name.replace("__", "-"): value for name, value in typed.items()}
    )
    assert answer.status_code == status, body(answer)
    return body(answer)


def test_the_row_opens_a_sheet_with_the_line_chosen_and_a_second_tap_charts_it(shelf: Stocked) -> None:
    row = dose_row(shelf.here.site, shelf.order.pk, minute_of(shelf.order.started_at), at=shelf.now)
    assert row is not None
    assert (row.drug.asks, row.drug.give) == (True, "Give …")
    browser = at_the_pass(shelf)
    said = opened(shelf, browser)
    assert f'name="draw_line" value="{shelf.line.pk}" checked' in said
    assert "lot A12" in said
    assert '<details class="draw__more">' in said
    chart(shelf, browser, draw_drawn="", draw_wasted="", draw_returned="")
    entry = LedgerEntry.objects.latest("pk")
    assert (entry.kind, entry.drawn, entry.given, entry.balance) == ("dose", Decimal(1), Decimal(1), Decimal(19))
    assert entry.administration == Administration.objects.get()


def test_the_sheet_says_no_balance(shelf: Stocked) -> None:
    assert "20 tablets" not in opened(shelf, at_the_pass(shelf))


def test_the_units_cart_comes_first_and_in_it_what_expires_first(shelf: Stocked) -> None:
    soon = shelf.receive(lot="B7", expires_on=shelf.here.day()).line
    shelf.cart.unit_id = shelf.here.unit.pk
    shelf.cart.save()
    shelf.receive(shelf.safe, lot="C1", expires_on=shelf.here.day())
    assert f'value="{soon.pk}" checked' in opened(shelf, at_the_pass(shelf))


def test_a_dose_without_a_line_is_refused_and_nothing_is_charted(shelf: Stocked) -> None:
    assert "Choose the line it was drawn from." in chart(shelf, at_the_pass(shelf), 422, draw_line="")
    assert not Administration.objects.exists()


def test_waste_is_signed_by_another_person_with_their_pin(shelf: Stocked) -> None:
    browser = at_the_pass(shelf)
    typed: dict[str, Any] = {"draw_drawn": "2", "draw_wasted": "1", "draw_why": "Broke in two"}
    for more, words in (
        ({}, "Choose who signs with you."),
        ({"waste__second": shelf.second.pk, "waste__pin": "9182"}, "That is not the PIN of RN Ames."),
        ({"waste__second": shelf.nurse.pk, "waste__pin": PIN}, "signs already"),
    ):
        assert words in chart(shelf, browser, 422, **typed | more)
        assert not Administration.objects.exists()
    chart(shelf, browser, **typed | {"waste__second": shelf.second.pk, "waste__pin": PIN})
    entry = LedgerEntry.objects.latest("pk")
    assert entry.proof is not None
    assert (entry.wasted, entry.balance, entry.proof.person) == (Decimal(1), Decimal(18), shelf.second)


def test_half_a_tablet_opens_the_waste_with_its_amount(shelf: Stocked) -> None:
    shelf.order = due(shelf, "0.5")
    browser = at_the_pass(shelf)
    said = opened(shelf, browser)
    assert '<details class="draw__more" open>' in said
    assert 'name="draw_wasted" inputmode="decimal" autocomplete="off" value="0.5"' in said
    typed: dict[str, Any] = {"amount": "0.5", "draw_wasted": "0.5", "draw_why": "Part of a whole one"}
    chart(shelf, browser, **typed | {"waste__second": shelf.second.pk, "waste__pin": PIN})
    entry = LedgerEntry.objects.latest("pk")
    assert (entry.drawn, entry.given, entry.wasted) == (Decimal(1), HALF, HALF)


def test_a_dose_is_drawn_from_two_lots(shelf: Stocked) -> None:
    shelf.order = due(shelf, "2")
    other = shelf.receive(lot="B7").line
    browser = at_the_pass(shelf)
    chart(shelf, browser, amount="2", draw_drawn="1", also_line=other.pk, also_drawn="1")
    assert (shelf.left(), shelf.left(other)) == (Decimal(19), Decimal(19))


def test_a_refused_dose_that_was_drawn_is_put_back(shelf: Stocked) -> None:
    browser = at_the_pass(shelf)
    said = body(browser.get(f"/pass/orders/{shelf.order.pk}/reasons/?outcome=refused"))
    assert "Nothing was drawn" in said
    typed: dict[str, Any] = {"outcome": "refused", "amount": "", "draw_returned": "1"}
    typed["reason"] = next(code for code, _ in REASONS[Outcome.REFUSED] if code != "other")
    chart(shelf, browser, **typed)
    entry = LedgerEntry.objects.latest("pk")
    assert (entry.drawn, entry.returned, entry.change, shelf.left()) == (
        Decimal(1),
        Decimal(1),
        Decimal(0),
        Decimal(20),
    )


def test_a_correction_leaves_the_ledger_or_says_what_was_drawn(shelf: Stocked) -> None:
    browser = at_the_pass(shelf)
    chart(shelf, browser)
    row = Administration.objects.get()
    said = body(browser.get(f"/pass/charted/{row.pk}/sheet/"))
    assert "As it stands in the ledger" in said
    typed: dict[str, Any] = {
        "key": str(uuid4()),
        "sheet": "yes",
        "outcome": "given",
        "amount": "2",
        "unit": "mg",
        "note": "Two were given",
    }
    where = f"/pass/charted/{row.pk}/correct/"
    assert "Say what was drawn in truth" in body(browser.post(where, typed))
    other = shelf.receive(lot="B7").line
    answer = browser.post(where, typed | {"amount": "1", "note": "It was lot B7", "draw_line": other.pk})
    assert answer.status_code == 200, body(answer)
    assert (shelf.left(), shelf.left(other)) == (Decimal(20), Decimal(19))


def test_a_locked_line_is_shown_and_cannot_be_chosen(shelf: Stocked) -> None:
    shelf.count("19", "19")
    browser = at_the_pass(shelf)
    said = opened(shelf, browser)
    assert f'value="{shelf.line.pk}" disabled' in said
    assert "Locked: a count did not agree" in said
    assert "is locked" in chart(shelf, browser, 422)


def test_what_is_not_counted_keeps_its_one_tap(shelf: Stocked) -> None:
    shelf.order = order(
        shelf.order.episode,
        medication("Thiamine", "100 mg"),
        Once(),
        by=shelf.prescriber,
        started_at=shelf.now - MINUTE,
    )
    row = dose_row(shelf.here.site, shelf.order.pk, minute_of(shelf.order.started_at), at=shelf.now)
    assert row is not None
    assert not row.drug.asks
    assert "Drawn from" not in opened(shelf, at_the_pass(shelf))
