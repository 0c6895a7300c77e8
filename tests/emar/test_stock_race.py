"""Two nurses at once: the last tablet goes to one, and the other is told; a PIN signs for one of two acts."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from audit.rules.findings import Refused
from emar.actions import stock
from emar.models import Administration, LedgerEntry
from emar.rules.stock import Kind
from tests.emar.conftest import NOW
from tests.factories import admit, client
from tests.factories.meds import as_needed, order
from tests.factories.stock import Stocked, stocked

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act answered, or the refusal it met, all begun at one moment."""
    barrier = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)

    def run(place: int) -> None:
        try:
            barrier.wait(10)
            answers[place] = acts[place]()
        except Refused as refused:
            answers[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def told(answers: list[Any]) -> list[str]:
    return [str(each) for each in answers if isinstance(each, Refused)]


def leave(shelf: Stocked, number: int) -> None:
    stock.send_back(
        by=shelf.nurse, at=NOW, line_id=shelf.line.pk, amount=Decimal(20 - number), to_whom="Corner pharmacy"
    )


def test_the_last_tablet_goes_to_one_and_the_other_is_told() -> None:
    shelf = stocked(NOW)
    leave(shelf, 1)
    omar = client(shelf.here, "Omar", "Reyes")
    episode = admit(shelf.here, omar, shelf.here.residential, shelf.here.beds[1])
    his = order(episode, shelf.lorazepam, as_needed(), by=shelf.prescriber)
    answers = at_once(shelf.give, lambda: shelf.give(by=shelf.second, order_id=his.pk, client_id=omar.pk))
    assert told(answers) == [
        "Lorazepam 1 mg, lot A12 holds 0 tablets; 1 tablet cannot be drawn. Draw from another line, or count this one."
    ]
    assert (Administration.objects.count(), LedgerEntry.objects.count(), shelf.left()) == (1, 3, Decimal(0))


def test_moves_both_ways_wait_for_each_other_and_lose_nothing() -> None:
    shelf = stocked(NOW)
    there = shelf.receive(shelf.safe).line

    def move(line: int, to: int) -> Callable[[], Any]:
        asked: dict[str, Any] = {"by": shelf.nurse, "at": NOW, "amount": Decimal(3)}
        return lambda: stock.move(line_id=line, to_location_id=to, **asked)

    acts = [move(shelf.line.pk, shelf.safe.pk), move(there.pk, shelf.cart.pk)] * 2
    assert told(at_once(*acts)) == []
    assert (shelf.left(), shelf.left(there)) == (Decimal(20), Decimal(20))
    assert shelf.line.entries.count() == 5


def test_one_pin_signs_for_one_of_two_acts() -> None:
    shelf = stocked(NOW)
    proof = shelf.witness(shelf.second, Kind.WASTE)

    def waste() -> Any:
        return stock.waste(
            by=shelf.nurse,
            at=NOW,
            line_id=shelf.line.pk,
            drawn=Decimal(1),
            wasted=Decimal(1),
            why="Fell",
            proof_id=proof,
        )

    assert told(at_once(waste, waste)) == ["The PIN of RN Ames signed something already. Enter it again."]
    assert shelf.left() == 19
