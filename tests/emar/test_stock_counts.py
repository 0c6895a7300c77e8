"""Counts by two people who do not see the balance, the lock of a difference, its resolution, and the keys."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from audit.models import Event
from audit.rules.findings import Refused
from emar.actions import stock
from emar.models import Count, CountNumber, KeyHandover, LedgerEntry, Resolution, Variance
from emar.rules.stock import COUNT, KEYS, Cause, Kind, Shift, Told
from staff.access import NotAllowed
from staff.models import Person, Proof
from tests.emar.conftest import NOW
from tests.factories.stock import MINUTE, Stocked, stocked

HOUR = timedelta(hours=1)


@pytest.fixture
def shelf(db: None) -> Stocked:
    return stocked(NOW)


def begun(shelf: Stocked, at: datetime = NOW) -> Count:
    return stock.start_count(by=shelf.nurse, at=at, location_id=shelf.cart.pk, shift=Shift.DAY)


def put(shelf: Stocked, count: Count, who: Person, number: str, at: datetime = NOW, **changes: Any) -> Any:
    asked: dict[str, Any] = {
        "by": shelf.nurse, "at": at, "count_id": count.pk, "numbers": dict.fromkeys(count.asked, Decimal(number)),
        "proof_id": shelf.pin(who, COUNT, at),
    }  # fmt: skip
    return stock.put_numbers(**asked | changes)


def refused(act: Any, *args: Any, **kwargs: Any) -> tuple[str, str]:
    """The code and the sentence; nothing of the count or the ledger was written."""
    before = CountNumber.objects.count(), LedgerEntry.objects.count(), Variance.objects.count(), Event.objects.count()
    with pytest.raises(Refused) as caught:
        act(*args, **kwargs)
    after = CountNumber.objects.count(), LedgerEntry.objects.count(), Variance.objects.count(), Event.objects.count()
    assert after == before
    return caught.value.findings[0].code, str(caught.value)


def settle() -> None:
    """What the end of a transaction checks."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_two_people_count_and_it_agrees(shelf: Stocked) -> None:
    count = shelf.count("20", "20")
    settle()
    assert count.ended_at == NOW
    assert [each.person for each in count.signings.order_by("part")] == [shelf.nurse, shelf.second]
    assert not Variance.objects.exists()
    said = Event.objects.filter(verb="stock.put_numbers").latest("pk").summary
    assert said == "Medication cart counted by RN Cole and RN Ames: it agrees"


def test_each_number_is_held_against_the_balance_of_its_own_minute(shelf: Stocked) -> None:
    count = begun(shelf)
    put(shelf, count, shelf.nurse, "20")
    shelf.give(at=NOW + MINUTE)
    put(shelf, count, shelf.second, "19", at=NOW + 2 * MINUTE)
    settle()
    assert not Variance.objects.exists()


@pytest.mark.parametrize(("first", "second"), [("19", "19"), ("20", "19"), ("19", "20"), ("21", "21"), ("19", "21")])
def test_any_difference_locks_the_line(shelf: Stocked, first: str, second: str) -> None:
    shelf.count(first, second)
    settle()
    variance = Variance.objects.get()
    assert (variance.line, variance.first, variance.counted) == (shelf.line, Decimal(first), Decimal(second))
    assert (variance.expected, variance.ended_at) == (Decimal(20), None)
    code, _ = refused(shelf.receive)
    assert code == "stock.locked"


def test_one_person_does_not_count_twice(shelf: Stocked) -> None:
    count = begun(shelf)
    put(shelf, count, shelf.nurse, "20")
    said = refused(put, shelf, count, shelf.nurse, "20")
    assert said == (
        "count.same_person",
        "RN Cole counted first. The second count is another person's, with their own PIN.",
    )


def test_numbers_without_a_pin_of_ones_own_are_not_taken(shelf: Stocked) -> None:
    count = begun(shelf)
    wrong = shelf.witness(shelf.nurse)
    assert refused(put, shelf, count, shelf.nurse, "20", proof_id=wrong)[0] == "pin.other_purpose"
    used = shelf.pin(shelf.nurse, COUNT)
    put(shelf, count, shelf.nurse, "20", proof_id=used)
    assert refused(put, shelf, count, shelf.nurse, "20", proof_id=used)[0] == "pin.used"


def test_every_line_of_the_sheet_is_counted(shelf: Stocked) -> None:
    shelf.receive(lot="B7")
    count = begun(shelf)
    said = refused(put, shelf, count, shelf.nurse, "20", numbers={shelf.line.pk: Decimal(20)})
    assert said == ("count.missing", "1 line has no number yet. Count every line; write 0 where it is empty.")
    more = {pk: Decimal(20) for pk in (*count.asked, 10**9)}
    assert refused(put, shelf, count, shelf.nurse, "20", numbers=more)[0] == "count.other_line"
    for odd in ("-1", "NaN", "0.0001", "10000000"):
        assert refused(put, shelf, count, shelf.nurse, odd)[0] == "count.number"


