"""What the pages of counted stock read: a constant number of queries, nothing of a balance before both have counted."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from emar.actions import stock
from emar.models import Variance
from emar.queries.stock import (
    count_sheet,
    draws_for,
    ledger_between,
    ledger_page,
    open_variances,
    stock_places,
    variance,
    variances_between,
)
from emar.rules.administration import Outcome
from emar.rules.stock import COUNT, KEYS, Cause, Kind, Shift, Told
from programs.rules.clocks import State
from tests.emar.conftest import NOW
from tests.factories.stock import MINUTE, Stocked, stocked

HOUR = timedelta(hours=1)


@pytest.fixture
def shelf(db: None) -> Stocked:
    return stocked(NOW)


def queries(call: Any, *args: Any, **kwargs: Any) -> int:
    with CaptureQueriesContext(connection) as seen:
        call(*args, **kwargs)
    return len(seen)


def test_a_sheet_of_eighty_lines_takes_as_many_queries_as_one_of_one(shelf: Stocked) -> None:
    one = stock.start_count(by=shelf.nurse, at=NOW, location_id=shelf.cart.pk, shift=Shift.DAY)
    assert queries(count_sheet, one.pk) <= 5
    for who in (shelf.nurse, shelf.second):
        stock.put_numbers(
            by=who, at=NOW, count_id=one.pk, numbers={shelf.line.pk: Decimal(20)}, proof_id=shelf.pin(who, COUNT)
        )
    for number in range(79):
        shelf.receive(lot=f"L{number}")
    many = stock.start_count(by=shelf.nurse, at=NOW + HOUR, location_id=shelf.cart.pk, shift=Shift.EVENING)
    assert len(many.asked) == 80
    assert queries(count_sheet, many.pk) <= 5
    numbers = dict.fromkeys(many.asked, Decimal(20))
    costs = []
    for who in (shelf.nurse, shelf.second):
        proof = shelf.pin(who, COUNT, NOW + HOUR)
        asked: dict[str, Any] = {
            "by": who,
            "at": NOW + HOUR,
            "count_id": many.pk,
            "numbers": numbers,
            "proof_id": proof,
        }
        costs.append(queries(stock.put_numbers, **asked))
    assert max(costs) < 40
    assert queries(count_sheet, many.pk) <= 8


def test_a_sheet_says_no_number_before_both_are_in(shelf: Stocked) -> None:
    count = stock.start_count(by=shelf.nurse, at=NOW, location_id=shelf.cart.pk, shift=Shift.DAY)
    numbers = {shelf.line.pk: Decimal(19)}
    stock.put_numbers(
        by=shelf.nurse, at=NOW, count_id=count.pk, numbers=numbers, proof_id=shelf.pin(shelf.nurse, COUNT)
    )
    with CaptureQueriesContext(connection) as seen:
        sheet = count_sheet(count.pk)
    assert sheet is not None
    (line,) = sheet.lines
    assert (line.first, line.first_balance, line.second, line.balance, sheet.differences) == (None, None, None, None, 0)
    assert [each.name for each in sheet.signed] == ["RN Cole"]
    assert not any("emar_ledgerentry" in query["sql"] or "emar_countnumber" in query["sql"] for query in seen)
    stock.put_numbers(
        by=shelf.nurse, at=NOW, count_id=count.pk, numbers=numbers, proof_id=shelf.pin(shelf.second, COUNT)
    )
    done = count_sheet(count.pk)
    assert done is not None
    assert (done.lines[0].first, done.lines[0].balance, done.differences) == (Decimal(19), Decimal(20), 1)
    assert done.lines[0].variance_id == Variance.objects.get().pk


def test_a_ledger_page_names_who_and_whose_dose(shelf: Stocked) -> None:
    draw = shelf.draw("1", wasted="0.5", proof_id=shelf.witness(shelf.second))
    shelf.give(draw, outcome=Outcome.PARTIAL, amount=Decimal("0.5"))
    page = ledger_page(shelf.line.pk, NOW)
    assert page is not None
    dose, received = page.entries
    assert (dose.kind, dose.client, dose.by, dose.witnesses) == (Kind.DOSE, shelf.elin, "RN Cole", ("RN Ames",))
    assert (dose.wasted, dose.balance, received.kind) == (Decimal("0.5"), Decimal(19), Kind.RECEIVE)
    assert (page.line.balance, page.older, page.location) == (Decimal(19), None, "Medication cart")
    assert queries(ledger_page, shelf.line.pk, NOW) <= 5
    assert ledger_page(10**9, NOW) is None


def test_a_long_ledger_is_read_page_by_page(shelf: Stocked) -> None:
    for _ in range(120):
        shelf.receive(amount=Decimal(1))
    page = ledger_page(shelf.line.pk, NOW)
    assert page is not None
    assert (len(page.entries), page.entries[0].number, page.older) == (100, 121, 22)
    rest = ledger_page(shelf.line.pk, NOW, before=page.older)
    assert rest is not None
    assert ([each.number for each in rest.entries], rest.older) == (list(range(21, 0, -1)), None)
    assert len(ledger_between(shelf.here.site, NOW - HOUR, NOW + HOUR)) == 121
    assert ledger_between(shelf.here.site, NOW + HOUR, NOW + 2 * HOUR) == []


def test_places_say_who_has_the_keys_and_what_is_locked(shelf: Stocked) -> None:
    count = shelf.count("19", "19")
    stock.hand_over_keys(
        by=shelf.nurse, at=NOW + MINUTE, count_id=count.pk, proof_id=shelf.pin(shelf.second, KEYS, NOW + MINUTE)
    )
    places = stock_places(shelf.here.site, NOW + HOUR)
    cart = next(place for place in places if place.location == shelf.cart)
    assert (cart.keys, cart.locked, cart.running) == (shelf.second, 1, None)
    assert cart.counted is not None
    assert (cart.counted.by, cart.counted.differences) == (("RN Cole", "RN Ames"), 1)
    before = queries(stock_places, shelf.here.site, NOW)
    for number in range(3):
        shelf.receive(shelf.safe, lot=f"S{number}")
    assert queries(stock_places, shelf.here.site, NOW) == before <= 9
    assert stock_places(shelf.here.other_site, NOW) == []


def test_a_difference_waits_with_its_clocks_until_it_is_resolved_and_told(shelf: Stocked) -> None:
    shelf.count("19", "19")
    (row,) = open_variances(shelf.here.site, NOW + 30 * HOUR)
    assert (row.missing, row.waits, row.late, [each.state for each in row.reports]) == (
        Decimal(1), True, True, [State.LATE, State.RUNNING],
    )  # fmt: skip
    assert [name for _, name in row.counters] == ["RN Cole", "RN Ames"]
    at = NOW + HOUR
    stock.resolve(
        by=shelf.director, at=at, variance_id=row.pk, cause=Cause.LOST, words="Searched the whole cart twice",
        recounted=Decimal(19), proof_id=shelf.witness(shelf.third, Kind.ADJUST, at),
    )  # fmt: skip
    (row,) = open_variances(shelf.here.site, at)
    assert (row.cause, row.by, row.second_name, row.ended_at) == (Cause.LOST, "LCSW Desai", "RN Okafor", at)
    for what in Told:
        stock.tell_loss(by=shelf.director, at=at, variance_id=row.pk, what=what, reference="Field office, 106-8812")
    assert open_variances(shelf.here.site, at) == []
    assert [each.pk for each in variances_between(shelf.here.site, NOW - HOUR, at, at)] == [row.pk]
    assert queries(open_variances, shelf.here.site, at) <= 4


def test_more_than_the_ledger_says_is_no_loss(shelf: Stocked) -> None:
    shelf.count("21", "21")
    found = variance(Variance.objects.get().pk, NOW)
    assert found is not None
    assert (found.missing, found.reports, found.waits) == (Decimal(0), (), True)


def test_a_dose_is_offered_the_line_that_expires_first_and_fits(shelf: Stocked) -> None:
    later = shelf.receive(lot="B7", expires_on=shelf.expires + timedelta(days=30)).line
    soon = shelf.receive(lot="C3", expires_on=NOW.date() + timedelta(days=10)).line

    def offered(**changes: Any) -> list[tuple[int, Decimal | None, str]]:
        asked: dict[str, Any] = {"amount": Decimal(2), "unit_id": None, "required": False}
        draws = draws_for(shelf.order, shelf.here.site, NOW, **asked | changes)
        assert draws.asked
        return [(each.line.pk, each.drawn, each.shut) for each in draws.choices]

    assert offered() == [(pk, Decimal(2), "") for pk in (soon.pk, shelf.line.pk, later.pk)]
    assert [drawn for _, drawn, _ in offered(amount=Decimal("1.5"))] == [2, 2, 2]
    shelf.count("19", "19")
    assert offered()[-1][2] == "Locked: a count did not agree"
    assert queries(offered) <= 5
