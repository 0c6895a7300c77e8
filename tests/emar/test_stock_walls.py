"""What the database refuses of counted stock whoever asks, when the rules and the actions were passed by."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from emar.models import (
    Count,
    CountNumber,
    CountSigning,
    KeyHandover,
    LedgerEntry,
    Resolution,
    StockLine,
    Variance,
)
from emar.rules.stock import COUNT, KEYS, Kind
from staff.models import Proof
from tests.emar.conftest import NOW
from tests.factories.stock import MINUTE, Stocked, stocked


@pytest.fixture
def shelf(db: None) -> Stocked:
    return stocked(NOW)


def used(proof_id: int) -> int:
    """The proof, used up now."""
    Proof.objects.filter(pk=proof_id).update(used_at=NOW)
    return proof_id


def entry(shelf: Stocked, **changes: Any) -> LedgerEntry:
    """The next entry of the lorazepam, received, unless told otherwise."""
    fields: dict[str, Any] = {
        "line": shelf.line, "number": 2, "kind": "receive", "change": Decimal(5), "balance": Decimal(25), "at": NOW,
        "by": shelf.nurse, "why": "Why",
    }  # fmt: skip
    return LedgerEntry.objects.create(**fields | changes)


def out(shelf: Stocked, kind: str = "return", **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "change": Decimal(-1), "balance": Decimal(19)} | changes


def drawn(amount: int, given: str, wasted: str = "0", returned: str = "0") -> dict[str, Any]:
    parts = {
        "drawn": Decimal(amount),
        "given": Decimal(given),
        "wasted": Decimal(wasted),
        "returned": Decimal(returned),
    }
    change = parts["returned"] - parts["drawn"]
    return parts | {"change": change, "balance": 20 + change}


def refuses(name: str, act: Any, *args: Any, **kwargs: Any) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        act(*args, **kwargs)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    diagnostics = getattr(caught.value.__cause__, "diag", None)
    assert getattr(diagnostics, "constraint_name", "") == name


def test_an_entry_that_is_right_is_taken(shelf: Stocked) -> None:
    assert entry(shelf).pk


@pytest.mark.parametrize("wrong", [{"balance": Decimal(26)}, {"number": 3}, {"number": 1}, {"change": Decimal(4)}])
def test_a_balance_that_does_not_add_up_is_refused(shelf: Stocked, wrong: dict[str, Any]) -> None:
    refuses("emar_ledger_adds_up", entry, shelf, **wrong)


def test_a_balance_is_never_negative(shelf: Stocked) -> None:
    refuses("emar_ledger_never_negative", entry, shelf, **out(shelf, change=Decimal(-21), balance=Decimal(-1)))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("emar_ledger_kind_has_its_sign", {"change": Decimal(-1), "balance": Decimal(19)}),
        ("emar_ledger_kind_has_its_sign", {"kind": "return"}),
        ("emar_ledger_says_why", {"kind": "return", "change": Decimal(-1), "balance": Decimal(19), "why": ""}),
        ("emar_ledger_moved_in_names_it", {"kind": "transfer_in"}),
        ("emar_ledger_put_back_names_it", {"kind": "put_back"}),
        ("emar_ledger_dose_names_it", {"kind": "dose"} | drawn(1, "1")),
        ("emar_ledger_drawn_adds_up", {"kind": "waste"} | drawn(1, "0", "1") | {"wasted": Decimal(2)}),
        ("emar_ledger_drawn_adds_up", {"drawn": Decimal(1)}),
        ("emar_ledger_adjusts_a_difference", {"kind": "adjust"}),
    ],
)  # fmt: skip
def test_an_entry_has_the_shape_of_its_kind(shelf: Stocked, name: str, wrong: dict[str, Any]) -> None:
    if wrong.get("kind") in ("waste", "adjust"):
        wrong = wrong | {"proof_id": used(shelf.witness(shelf.second, Kind(wrong["kind"])))}
    refuses(name, entry, shelf, **wrong)


def test_a_waste_has_a_witness_who_signed_for_it(shelf: Stocked) -> None:
    one: dict[str, Any] = {"kind": "waste"} | drawn(1, "0", "1")
    refuses("emar_ledger_witnessed", entry, shelf, **one)
    refuses("emar_stock_signed_by_pin", entry, shelf, **one, proof_id=shelf.witness(shelf.second))
    other = used(shelf.witness(shelf.second, Kind.DESTROY))
    refuses("emar_stock_signed_by_pin", entry, shelf, **one, proof_id=other)
    refuses("emar_stock_second_is_another", entry, shelf, **one, proof_id=used(shelf.witness(shelf.nurse)))
    assert entry(shelf, **one, proof_id=used(shelf.witness(shelf.second))).pk


def test_a_proof_signs_one_entry(shelf: Stocked) -> None:
    proof = used(shelf.witness(shelf.second))
    entry(shelf, kind="waste", **drawn(1, "0", "1"), proof_id=proof)
    second = {"number": 3} | drawn(1, "0", "1") | {"balance": Decimal(18)}
    refuses("emar_ledgerentry_proof_id_key", entry, shelf, kind="waste", **second, proof_id=proof)


def test_destroying_has_two_witnesses(shelf: Stocked) -> None:
    one, same = (used(shelf.witness(shelf.second, Kind.DESTROY)) for _ in range(2))
    refuses("emar_ledger_destroyed_before_two", entry, shelf, **out(shelf, "destroy"), proof_id=one)
    refuses("emar_stock_second_is_another", entry, shelf, **out(shelf, "destroy"), proof_id=one, second_proof_id=same)


def test_entries_and_lines_are_never_changed(shelf: Stocked) -> None:
    refuses("emar_ledgerentry_append_only", LedgerEntry.objects.update, balance=19)
    refuses("emar_ledgerentry_append_only", LedgerEntry.objects.all().delete)
    refuses("emar_stockline_append_only", StockLine.objects.update, lot="B7")


def test_what_is_put_back_is_what_was_given_on_that_line(shelf: Stocked) -> None:
    shelf.give()
    dose = shelf.line.entries.get(kind="dose")
    back: dict[str, Any] = {"kind": "put_back", "number": 3, "reverses": dose}
    refuses("emar_ledger_put_back_right", entry, shelf, **back, change=Decimal(2), balance=Decimal(21))
    assert entry(shelf, **back, change=Decimal(1), balance=Decimal(20)).pk


def test_what_is_moved_in_was_moved_out(shelf: Stocked) -> None:
    other = shelf.receive(shelf.safe).line
    gone = entry(shelf, **out(shelf, "transfer_out"))
    into: dict[str, Any] = {"line": other, "kind": "transfer_in", "pair": gone}
    refuses("emar_ledger_moved_right", entry, shelf, **into, change=Decimal(2), balance=Decimal(22))
    assert entry(shelf, **into, change=Decimal(1), balance=Decimal(21)).pk


def test_a_dose_leaves_a_line_once(shelf: Stocked) -> None:
    row = shelf.give()
    again = drawn(1, "1") | {"number": 3, "balance": Decimal(18)}
    refuses("emar_ledger_dose_once_a_line", entry, shelf, kind="dose", administration=row, **again)


def test_what_is_a_clients_own_is_nobody_elses_dose(shelf: Stocked) -> None:
    row = shelf.give()
    own = StockLine.objects.create(
        location=shelf.own, medication=shelf.lorazepam, lot="Rx", expires_on=shelf.expires, unit="tablet", opened_at=NOW,
        by=shelf.nurse, owner=shelf.elin,
    )  # fmt: skip
    entry(shelf, line=own, number=1, balance=Decimal(5))
    dose = drawn(1, "1") | {"balance": Decimal(4)}
    refuses("emar_stock_own_use", entry, shelf, kind="dose", line=own, administration=row, **dose)  # nobody approved it


def test_a_locked_line_takes_its_resolution_alone(shelf: Stocked) -> None:
    shelf.count("19", "19")
    refuses("emar_stock_line_locked", entry, shelf)
    variance = Variance.objects.get()
    refuses("emar_one_variance_a_line", Variance.objects.create, line=shelf.line, count=variance.count, opened_at=NOW,
            first=1, first_expected=2, counted=1, expected=2)  # fmt: skip
    proof = used(shelf.witness(shelf.third, Kind.ADJUST))
    fixed = entry(
        shelf, kind="adjust", change=Decimal(-1), balance=Decimal(19), variance=variance, proof_id=proof, by=shelf.director
    )  # fmt: skip
    assert fixed.pk


def test_a_difference_ends_with_a_cause_and_two_names(shelf: Stocked) -> None:
    shelf.count("19", "19")
    variance = Variance.objects.get()
    refuses("emar_variance_resolved", Variance.objects.update, ended_at=NOW)
    Resolution.objects.create(
        variance=variance, cause="lost", words="Not found anywhere", recounted=19, by=shelf.director, at=NOW
    )
    refuses("emar_variance_resolved", Variance.objects.update, ended_at=NOW)
    refuses("emar_variance_kept", Variance.objects.update, expected=19)


def test_a_count_is_signed_by_two_people_in_turn(shelf: Stocked) -> None:
    count = Count.objects.create(
        location=shelf.cart, shift="day", asked=[shelf.line.pk], started_at=NOW, by=shelf.nurse
    )

    def sign(part: int, person: Any, proof: int | None = None) -> CountSigning:
        proof_id = used(shelf.pin(person, COUNT)) if proof is None else proof
        return CountSigning.objects.create(count=count, part=part, person=person, proof_id=proof_id, by=person, at=NOW)

    refuses("emar_count_in_turn", sign, 2, shelf.nurse)
    refuses("emar_stock_signed_by_pin", sign, 1, shelf.nurse, used(shelf.pin(shelf.second, COUNT)))
    refuses("emar_stock_signed_by_pin", sign, 1, shelf.nurse, shelf.pin(shelf.nurse, COUNT))
    refuses("emar_count_whole", sign, 1, shelf.nurse)
    one = sign(1, shelf.nurse)
    refuses("emar_count_by_two_people", sign, 2, shelf.nurse)
    refuses("emar_count_by_two", Count.objects.filter(pk=count.pk).update, ended_at=NOW)

    def number(signing: CountSigning, counted: int, **changes: Any) -> CountNumber:
        fields = {"signing": signing, "line": shelf.line, "counted": counted, "balance": 20, "number": 1} | changes
        return CountNumber.objects.create(**fields)

    refuses("emar_count_number_true", number, one, 19, balance=19)
    other = shelf.receive(lot="B7").line
    refuses("emar_count_asked", number, one, 20, line=other)
    number(one, 20)

    def hide() -> None:
        number(sign(2, shelf.second), 19)

    refuses("emar_count_hides_nothing", hide)


def test_keys_are_taken_on_a_finished_count_by_who_signs(shelf: Stocked) -> None:
    open_one = Count.objects.create(
        location=shelf.cart, shift="day", asked=[shelf.line.pk], started_at=NOW - MINUTE, by=shelf.nurse
    )

    def take(count: Count, signed_by: Any, **changes: Any) -> KeyHandover:
        fields: dict[str, Any] = {
            "location": shelf.cart, "count": count, "from_person": shelf.nurse, "to_person": shelf.second, "at": NOW,
            "by": shelf.nurse, "proof_id": used(shelf.pin(signed_by, KEYS)),
        }  # fmt: skip
        return KeyHandover.objects.create(**fields | changes)

    refuses("emar_keys_on_a_count", take, open_one, shelf.second)
    Count.objects.filter(pk=open_one.pk).update(ended_at=NOW, dropped_why="Fire drill")
    refuses("emar_keys_on_a_count", take, open_one, shelf.second)
    count = shelf.count("20", "20", at=NOW + timedelta(hours=1))
    refuses("emar_stock_signed_by_pin", take, count, shelf.nurse)
    refuses("emar_keys_go_to_another", take, count, shelf.second, from_person=shelf.second)
    assert take(count, shelf.second).pk