def test_an_empty_line_is_counted_once_more_and_then_done_with(shelf: Stocked) -> None:
    stock.send_back(by=shelf.nurse, at=NOW, line_id=shelf.line.pk, amount=Decimal(20), to_whom="Corner pharmacy")
    shelf.receive(lot="B7")
    first = begun(shelf)
    assert shelf.line.pk in first.asked
    for who in (shelf.nurse, shelf.second):
        numbers = {pk: Decimal(0 if pk == shelf.line.pk else 20) for pk in first.asked}
        put(shelf, first, who, "0", numbers=numbers)
    assert shelf.line.pk not in begun(shelf, NOW + HOUR).asked


def test_one_count_of_a_place_at_a_time(shelf: Stocked) -> None:
    begun(shelf)
    said = refused(begun, shelf)
    assert said == ("count.running", "RN Cole began a count of this place already. Go on with that one.")


def test_a_count_is_dropped_only_before_anybody_counted(shelf: Stocked) -> None:
    drop: dict[str, Any] = {"by": shelf.nurse, "at": NOW, "why": "Fire drill"}
    stock.drop_count(count_id=begun(shelf).pk, **drop)
    count = begun(shelf)
    put(shelf, count, shelf.nurse, "19")
    assert refused(stock.drop_count, count_id=count.pk, **drop)[0] == "count.has_numbers"


def test_a_nurse_counts_and_an_intake_coordinator_does_not(shelf: Stocked) -> None:
    with pytest.raises(NotAllowed):
        stock.start_count(by=shelf.here.intake, at=NOW, location_id=shelf.cart.pk, shift=Shift.DAY)
    with pytest.raises(NotAllowed):
        put(shelf, begun(shelf), shelf.nurse, "20", by=shelf.here.elsewhere)


def test_the_same_key_counts_once(shelf: Stocked) -> None:
    count, key, proof = begun(shelf), uuid4(), shelf.pin(shelf.nurse, COUNT)
    first = put(shelf, count, shelf.nurse, "20", key=key, proof_id=proof)
    assert put(shelf, count, shelf.nurse, "20", key=key, proof_id=proof) == first


RESOLVED: dict[str, Any] = {"cause": Cause.LOST, "words": "Searched the cart and the bin, not found", "recounted": "19"}


def resolve(shelf: Stocked, **changes: Any) -> Resolution:
    asked = RESOLVED | {"by": shelf.director, "at": NOW + HOUR} | changes
    asked.setdefault("variance_id", Variance.objects.latest("pk").pk)
    asked.setdefault("proof_id", shelf.witness(shelf.third, Kind.ADJUST, asked["at"]))
    asked["recounted"] = Decimal(asked["recounted"])
    return stock.resolve(**asked)


def test_a_supervisor_and_another_resolve_it_with_a_cause(shelf: Stocked) -> None:
    shelf.count("19", "19")
    resolve(shelf)
    entry = shelf.line.entries.latest("number")
    assert (entry.kind, entry.change, entry.balance) == ("adjust", Decimal(-1), Decimal(19))
    assert entry.proof is not None
    assert (entry.by, entry.proof.person) == (shelf.director, shelf.third)
    assert Variance.objects.get().ended_at == NOW + HOUR
    shelf.give(at=NOW + 2 * HOUR)
    assert shelf.left() == 18


@pytest.mark.parametrize("cause", [Cause.MISCOUNT, Cause.NOT_CHARTED])
def test_where_the_ledger_was_right_it_stays(shelf: Stocked, cause: Cause) -> None:
    shelf.count("19", "19")
    resolve(shelf, cause=cause, recounted="20" if cause is Cause.MISCOUNT else "19")
    entry = shelf.line.entries.latest("number")
    assert (entry.kind, entry.change, shelf.left()) == ("adjust", Decimal(0), Decimal(20))


CAUSES: list[tuple[dict[str, Any], str, str]] = [
    ({"cause": Cause.MISCOUNT}, "variance.cause",
     "The ledger has 20 tablets and 19 tablets were found: it was not a miscount."),
    ({"recounted": "20"}, "variance.cause",
     "The ledger has 20 tablets and as many were found. Choose that it was miscounted."),
    ({"cause": Cause.STOLEN, "recounted": "21"}, "variance.cause",
     "The ledger has 20 tablets and 21 tablets were found: nothing is missing."),
    ({"cause": Cause.FOUND}, "variance.cause",
     "The ledger has 20 tablets and 19 tablets were found: some are missing."),
    ({"words": "gone"}, "variance.words", "Write in a sentence what was found out."),
    ({"recounted": "-1"}, "count.number", "Write what was counted again: zero or more, with at most three decimals."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "message"), CAUSES)
