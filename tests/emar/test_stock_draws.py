"""A dose drawn from counted stock: dose, waste and ledger in one transaction, and what each refusal says."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from audit.models import Event
from audit.rules.findings import Refused
from emar import actions
from emar.actions.asked import Asked
from emar.models import Administration, LedgerEntry, StockLine
from emar.rules.administration import Outcome
from emar.rules.stock import Kind
from staff.models import Duty, Proof
from tests.emar.conftest import NOW
from tests.factories.meds import as_needed, medication, order, policy
from tests.factories.stock import MINUTE, Stocked, controlled, stocked


@pytest.fixture
def shelf(db: None) -> Stocked:
    return stocked(NOW)


def refusal(shelf: Stocked, *draws: Any, **changes: Any) -> tuple[str, str]:
    """The code and the sentence of the first finding; nothing was written, and no PIN was used up."""
    before = Administration.objects.count(), LedgerEntry.objects.count(), Event.objects.count()
    with pytest.raises(Refused) as refused:
        shelf.give(*draws, **changes)
    assert (Administration.objects.count(), LedgerEntry.objects.count(), Event.objects.count()) == before
    assert not Proof.objects.exclude(used_at=None).exists()
    return refused.value.findings[0].code, refused.value.findings[0].message


def newest(shelf: Stocked) -> LedgerEntry:
    return shelf.line.entries.latest("number")


def test_a_dose_leaves_the_balance_by_what_was_given(shelf: Stocked) -> None:
    row = shelf.give()
    entry = newest(shelf)
    assert (entry.number, entry.kind, entry.change, entry.balance) == (2, "dose", Decimal(-1), Decimal(19))
    assert [entry.drawn, entry.given, entry.wasted, entry.returned] == [Decimal(number) for number in (1, 1, 0, 0)]
    assert entry.administration == row
    assert Event.objects.get(verb="emar.administer").detail["lines"] == [shelf.line.pk]


def test_what_was_wasted_leaves_too_before_a_witness(shelf: Stocked) -> None:
    proof = shelf.witness(shelf.second)
    shelf.give(shelf.draw("1", wasted="0.5", proof_id=proof), outcome=Outcome.PARTIAL, amount=Decimal("0.5"))
    entry = newest(shelf)
    assert (entry.given, entry.wasted, entry.balance, entry.proof_id) == (
        Decimal("0.5"),
        Decimal("0.5"),
        Decimal(19),
        proof,
    )
    assert Proof.objects.get(pk=proof).used_at == NOW


def test_what_went_back_untouched_stays_in_the_balance(shelf: Stocked) -> None:
    shelf.give(shelf.draw("3", returned="2"))
    assert (newest(shelf).drawn, shelf.left()) == (Decimal(3), Decimal(19))


def test_a_dose_may_come_from_two_lots(shelf: Stocked) -> None:
    other = shelf.receive(lot="B7", amount=Decimal(1)).line
    shelf.give(shelf.draw("0.5"), shelf.draw("0.5", line_id=other.pk))
    assert (shelf.left(), shelf.left(other)) == (Decimal("19.5"), Decimal("0.5"))


def test_a_refused_dose_that_was_drawn_is_put_back_or_wasted(shelf: Stocked) -> None:
    none: dict[str, Any] = {
        "outcome": Outcome.REFUSED,
        "reason": "asleep",
        "amount": None,
        "unit": None,
        "identifiers": (),
    }
    said = refusal(shelf, shelf.draw(), **none)
    assert said == (
        "stock.adds_up",
        "1 tablet drawn is not accounted for: nothing was taken. Put it back, or waste it.",
    )
    shelf.give(shelf.draw("1", returned="1"), **none)
    assert (shelf.left(), newest(shelf).change) == (Decimal(20), Decimal(0))
    shelf.give(shelf.draw("1", wasted="1", proof_id=shelf.witness(shelf.second)), **none, at=NOW + MINUTE)
    assert shelf.left() == 19


def test_a_dose_that_was_never_drawn_needs_no_line(shelf: Stocked) -> None:
    shelf.give(outcome=Outcome.REFUSED, reason="asleep", amount=None, unit=None, identifiers=(), draws=())
    assert shelf.left() == 20


WORDS: list[tuple[dict[str, Any], str, str]] = [
    ({"drawn": "21"}, "stock.not_enough",
     "Lorazepam 1 mg, lot A12 holds 20 tablets; 21 tablets cannot be drawn. Draw from another line, or count this one."),
    ({"drawn": "2"}, "stock.adds_up",
     "What was drawn leaves 2 tablets given, which is 2 mg; 1 mg is charted. Make them agree."),
    ({"drawn": "0", "wasted": "1"}, "stock.nothing_drawn",
     "Nothing was drawn, so nothing can be wasted. Enter how much was taken out."),
    ({"drawn": "1", "wasted": "0.5"}, "stock.waste_witness",
     "Waste is watched by a second person, who enters their own PIN."),
    ({"drawn": "1", "wasted": "1", "returned": "1"}, "stock.adds_up",
     "1 tablet drawn is less than 2 tablets wasted and put back. Enter the amounts again."),
    ({"drawn": "-1"}, "stock.amount", "Enter amounts of zero or more, with at most three decimals."),
    ({"drawn": "NaN"}, "stock.amount", "Enter amounts of zero or more, with at most three decimals."),
    ({"drawn": "0.0001"}, "stock.amount", "Enter amounts of zero or more, with at most three decimals."),
    ({"lot": "B7"}, "stock.wrong_lot",
     "The package says lot B7; this line is lot A12. Choose the line of that lot."),
    ({"line_id": 10**9}, "stock.elsewhere",
     "That line of stock is not kept at this site. Choose one from the list."),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "message"), WORDS)
def test_what_cannot_be_drawn_says_why(shelf: Stocked, changes: dict[str, Any], code: str, message: str) -> None:
    assert refusal(shelf, shelf.draw(**changes)) == (code, message)


def test_no_line_is_named(shelf: Stocked) -> None:
    said = refusal(shelf, draws=None)
    assert said == ("stock.line_needed", "Lorazepam is counted here. Choose the line it was drawn from.")


def test_another_medication_than_the_one_ordered_is_refused(shelf: Stocked) -> None:
    wrong = shelf.receive(medication_id=controlled("Diazepam", "5 mg").pk, lot="D1").line
    code, message = refusal(shelf, shelf.draw(line_id=wrong.pk))
    assert (code, message) == (
        "stock.wrong_medication",
        "Diazepam 5 mg, lot D1 is not what is ordered: Lorazepam. Put it back and draw from the right line.",
    )


def test_another_strength_of_the_same_counts_by_what_is_in_it(shelf: Stocked) -> None:
    half = shelf.receive(medication_id=controlled("Lorazepam", "0.5 mg").pk, lot="H1").line
    assert refusal(shelf, shelf.draw(line_id=half.pk))[0] == "stock.adds_up"
    shelf.give(shelf.draw("2", line_id=half.pk))
    assert shelf.left(half) == 18


def test_an_expired_lot_is_refused_on_the_day_after(shelf: Stocked) -> None:
    old = StockLine.objects.create(
        location=shelf.cart, medication=shelf.lorazepam, lot="OLD", expires_on=NOW.date() - timedelta(days=1), unit="tablet",
        opened_at=NOW, by=shelf.nurse,
    )  # fmt: skip
    LedgerEntry.objects.create(
        line=old, number=1, kind="receive", change=5, balance=5, at=NOW, by=shelf.nurse, why="Before it expired"
    )
    assert refusal(shelf, shelf.draw(line_id=old.pk)) == (
        "stock.expired",
        "Lorazepam 1 mg, lot OLD expired on 4 Jan 2026. Set it aside to be destroyed; draw from another lot.",
    )


def test_the_witness_is_not_the_giver(shelf: Stocked) -> None:
    draw = shelf.draw("1", wasted="0.5", proof_id=shelf.witness(shelf.nurse))
    said = refusal(shelf, draw, outcome=Outcome.PARTIAL, amount=Decimal("0.5"))
    assert said == ("pin.same_person", "RN Cole cannot be the second person too. Ask someone else on duty.")


def test_the_witness_is_on_duty(shelf: Stocked) -> None:
    proof = shelf.witness(shelf.second)
    Duty.objects.filter(person=shelf.second).update(ended_at=NOW - MINUTE)
    draw = shelf.draw("1", wasted="0.5", proof_id=proof)
    code, message = refusal(shelf, draw, outcome=Outcome.PARTIAL, amount=Decimal("0.5"))
    assert code == "pin.off_duty"
    assert message.startswith("RN Ames is not on duty at this site.")


def test_the_witness_holds_the_role(shelf: Stocked) -> None:
    from tests.factories import signs

    signs(shelf.here.intake, shelf.here.site, at=NOW)
    draw = shelf.draw("1", wasted="0.5", proof_id=shelf.witness(shelf.here.intake))
    code, message = refusal(shelf, draw, outcome=Outcome.PARTIAL, amount=Decimal("0.5"))
    assert code == "pin.may_not"
    assert message.startswith("Imani Clarke may not witness a waste, a count or a double check here.")


def test_a_pin_entered_for_something_else_signs_no_waste(shelf: Stocked) -> None:
    draw = shelf.draw("1", wasted="0.5", proof_id=shelf.witness(shelf.second, Kind.DESTROY))
    assert refusal(shelf, draw, outcome=Outcome.PARTIAL, amount=Decimal("0.5"))[0] == "pin.other_purpose"


def test_a_locked_line_gives_nothing(shelf: Stocked) -> None:
    shelf.count("19", "19")
    code, message = refusal_after_count(shelf)
    assert code == "stock.locked"
    assert message == (
        "Lorazepam 1 mg, lot A12 is locked: the count at 08:10 on 5 Jan did not agree. "
        "A supervisor resolves it; until then use another line."
    )


def refusal_after_count(shelf: Stocked) -> tuple[str, str]:
    before = LedgerEntry.objects.count()
    with pytest.raises(Refused) as refused:
        shelf.give()
    assert LedgerEntry.objects.count() == before
    return refused.value.findings[0].code, str(refused.value)


def test_a_site_that_keeps_no_count_of_it_gives_it_as_before(shelf: Stocked) -> None:
    diazepam = order(shelf.order.episode, controlled("Diazepam", "5 mg"), as_needed(), by=shelf.prescriber)
    row = shelf.give(order_id=diazepam.pk, amount=Decimal(5), draws=None)
    assert not LedgerEntry.objects.filter(administration=row).exists()


def test_a_site_may_give_nothing_controlled_without_a_line(shelf: Stocked) -> None:
    policy(shelf.here.site, at=NOW - timedelta(days=1), counts_required=True)
    diazepam = order(shelf.order.episode, controlled("Diazepam", "5 mg"), as_needed(), by=shelf.prescriber)
    assert refusal(shelf, order_id=diazepam.pk, amount=Decimal(5), draws=None) == (
        "stock.line_needed",
        "Diazepam is controlled and no line of it is kept here. Receive it into stock first.",
    )


def test_what_is_not_controlled_names_no_line(shelf: Stocked) -> None:
    plain = order(shelf.order.episode, medication("Ibuprofen", "400 mg"), as_needed(), by=shelf.prescriber)
    assert shelf.give(order_id=plain.pk, amount=Decimal(400), draws=None).pk


def test_the_same_key_draws_once(shelf: Stocked) -> None:
    key = uuid4()
    first = shelf.give(key=key)
    assert shelf.give(key=key, at=NOW + MINUTE) == first
    assert shelf.left() == 19


def test_several_doses_in_one_request_draw_one_after_the_other(shelf: Stocked) -> None:
    twice = [
        order(shelf.order.episode, shelf.lorazepam, as_needed(hours=1, most=9), by=shelf.prescriber) for _ in range(2)
    ]
    doses = [
        Asked(
            order_id=each.pk, due_at=None, outcome=Outcome.GIVEN, identifiers=("wristband",), amount=Decimal(1), unit="mg",
            prn_reason="Shaking", tried_first="A walk", draws=(shelf.draw("1"),), key=uuid4(),
            overrides={"dose.given_lately": "Both are ordered"},
        )
        for each in twice
    ]  # fmt: skip
    answers = actions.administer_all(by=shelf.nurse, at=NOW, client_id=shelf.elin.pk, doses=doses)
    assert [[each.code for each in answer.findings] for answer in answers] == [[], ["prn.too_soon"]]
    assert (shelf.left(), newest(shelf).number) == (Decimal(19), 2)


def test_an_undone_dose_is_put_back_but_not_what_was_wasted(shelf: Stocked) -> None:
    draw = shelf.draw("1", wasted="0.5", proof_id=shelf.witness(shelf.second))
    row = shelf.give(draw, outcome=Outcome.PARTIAL, amount=Decimal("0.5"))
    actions.undo(by=shelf.nurse, at=NOW + MINUTE, administration_id=row.pk)
    entry = newest(shelf)
    assert (entry.kind, entry.change, entry.balance) == ("put_back", Decimal("0.5"), Decimal("19.5"))
    assert entry.reverses == LedgerEntry.objects.get(administration=row)


def test_a_dose_of_a_locked_line_is_not_undone(shelf: Stocked) -> None:
    row = shelf.give()
    shelf.count("18", "18", at=NOW + MINUTE)
    with pytest.raises(Refused, match="is locked: the count at 08:11 on 5 Jan did not agree"):
        actions.undo(by=shelf.nurse, at=NOW + 2 * MINUTE, administration_id=row.pk)
    assert not Administration.objects.filter(corrects=row).exists()


def correct(shelf: Stocked, row: Administration, **changes: Any) -> Administration:
    asked: dict[str, Any] = {
        "by": shelf.nurse, "at": NOW + 5 * MINUTE, "administration_id": row.pk, "outcome": Outcome.GIVEN,
        "amount": Decimal(1), "unit": "mg", "note": "Charted wrong",
    }  # fmt: skip
    return actions.correct(**asked | changes)


def test_a_correction_of_the_time_leaves_the_ledger_alone(shelf: Stocked) -> None:
    correct(shelf, shelf.give(), given_at=NOW - 5 * MINUTE)
    assert (shelf.left(), newest(shelf).number) == (Decimal(19), 2)


def test_a_correction_of_the_amount_says_where_it_went(shelf: Stocked) -> None:
    row = shelf.give()
    part: dict[str, Any] = {"outcome": Outcome.PARTIAL, "amount": Decimal("0.5")}
    with pytest.raises(Refused, match="Say what was drawn in truth"):
        correct(shelf, row, **part)
    proof = shelf.witness(shelf.second, at=NOW + 5 * MINUTE)
    new = correct(shelf, row, **part, draws=[shelf.draw("1", wasted="0.5", proof_id=proof)])
    kinds = [(each.kind, each.change) for each in shelf.line.entries.order_by("number")]
    assert kinds[1:] == [("dose", Decimal(-1)), ("put_back", Decimal(1)), ("dose", Decimal(-1))]
    assert (shelf.left(), newest(shelf).administration, newest(shelf).given) == (Decimal(19), new, Decimal("0.5"))
    again = correct(
        shelf, new, at=NOW + 9 * MINUTE, outcome=Outcome.REFUSED, reason="asleep", amount=None, unit=None, draws=[]
    )
    assert (again.outcome, shelf.left()) == ("refused", Decimal("19.5"))


def test_a_refused_dose_corrected_to_given_names_its_line(shelf: Stocked) -> None:
    row = shelf.give(outcome=Outcome.REFUSED, reason="asleep", amount=None, unit=None, draws=())
    right: dict[str, Any] = {"prn_reason": "Shaking", "tried_first": "A walk"}
    with pytest.raises(Refused, match="Choose the line it was drawn from"):
        correct(shelf, row, **right)
    correct(shelf, row, **right, draws=[shelf.draw()])
    assert shelf.left() == 19
