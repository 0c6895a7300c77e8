"""The pages of controlled stock: what they show, what they hide while a count goes on, and what their forms write."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from emar.actions import stock
from emar.models import (
    Count,
    KeyHandover,
    LedgerEntry,
    OwnApproval,
    Resolution,
    StockLocation,
    Variance,
    VarianceReport,
)
from emar.rules.stock import Kind, Shift
from staff.models import Person, PinTry
from tests.emar.desk import body
from tests.factories.meds import medication
from tests.factories.people import PIN
from tests.factories.stock import Stocked, controlled, stocked
from tests.signing import signed_in as as_


@pytest.fixture
def shelf(db: None) -> Stocked:
    return stocked(datetime.now(UTC))


def page(who: Person, name: str, *args: object, query: str = "", status: int = 200) -> str:
    answer = as_(who).get(reverse(f"emar:{name}", args=args) + query)
    assert answer.status_code == status, body(answer)
    return body(answer)


def sent(
    who: Person, name: str, /, *args: object, status: int = 302, browser: Browser | None = None, **typed: object
) -> str:
    """Send a form; where it goes to, or what the page says. The names of fields are written with _ for -."""
    fields = {"key": str(uuid4())} | {key.replace("__", "-"): value for key, value in typed.items()}
    answer = (browser or as_(who)).post(reverse(f"emar:{name}", args=args), fields)
    assert answer.status_code == status, body(answer)
    return str(answer["Location"]) if status == 302 else body(answer)


def signs_(who: Person, pin: str = PIN, prefix: str = "") -> dict[str, Any]:
    return {f"{prefix}second": who.pk, f"{prefix}pin": pin}


def test_the_stock_shows_each_place_with_lines_balances_dates_and_keys(shelf: Stocked) -> None:
    shelf.count("20", "20")
    said = page(shelf.nurse, "stock")
    for words in (
        "Medication cart",
        "Lorazepam 1 mg",
        "A12",
        "<b>20 tablets</b>",
        "it agreed",
        "Keys: nobody has signed",
    ):
        assert words in said
    assert "Close this place" not in said
    assert "Close this place" in page(shelf.director, "stock")


def test_a_locked_line_is_loud_on_the_stock_page_on_its_ledger_and_in_the_list(shelf: Stocked) -> None:
    shelf.count("19", "19")
    variance = Variance.objects.get()
    for name, args in (("stock", ()), ("stock_line", (shelf.line.pk,)), ("stock_variances", ())):
        said = page(shelf.nurse, name, *args)
        assert "ocked" in said
        assert reverse("emar:stock_variance", args=[variance.pk]) in said


def test_the_ledger_has_every_entry_with_its_balance_and_its_names(shelf: Stocked) -> None:
    shelf.give(shelf.draw("2", "1", proof_id=shelf.witness(shelf.second)))
    said = page(shelf.nurse, "stock_line", shelf.line.pk)
    for words in (
        "Elin Novak",
        "drawn 2",
        "given 1",
        "wasted 1",
        "with RN Ames",
        "+20",
        "\N{MINUS SIGN}2",
        "<b>18</b>",
    ):
        assert words in said
    only = page(shelf.nurse, "stock_line", shelf.line.pk, query="?show=moves")
    assert "Received" in only
    assert "Elin Novak" not in only
    assert "No entry of this kind" in page(
        shelf.nurse, "stock_line", shelf.line.pk, query="?show=differences&before=nonsense"
    )


def test_a_long_ledger_is_paged(shelf: Stocked) -> None:
    for _ in range(100):
        shelf.receive(amount=Decimal(1))
    first = page(shelf.nurse, "stock_line", shelf.line.pk)
    assert 'id="entry-101"' in first
    assert 'id="entry-1"' not in first
    assert 'id="entry-1"' in page(shelf.nurse, "stock_line", shelf.line.pk, query="?before=2")


def test_a_delivery_is_received_with_or_without_a_second_name(shelf: Stocked) -> None:
    typed: dict[str, Any] = {
        "medication": shelf.lorazepam.pk, "lot": "B7", "expires_on": shelf.expires.isoformat(), "amount": "30", "from_whom": "Invoice 9",
    }  # fmt: skip
    where = sent(shelf.nurse, "stock_receive", shelf.cart.pk, **typed)
    entry = LedgerEntry.objects.latest("pk")
    assert where == f"/pass/stock/lines/{entry.line_id}/?done=1"
    assert (entry.line.lot, entry.balance, entry.proof) == ("B7", Decimal(30), None)
    sent(shelf.nurse, "stock_receive", shelf.cart.pk, **typed | signs_(shelf.second, prefix="one__"))
    assert LedgerEntry.objects.latest("pk").proof is not None
    half = sent(shelf.nurse, "stock_receive", shelf.cart.pk, status=422, **typed | {"one__second": shelf.second.pk})
    assert "enters their own PIN" in half
    assert '<details class="card" open>' in half


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_written(shelf: Stocked) -> None:
    before = LedgerEntry.objects.count()
    said = sent(shelf.nurse, "stock_receive", shelf.cart.pk, status=422, lot="", amount="many")
    for words in (
        "Choose what came.",
        "Write the lot.",
        "Enter the date on the package.",
        "Enter a number, such as 20 or 0.5.",
    ):
        assert words in said
    assert LedgerEntry.objects.count() == before


def test_stock_moves_in_one_act(shelf: Stocked) -> None:
    sent(shelf.nurse, "stock_act", shelf.line.pk, "move", amount="5", to=shelf.safe.pk, why="Night stock")
    out, into = LedgerEntry.objects.order_by("pk")[1:]
    assert (out.change, out.balance, into.change, into.balance, into.pair) == (*map(Decimal, (-5, 15, 5, 5)), out)
    own = sent(shelf.nurse, "stock_act", shelf.line.pk, "move", status=422, amount="5", to=shelf.own.pk)
    assert "Choose a place from the list." in own


def test_waste_without_a_dose_is_signed_by_a_second_person(shelf: Stocked) -> None:
    typed: dict[str, Any] = {"drawn": "1", "wasted": "1", "why": "Fell on the floor"}
    unsigned = sent(shelf.nurse, "stock_act", shelf.line.pk, "waste", status=422, **typed)
    assert "Choose who signs with you." in unsigned
    wrong = sent(
        shelf.nurse, "stock_act", shelf.line.pk, "waste", status=422, **typed | signs_(shelf.second, "9182", "one__")
    )
    assert "That is not the PIN of RN Ames." in wrong
    assert PinTry.objects.filter(right=False).count() == 1
    mine = sent(
        shelf.nurse, "stock_act", shelf.line.pk, "waste", status=422, **typed | signs_(shelf.nurse, prefix="one__")
    )
    assert "signs already" in mine
    sent(shelf.nurse, "stock_act", shelf.line.pk, "waste", **typed | signs_(shelf.second, prefix="one__"))
    entry = LedgerEntry.objects.latest("pk")
    assert (entry.kind, entry.balance, entry.proof and entry.proof.person) == ("waste", Decimal(19), shelf.second)


def test_the_same_form_sent_twice_wastes_once(shelf: Stocked) -> None:
    typed: dict[str, Any] = {"drawn": "1", "wasted": "1", "why": "Fell", "key": str(uuid4())} | signs_(
        shelf.second, prefix="one__"
    )
    browser = as_(shelf.nurse)
    one, two = (sent(shelf.nurse, "stock_act", shelf.line.pk, "waste", browser=browser, **typed) for _ in range(2))
    assert one == two
    assert shelf.left() == 19


def test_destroying_takes_two_witnesses_who_are_two_people(shelf: Stocked) -> None:
    typed: dict[str, Any] = {"amount": "20", "method": "Dissolved in a chemical digester"} | signs_(
        shelf.nurse, prefix="one__"
    )
    same = sent(
        shelf.director, "stock_act", shelf.line.pk, "destroy", status=422, **typed | signs_(shelf.nurse, prefix="two__")
    )
    assert "signs already" in same
    sent(shelf.director, "stock_act", shelf.line.pk, "destroy", **typed | signs_(shelf.second, prefix="two__"))
    entry = LedgerEntry.objects.latest("pk")
    assert entry.proof is not None
    assert entry.second_proof is not None
    assert {entry.proof.person, entry.second_proof.person} == {shelf.nurse, shelf.second}


def test_who_may_not_destroy_is_told_who_may_and_is_not_offered_it(shelf: Stocked) -> None:
    assert "Destroy" not in page(shelf.nurse, "stock_line", shelf.line.pk)
    assert "clinical director" in page(shelf.nurse, "stock_act", shelf.line.pk, "destroy", status=403)
    assert "Destroy" in page(shelf.director, "stock_line", shelf.line.pk)
    page(shelf.director, "stock_act", shelf.line.pk, "explode", status=404)


def test_stock_is_sent_back(shelf: Stocked) -> None:
    sent(shelf.nurse, "stock_act", shelf.line.pk, "send-back", amount="20", to_whom="Corner pharmacy, credit 4")
    assert shelf.left() == 0
    assert "Lorazepam" not in page(shelf.nurse, "stock")
    assert "Lorazepam" in page(shelf.nurse, "stock", query="?empty=yes")


def test_what_a_client_brought_is_counted_in_approved_and_handed_back(shelf: Stocked) -> None:
    drug = controlled("Clonazepam", "0.5 mg")
    typed: dict[str, Any] = {
        "client": shelf.elin.pk, "medication": drug.pk, "lot": "RX 77", "expires_on": shelf.expires.isoformat(), "amount": "12",
    }  # fmt: skip
    asked = page(shelf.nurse, "stock_count_in", shelf.own.pk)
    assert f"Novak, Elin, born {shelf.elin.born_on:%-d %b %Y}" in asked
    assert "Clonazepam 0.5 mg tablet" in asked
    sent(shelf.nurse, "stock_count_in", shelf.own.pk, **typed | signs_(shelf.second, prefix="one__"))
    line = LedgerEntry.objects.latest("pk").line
    assert "Not approved" in page(shelf.nurse, "stock")
    mine = sent(shelf.nurse, "stock_act", line.pk, "approve", status=422, words="Label and look")
    assert "You counted this in yourself." in mine
    sent(shelf.prescriber, "stock_act", line.pk, "approve", words="Label and look")
    assert OwnApproval.objects.get().line == line
    said = page(shelf.nurse, "stock_line", line.pk)
    assert "Use approved" in said
    back: dict[str, Any] = {"amount": "12", "signed_as": "Elin Novak"} | signs_(shelf.second, prefix="one__")
    sent(shelf.nurse, "stock_act", line.pk, "hand-back", **back)
    assert shelf.left(line) == 0
    assert "signed by the client as Elin Novak" in page(shelf.nurse, "stock_line", line.pk)


def test_a_supervisor_adds_a_place_and_closes_an_empty_one(shelf: Stocked) -> None:
    sent(shelf.director, "stock_place_new", name="Birch cart", kind="cart", unit_id=str(shelf.here.unit.pk))
    made = StockLocation.objects.get(name="Birch cart")
    assert made.unit_id == shelf.here.unit.pk
    again = sent(shelf.director, "stock_place_new", status=422, name="Birch cart", kind="cart")
    assert "There is a place named Birch cart" in again
    sent(shelf.director, "stock_place_close", made.pk)
    assert "still holds" in sent(shelf.director, "stock_place_close", shelf.cart.pk, status=422)


def begun(shelf: Stocked, who: Person | None = None) -> Count:
    sent(who or shelf.nurse, "stock_begin", shelf.cart.pk, shift="day")
    return Count.objects.latest("pk")


def put(shelf: Stocked, by: Person, who: Person, number: str, status: int = 302, **more: object) -> str:
    count = Count.objects.latest("pk")
    lines = {f"line__{pk}": number for pk in count.asked}
    return sent(by, "stock_count", count.pk, status=status, **lines | signs_(who) | more)


def test_a_count_is_blind_until_both_have_counted(shelf: Stocked) -> None:
    count = begun(shelf)
    for _ in range(2):
        for name, args in (("stock", ()), ("stock_count", (count.pk,)), ("stock_line", (shelf.line.pk,))):
            said = page(shelf.nurse, name, *args)
            assert "20 tablets" not in said
            assert "<b>20</b>" not in said
        if not count.signings.exists():
            put(shelf, shelf.nurse, shelf.nurse, "19")
    assert 'value="19"' not in page(shelf.second, "stock_count", count.pk)
    put(shelf, shelf.nurse, shelf.second, "19")
    said = page(shelf.nurse, "stock_count", count.pk)
    assert "1 of 1 line does not agree" in said
    assert "<b>20</b>" in said


def test_two_people_count_on_one_tablet_or_on_two_and_hand_the_keys_over(shelf: Stocked) -> None:
    for second_tablet in (shelf.nurse, shelf.second):
        count = begun(shelf)
        put(shelf, shelf.nurse, shelf.nurse, "20")
        put(shelf, second_tablet, shelf.second, "20")
        assert "Everything agrees" in page(shelf.nurse, "stock_count", count.pk)
    assert f'value="{shelf.second.pk}" selected' in page(shelf.nurse, "stock_count", count.pk)
    sent(shelf.nurse, "stock_keys", count.pk, **signs_(shelf.second, prefix="keys__"))
    made = KeyHandover.objects.get()
    assert (made.from_person, made.to_person) == (shelf.nurse, shelf.second)
    assert "Keys: RN Cole to RN Ames" in page(shelf.nurse, "stock_count", count.pk)
    assert "Keys: RN Ames since" in page(shelf.nurse, "stock")
    again = sent(shelf.second, "stock_keys", count.pk, status=422, **signs_(shelf.nurse, prefix="keys__"))
    assert "handed over on this count already" in again


def test_what_is_wrong_with_the_numbers_is_said_and_what_was_typed_stays(shelf: Stocked) -> None:
    shelf.receive(lot="B7")
    count = begun(shelf)
    one, two = count.asked
    fields = {f"line__{one}": "20", f"line__{two}": ""}
    said = sent(shelf.nurse, "stock_count", count.pk, status=422, **fields | signs_(shelf.nurse))
    assert "1 line has no number yet" in said
    assert 'value="20"' in said
    assert "sheet-line--missing" in said
    assert "1,000" in sent(
        shelf.nurse, "stock_count", count.pk, status=422, **fields | {f"line__{two}": "1,000"} | signs_(shelf.nurse)
    )
    assert not count.signings.exists()


def test_one_person_does_not_count_twice_on_the_page_either(shelf: Stocked) -> None:
    begun(shelf)
    put(shelf, shelf.nurse, shelf.nurse, "20")
    assert "signs already" in put(shelf, shelf.nurse, shelf.nurse, "20", status=422)


def test_who_begins_a_count_that_goes_on_is_led_to_it(shelf: Stocked) -> None:
    count = begun(shelf)
    assert sent(shelf.second, "stock_begin", shelf.cart.pk, shift="day") == f"/pass/stock/counts/{count.pk}/"
    assert Count.objects.count() == 1


def test_a_count_is_dropped_with_a_reason(shelf: Stocked) -> None:
    count = begun(shelf)
    assert "Say why the count is dropped." in sent(shelf.nurse, "stock_drop", count.pk, status=422, why="")
    sent(shelf.nurse, "stock_drop", count.pk, why="Fire drill")
    assert "Fire drill" in page(shelf.nurse, "stock_count", count.pk)


def test_a_difference_is_resolved_by_a_supervisor_with_a_cause_and_a_second_name(shelf: Stocked) -> None:
    shelf.count("19", "19")
    variance = Variance.objects.get()
    said = page(shelf.nurse, "stock_variance", variance.pk)
    assert "1 tablet missing." in said
    assert "Resolve it" not in said
    assert "Written notice" in said
    typed: dict[str, Any] = {"cause": "lost", "words": "Searched the cart and the room, not found", "recounted": "19"}
    sent(shelf.nurse, "stock_resolve", variance.pk, status=403, **typed | signs_(shelf.third))
    first = sent(shelf.director, "stock_resolve", variance.pk, status=422, **typed | signs_(shelf.nurse))
    assert "signs already" in first
    assert "Searched the cart" in first
    sent(shelf.director, "stock_resolve", variance.pk, **typed | signs_(shelf.third))
    assert Resolution.objects.get().by == shelf.director
    said = page(shelf.nurse, "stock_variance", variance.pk)
    assert "Lost, not explained" in said
    assert "with RN Okafor" in said
    assert shelf.left() == 19


def test_what_was_sent_of_a_loss_is_written_down_once_and_the_line_leaves_the_list(shelf: Stocked) -> None:
    shelf.count("19", "19")
    variance = Variance.objects.get()
    typed: dict[str, Any] = {"cause": "stolen", "words": "The lock was broken open", "recounted": "19"}
    sent(shelf.director, "stock_resolve", variance.pk, **typed | signs_(shelf.third))
    assert "Nothing waits" not in page(shelf.director, "stock_variances")
    for what in ("notice", "form"):
        assert "to whom it was sent" in sent(
            shelf.director, "stock_told", variance.pk, status=422, what=what, reference=""
        )
        sent(shelf.director, "stock_told", variance.pk, what=what, reference="Field office, no. 7")
    assert VarianceReport.objects.count() == 2
    assert "Nothing waits" in page(shelf.director, "stock_variances")


def test_eighty_lines_are_counted_on_one_page_in_few_queries(shelf: Stocked) -> None:
    for number in range(79):
        shelf.receive(lot=f"L{number}")
    browser, count = as_(shelf.nurse), begun(shelf)
    where = reverse("emar:stock_count", args=[count.pk])
    browser.get(where)
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(where)
    assert answer.content.decode().count('class="sheet-line"') == 80
    assert len(asked) <= 8, [each["sql"][:90] for each in asked]


def test_the_stock_page_asks_as_often_for_one_line_as_for_many(shelf: Stocked) -> None:
    def asked() -> int:
        browser = as_(shelf.nurse)
        browser.get(reverse("emar:stock"))
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("emar:stock"))
        return len(queries)

    shelf.count("19", "19")
    one = asked()
    for number in range(6):
        shelf.receive(
            shelf.safe, lot=f"L{number}", medication_id=medication(f"Drug{number}", "1 mg", dea_schedule="II").pk
        )
    stock.start_count(by=shelf.nurse, at=shelf.now, location_id=shelf.safe.pk, shift=Shift.SPOT)
    assert asked() == one


@pytest.mark.parametrize("name", ["stock", "stock_papers", "stock_variances"])
def test_who_neither_counts_nor_witnesses_sees_no_balance(shelf: Stocked, name: str) -> None:
    assert "Ask" in page(shelf.here.intake, name, status=403)


def test_stock_of_another_site_is_not_there(shelf: Stocked) -> None:
    shelf.count("19", "19")
    elsewhere = shelf.here.elsewhere
    pairs = (
        ("stock_line", shelf.line.pk), ("stock_count", Count.objects.get().pk), ("stock_variance", Variance.objects.get().pk),
        ("stock_begin", shelf.cart.pk), ("stock_sheet_pdf", shelf.cart.pk), ("stock_variance_pdf", Variance.objects.get().pk),
    )  # fmt: skip
    for name, pk in pairs:
        page(elsewhere, name, pk, status=404)
    assert Kind.WASTE.purpose == "stock.waste"
