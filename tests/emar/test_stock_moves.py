"""Receive, move, send back, destroy, waste, and what a client brought: each with its names, and what each refusal says."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from audit.models import Event
from audit.rules.findings import Refused
from emar.actions import stock
from emar.models import LedgerEntry, OwnApproval, StockLocation
from emar.rules.stock import Keeps, Kind
from staff.access import NotAllowed
from tests.emar.conftest import NOW
from tests.factories import client
from tests.factories.stock import MINUTE, Stocked, stocked


@pytest.fixture
def shelf(db: None) -> Stocked:
    return stocked(NOW)


def refused(act: Any, **kwargs: Any) -> tuple[str, str]:
    before = LedgerEntry.objects.count(), Event.objects.count()
    with pytest.raises(Refused) as caught:
        act(**kwargs)
    assert (LedgerEntry.objects.count(), Event.objects.count()) == before
    return caught.value.findings[0].code, str(caught.value)


def test_what_is_received_opens_a_line_and_adds_to_it(shelf: Stocked) -> None:
    entry = shelf.receive(amount=Decimal(10), proof_id=shelf.witness(shelf.second, Kind.RECEIVE))
    assert (entry.line, entry.number, entry.balance) == (shelf.line, 2, Decimal(30))
    said = "10 tablets of Lorazepam 1 mg, lot A12 received into Medication cart, with RN Ames"
    assert Event.objects.get(subject_id=entry.pk, verb="stock.receive").summary == said


RECEIVED: list[tuple[dict[str, Any], str]] = [
    ({"amount": Decimal(0)}, "stock.amount"),
    ({"amount": Decimal("NaN")}, "stock.amount"),
    ({"lot": "  "}, "stock.lot"),
    ({"from_whom": ""}, "stock.from"),
    ({"expires_on": NOW.date() - timedelta(days=1)}, "stock.expired"),
    ({"expires_on": NOW.date() + timedelta(days=1)}, "stock.other_date"),
    ({"unit": "mL"}, "stock.other_unit"),
]


@pytest.mark.parametrize(("changes", "code"), RECEIVED)
def test_what_cannot_be_received_says_why(shelf: Stocked, changes: dict[str, Any], code: str) -> None:
    assert refused(shelf.receive, **changes)[0] == code


def test_who_counts_no_stock_receives_none(shelf: Stocked) -> None:
    for who in (shelf.here.intake, shelf.here.elsewhere, shelf.here.without_role):
        with pytest.raises(NotAllowed):
            shelf.receive(by=who)


def move(shelf: Stocked, **changes: Any) -> LedgerEntry:
    asked: dict[str, Any] = {
        "by": shelf.nurse, "at": NOW, "line_id": shelf.line.pk, "to_location_id": shelf.safe.pk, "amount": Decimal(5),
    }  # fmt: skip
    return stock.move(**asked | changes)


def test_what_is_moved_leaves_one_line_and_enters_the_other(shelf: Stocked) -> None:
    out = move(shelf)
    into = LedgerEntry.objects.get(pair=out)
    assert (out.change, into.change, out.line.lot, into.line.lot) == (Decimal(-5), Decimal(5), "A12", "A12")
    assert (into.line.location, shelf.left(), shelf.left(into.line)) == (shelf.safe, Decimal(15), Decimal(5))
    back = move(shelf, line_id=into.line_id, to_location_id=shelf.cart.pk)
    assert (back.balance, shelf.left()) == (Decimal(0), Decimal(20))


def test_more_than_there_is_cannot_leave(shelf: Stocked) -> None:
    assert refused(move, shelf=shelf, amount=Decimal(21)) == (
        "stock.not_enough",
        "Lorazepam 1 mg, lot A12 holds 20 tablets; 21 tablets cannot be taken out. Count it, or take less.",
    )
    assert refused(move, shelf=shelf, to_location_id=shelf.cart.pk)[0] == "stock.to"
    assert refused(move, shelf=shelf, to_location_id=shelf.own.pk)[0] == "stock.own_place"


def destroy(shelf: Stocked, **changes: Any) -> LedgerEntry:
    asked: dict[str, Any] = {
        "by": shelf.director, "at": NOW, "line_id": shelf.line.pk, "amount": Decimal(2), "method": "Slurry, sealed",
    }  # fmt: skip
    if "proof_id" not in changes:
        asked["proof_id"] = shelf.witness(shelf.nurse, Kind.DESTROY)
    if "second_proof_id" not in changes:
        asked["second_proof_id"] = shelf.witness(shelf.second, Kind.DESTROY)
    return stock.destroy(**asked | changes)


def test_destroying_takes_two_witnesses(shelf: Stocked) -> None:
    entry = destroy(shelf)
    assert (entry.change, entry.balance) == (Decimal(-2), Decimal(18))
    said = Event.objects.get(verb="stock.destroy").summary
    assert said == "2 tablets of Lorazepam 1 mg, lot A12 destroyed before RN Cole and RN Ames"
    same = shelf.witness(shelf.nurse, Kind.DESTROY)
    assert refused(destroy, shelf=shelf, second_proof_id=same)[0] == "pin.same_person"
    own = shelf.witness(shelf.director, Kind.DESTROY)
    assert refused(destroy, shelf=shelf, second_proof_id=own)[0] == "pin.same_person"
    assert refused(destroy, shelf=shelf, second_proof_id=None) == (
        "stock.witness",
        "A second person on duty enters their own PIN under this.",
    )
    with pytest.raises(NotAllowed):
        destroy(shelf, by=shelf.nurse)


def waste(shelf: Stocked, **changes: Any) -> LedgerEntry:
    asked: dict[str, Any] = {
        "by": shelf.nurse, "at": NOW, "line_id": shelf.line.pk, "drawn": Decimal(1), "wasted": Decimal(1),
        "why": "Fell on the floor",
    }  # fmt: skip
    if "proof_id" not in changes:
        asked["proof_id"] = shelf.witness(shelf.second)
    return stock.waste(**asked | changes)


def test_a_dropped_tablet_is_wasted_before_a_witness(shelf: Stocked) -> None:
    entry = waste(shelf)
    assert (entry.kind, entry.wasted, entry.balance) == ("waste", Decimal(1), Decimal(19))


WASTED: list[tuple[dict[str, Any], str, str]] = [
    ({"drawn": Decimal(0)}, "stock.nothing_drawn",
     "Nothing was drawn, so nothing can be wasted. Enter how much was taken out."),
    ({"drawn": Decimal(2)}, "stock.adds_up",
     "What is taken out without a dose is wasted or put back, all of it. Enter both so that they add up."),
    ({"wasted": Decimal(0), "returned": Decimal(1), "proof_id": None}, "stock.no_waste",
     "Nothing was wasted. Enter how much was."),
    ({"proof_id": None}, "stock.waste_witness", "Waste is watched by a second person, who enters their own PIN."),
    ({"why": " "}, "stock.waste_why", "Say why it was wasted."),
    ({"drawn": Decimal(21), "wasted": Decimal(21)}, "stock.not_enough",
     "Lorazepam 1 mg, lot A12 holds 20 tablets; 21 tablets cannot be drawn. Draw from another line, or count this one."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "message"), WASTED)
def test_waste_that_cannot_be_says_why(shelf: Stocked, changes: dict[str, Any], code: str, message: str) -> None:
    assert refused(waste, shelf=shelf, **changes) == (code, message)


def test_who_wastes_is_not_the_witness(shelf: Stocked) -> None:
    assert refused(waste, shelf=shelf, proof_id=shelf.witness(shelf.nurse))[0] == "pin.same_person"


def count_in(shelf: Stocked, **changes: Any) -> LedgerEntry:
    asked: dict[str, Any] = {
        "by": shelf.nurse, "at": NOW, "location_id": shelf.own.pk, "client_id": shelf.elin.pk,
        "medication_id": shelf.lorazepam.pk, "lot": "Rx 5501", "expires_on": shelf.expires, "amount": Decimal(12),
    }  # fmt: skip
    if "proof_id" not in changes:
        asked["proof_id"] = shelf.witness(shelf.second, Kind.COUNT_IN)
    return stock.count_in(**asked | changes)


def test_what_a_client_brought_is_used_for_them_once_approved(shelf: Stocked) -> None:
    own = count_in(shelf).line
    with pytest.raises(Refused, match="is the client's own and nobody approved its use yet"):
        shelf.give(shelf.draw(line_id=own.pk))
    how: dict[str, Any] = {"at": NOW, "line_id": own.pk, "words": "Label and imprint, pharmacy asked"}
    assert refused(stock.approve_own, by=shelf.nurse, **how)[0] == "stock.own_approval"
    stock.approve_own(by=shelf.prescriber, **how)
    assert refused(stock.approve_own, by=shelf.second, **how)[0] == "stock.approved"
    shelf.give(shelf.draw(line_id=own.pk))
    assert (shelf.left(own), shelf.left()) == (Decimal(11), Decimal(20))


def test_nobody_else_gets_what_a_client_brought(shelf: Stocked) -> None:
    from tests.factories import admit
    from tests.factories.meds import as_needed, order

    own = count_in(shelf).line
    OwnApproval.objects.create(line=own, words="Label", by=shelf.prescriber, at=NOW)
    other = client(shelf.here, "Omar", "Reyes")
    episode = admit(shelf.here, other, shelf.here.residential, shelf.here.beds[1])
    theirs = order(episode, shelf.lorazepam, as_needed(), by=shelf.prescriber)
    with pytest.raises(Refused, match="belongs to another client"):
        shelf.give(shelf.draw(line_id=own.pk), order_id=theirs.pk, client_id=other.pk)


def test_it_goes_back_to_the_client_against_their_name(shelf: Stocked) -> None:
    own = count_in(shelf).line
    back: dict[str, Any] = {"by": shelf.nurse, "at": NOW + MINUTE, "line_id": own.pk, "amount": Decimal(12)}
    proof = shelf.witness(shelf.second, Kind.HAND_BACK, NOW + MINUTE)
    assert refused(stock.hand_back, **back, signed_as=" ", proof_id=proof)[0] == "stock.signed_as"
    entry = stock.hand_back(**back, signed_as="Elin Novak", proof_id=proof)
    assert (entry.kind, entry.balance, entry.signed_as) == ("hand_back", Decimal(0), "Elin Novak")
    assert (
        refused(stock.hand_back, **back | {"line_id": shelf.line.pk}, signed_as="E", proof_id=None)[0]
        == "stock.not_own"
    )


def test_what_is_brought_is_counted_in_by_two_for_a_client_of_the_site(shelf: Stocked) -> None:
    assert refused(count_in, shelf=shelf, proof_id=None)[0] == "stock.witness"
    assert refused(count_in, shelf=shelf, location_id=shelf.cart.pk)[0] == "stock.own_place"
    assert refused(count_in, shelf=shelf, client_id=client(shelf.here, "No", "Body").pk)[0] == "stock.not_here"


def test_a_place_is_added_by_a_supervisor_and_closed_when_empty(shelf: Stocked) -> None:
    with pytest.raises(NotAllowed):
        stock.add_location(by=shelf.nurse, at=NOW, site_id=shelf.here.site.pk, name="Cart 2", kind=Keeps.CART)
    made = stock.add_location(by=shelf.director, at=NOW, site_id=shelf.here.site.pk, name="Cart 2", kind=Keeps.CART)
    same: dict[str, Any] = {"by": shelf.director, "at": NOW, "site_id": shelf.here.site.pk, "name": "Cart 2"}
    assert refused(stock.add_location, **same, kind=Keeps.CART)[1] == (
        "There is a place named Cart 2 here already. Choose another name."
    )
    stock.close_location(by=shelf.director, at=NOW, location_id=made.pk)
    assert not StockLocation.objects.get(pk=made.pk).is_active
    assert refused(stock.close_location, by=shelf.director, at=NOW, location_id=shelf.cart.pk) == (
        "stock.not_empty",
        "Medication cart still holds 20 tablets of Lorazepam 1 mg, lot A12. Move it out first.",
    )