def test_a_cause_fits_what_was_found(shelf: Stocked, changes: dict[str, Any], code: str, message: str) -> None:
    shelf.count("19", "19")
    assert refused(resolve, shelf, **changes) == (code, message)


def test_who_counted_first_is_not_the_second_name(shelf: Stocked) -> None:
    shelf.count("19", "19")
    proof = shelf.witness(shelf.nurse, Kind.ADJUST, NOW + HOUR)
    assert refused(resolve, shelf, proof_id=proof)[0] == "pin.same_person"
    assert refused(resolve, shelf, proof_id=None)[0] == "stock.witness"
    resolve(shelf, proof_id=shelf.witness(shelf.second, Kind.ADJUST, NOW + HOUR))


def test_a_supervisor_who_counted_does_not_resolve_it(shelf: Stocked) -> None:
    shelf.count("19", "19", by=(shelf.nurse, shelf.director))
    assert refused(resolve, shelf) == (
        "variance.own_count",
        "You counted this line yourself. A supervisor who did not count it resolves it.",
    )


def test_a_nurse_does_not_resolve_it(shelf: Stocked) -> None:
    shelf.count("19", "19")
    with pytest.raises(NotAllowed, match="You may not resolve a count that does not agree"):
        resolve(shelf, by=shelf.third)


def test_it_is_resolved_once(shelf: Stocked) -> None:
    shelf.count("19", "19")
    resolve(shelf)
    assert refused(resolve, shelf, at=NOW + 2 * HOUR) == (
        "variance.resolved",
        "This difference was resolved already. Reload the page.",
    )


def test_the_next_count_of_a_locked_line_opens_no_second_difference(shelf: Stocked) -> None:
    shelf.count("19", "19")
    shelf.count("18", "18", at=NOW + HOUR)
    settle()
    assert Variance.objects.count() == 1


def test_a_loss_is_told_once_and_only_a_loss(shelf: Stocked) -> None:
    shelf.count("19", "19")
    told: dict[str, Any] = {
        "by": shelf.director, "at": NOW + 2 * HOUR, "variance_id": Variance.objects.get().pk, "what": Told.NOTICE,
        "reference": "Field office, by fax",
    }  # fmt: skip
    assert refused(stock.tell_loss, **told, sent_at=NOW - HOUR)[0] == "variance.sent"
    stock.tell_loss(**told)
    assert refused(stock.tell_loss, **told)[0] == "variance.told"
    resolve(shelf, cause=Cause.MISCOUNT, recounted="20", at=NOW + 3 * HOUR)
    assert refused(stock.tell_loss, **told | {"what": Told.FORM, "at": NOW + 4 * HOUR})[0] == "variance.no_loss"


def hand_over(shelf: Stocked, count: Count, to: Person, **changes: Any) -> KeyHandover:
    at = changes.pop("at", NOW + MINUTE)
    asked: dict[str, Any] = {"by": shelf.nurse, "at": at, "count_id": count.pk, "proof_id": shelf.pin(to, KEYS, at)}
    return stock.hand_over_keys(**asked | changes)


def test_keys_change_hands_on_a_count(shelf: Stocked) -> None:
    count = shelf.count("20", "20")
    made = hand_over(shelf, count, shelf.second)
    assert (made.from_person, made.to_person) == (shelf.nurse, shelf.second)
    assert refused(hand_over, shelf, count, shelf.second)[0] == "keys.done"
    later = shelf.count("20", "20", at=NOW + HOUR, by=(shelf.second, shelf.third))
    assert refused(hand_over, shelf, later, shelf.third, at=NOW + HOUR) == (
        "keys.holder",
        "RN Ames has the keys and hands them over, or a supervisor does.",
    )
    assert hand_over(shelf, later, shelf.third, at=NOW + HOUR, by=shelf.second).from_person == shelf.second


def test_keys_go_to_who_counted_and_not_to_oneself(shelf: Stocked) -> None:
    count = shelf.count("20", "20")
    assert refused(hand_over, shelf, count, shelf.third)[1] == (
        "Who takes the keys is one of the two who counted. Count together first."
    )
    assert refused(hand_over, shelf, count, shelf.nurse)[0] == "keys.same_person"


def test_keys_stand_on_a_new_and_finished_count(shelf: Stocked) -> None:
    count = shelf.count("20", "20")
    late = Proof.objects.count()
    assert refused(hand_over, shelf, count, shelf.second, at=NOW + 3 * HOUR)[1] == (
        "This count is more than 2 h old. Count again, both of you."
    )
    assert Proof.objects.count() == late + 1
    open_one = begun(shelf, NOW + HOUR)
    assert refused(hand_over, shelf, count, shelf.second, at=NOW + HOUR)[0] == "keys.count"
    assert refused(hand_over, shelf, open_one, shelf.second, at=NOW + HOUR)[1] == (
        "Keys change hands on a finished count. Let the second person count first."
    )
