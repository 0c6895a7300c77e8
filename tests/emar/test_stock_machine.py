"""Any sequence of acts by several people: the ledger adds up at every moment, nothing is negative, forged or hidden."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any, ClassVar

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from audit.rules.findings import Refused
from emar import actions
from emar.actions import stock
from emar.models import (
    Administration,
    Count,
    CountNumber,
    CountSigning,
    LedgerEntry,
    Order,
    StockLine,
    Variance,
)
from emar.queries.stock import balances
from emar.rules.administration import Outcome
from emar.rules.schedule import AsNeeded
from emar.rules.stock import COUNT, Cause, Kind, Shift
from staff.access import NotAllowed
from staff.models import Proof
from tests.emar.conftest import NOW
from tests.factories.meds import order
from tests.factories.stock import MINUTE, Stocked, stocked

# three nurses, the director, the prescriber: mostly who may, and mostly another as the second, so that much is done
nurse, who = st.sampled_from([0, 1, 2, 0, 1, 2, 3, 4]), st.integers(0, 4)
after = st.sampled_from([1, 2, 1, 2, 1, 0])
halves = st.integers(1, 4).map(lambda number: Decimal(number) / 2)
rest = st.sampled_from([Decimal(0), Decimal(0), Decimal(0), Decimal("0.5"), Decimal(1)])
lines = st.integers(0, 3)
off = st.sampled_from([0, 0, -1, 1])


class Ledger(RuleBasedStateMachine):
    """Acts that may and may not be, in any order. ``expected`` is what a person with a pencil would have as balances."""

    shelf: ClassVar[Stocked]
    order: ClassVar[Order]

    def __init__(self) -> None:
        super().__init__()
        self.undo_all = transaction.atomic()
        self.undo_all.__enter__()
        shelf, self.at = self.shelf, NOW
        self.people = [shelf.nurse, shelf.second, shelf.third, shelf.director, shelf.prescriber]
        self.lines: list[StockLine] = list(StockLine.objects.order_by("pk"))
        self.expected = {line.pk: shelf.left(line) for line in self.lines}
        self.rows: list[Administration] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo_all.__exit__(None, None, None)

    def pin(self, person: int | None, purpose: str) -> int | None:
        return None if person is None else self.shelf.pin(self.people[person], purpose, self.at)

    def act(self, does: Callable[..., Any], **asked: Any) -> Any:
        """The answer, None where it was refused: then no PIN was used up and nothing changed."""
        self.at += 2 * MINUTE
        asked = {name: value() if callable(value) else value for name, value in asked.items()}
        before = LedgerEntry.objects.count(), Proof.objects.exclude(used_at=None).count(), Variance.objects.count()
        try:
            with transaction.atomic():
                answer = does(at=self.at, **asked)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            return answer
        except (Refused, NotAllowed):
            used = Proof.objects.exclude(used_at=None).count()
            assert (LedgerEntry.objects.count(), used, Variance.objects.count()) == before
            return None

    @rule(line=lines, given=st.sampled_from([0, 1, 2, 2, 4]), wasted=rest, returned=rest, by=nurse, second=after)
    def give(self, line: int, given: int | Decimal, wasted: Decimal, returned: Decimal, by: int, second: int) -> None:
        pk, given = self.lines[line % len(self.lines)].pk, Decimal(given) / 2
        drawn = given + wasted + returned

        def chart(at: Any) -> Administration:
            proof = self.pin((by + second) % 5, Kind.WASTE.purpose) if wasted else None
            draw = self.shelf.draw(str(drawn), str(wasted), str(returned), line_id=pk, proof_id=proof)
            taken: dict[str, Any] = (
                {"outcome": Outcome.GIVEN if given >= 1 else Outcome.PARTIAL, "amount": given}
                if given > 0
                else {"outcome": Outcome.REFUSED, "reason": "asleep", "amount": None, "unit": None}
            )
            return self.shelf.give(draw, by=self.people[by], at=at, order_id=self.order.pk, **taken)

        row = self.act(chart)
        if row is not None:
            self.rows.append(row)
            self.expected[pk] -= drawn - returned

    @precondition(lambda self: self.rows)
    @rule(by=st.none() | who, back=st.integers(0, 2))
    def undo(self, by: int | None, back: int) -> None:
        row = self.rows[-1 - back % len(self.rows)]
        undone = self.act(actions.undo, by=row.by if by is None else self.people[by], administration_id=row.pk)
        if undone is not None:
            for entry in LedgerEntry.objects.filter(administration=row):
                assert entry.given is not None
                self.expected[entry.line_id] += entry.given

    @rule(line=lines, amount=halves, by=nurse)
    def move(self, line: int, amount: Decimal, by: int) -> None:
        here = self.lines[line % len(self.lines)]
        to = self.shelf.safe if here.location_id == self.shelf.cart.pk else self.shelf.cart
        out = self.act(
            stock.move, by=self.people[by], line_id=here.pk, to_location_id=to.pk, amount=amount
        )  # fmt: skip
        if out is not None:
            there = LedgerEntry.objects.select_related("line").get(pair=out).line
            self.expected[here.pk] -= amount
            self.expected[there.pk] = self.expected.get(there.pk, Decimal(0)) + amount
            if there not in self.lines:
                self.lines.append(there)

    @rule(line=lines, wasted=halves, returned=rest, by=nurse, second=after)
    def waste(self, line: int, wasted: Decimal, returned: Decimal, by: int, second: int) -> None:
        here = self.lines[line % len(self.lines)]
        done = self.act(
            stock.waste, by=self.people[by], line_id=here.pk, drawn=wasted + returned, wasted=wasted, returned=returned,
            why="Fell", proof_id=lambda: self.pin((by + second) % 5, Kind.WASTE.purpose),
        )  # fmt: skip
        if done is not None:
            assert second
            self.expected[here.pk] -= wasted

    @rule(
        line=lines,
        amount=halves,
        by=st.sampled_from([3, 3, 3, 0]),
        one=st.sampled_from([0, 1, 3]),
        two=st.sampled_from([1, 2, 2]),
    )
    def destroy(self, line: int, amount: Decimal, by: int, one: int, two: int) -> None:
        here = self.lines[line % len(self.lines)]
        done = self.act(
            stock.destroy, by=self.people[by], line_id=here.pk, amount=amount, method="Slurry",
            proof_id=lambda: self.pin(one, Kind.DESTROY.purpose),
            second_proof_id=lambda: self.pin(two, Kind.DESTROY.purpose),
        )  # fmt: skip
        if done is not None:
            assert len({by, one, two}) == 3
            self.expected[here.pk] -= amount

    @precondition(lambda self: not Count.objects.filter(ended_at=None).exists())
    @rule(by=nurse)
    def begin_count(self, by: int) -> None:
        self.act(stock.start_count, by=self.people[by], location_id=self.shelf.cart.pk, shift=Shift.SPOT)

    @precondition(lambda self: Count.objects.filter(ended_at=None).exists())
    @rule(by=nurse, counter=nurse, wrong=off)
    def put_numbers(self, by: int, counter: int, wrong: int) -> None:
        count = Count.objects.get(ended_at=None)
        numbers = {pk: max(self.expected[pk] + (0 if place else wrong), Decimal(0))
                   for place, pk in enumerate(count.asked)}  # fmt: skip
        self.act(
            stock.put_numbers, by=self.people[by], count_id=count.pk, numbers=numbers,
            proof_id=lambda: self.pin(counter, COUNT),
        )  # fmt: skip

    @precondition(lambda self: Variance.objects.filter(ended_at=None).exists())
    @rule(
        by=st.sampled_from([3, 3, 3, 0]),
        second=st.sampled_from([2, 2, 1, 0, 3]),
        wrong=off,
        odd=st.none() | st.sampled_from(list(Cause)),
    )
    def resolve(self, by: int, second: int, wrong: int, odd: Cause | None) -> None:
        variance = Variance.objects.filter(ended_at=None).earliest("pk")
        found = max(self.expected[variance.line_id] + wrong, Decimal(0))
        cause = odd or (Cause.CHARTED_WRONG if wrong else Cause.MISCOUNT)
        done = self.act(
            stock.resolve, by=self.people[by], variance_id=variance.pk, cause=cause, words="Looked everywhere twice",
            recounted=found, proof_id=lambda: self.pin(second, Kind.ADJUST.purpose),
        )  # fmt: skip
        if done is not None and not cause.ledger_right:
            self.expected[variance.line_id] = found

    @invariant()
    def the_ledger_is_what_a_pencil_would_say(self) -> None:
        newest = balances([line.pk for line in self.lines])
        assert {pk: found.balance for pk, found in newest.items()} == self.expected
        for line in self.lines:
            entries = list(line.entries.order_by("number").values_list("number", "change", "balance"))
            assert [number for number, _, _ in entries] == list(range(1, len(entries) + 1))
            assert list(accumulate(change for _, change, _ in entries)) == [balance for _, _, balance in entries]
            assert all(balance >= 0 for _, _, balance in entries)
            last = CountNumber.objects.filter(line=line).order_by("-pk").first()
            if last is not None:
                since = sum((change for number, change, _ in entries if number > last.number), Decimal(0))
                assert last.balance + since == entries[-1][2]

    @invariant()
    def every_name_is_of_who_entered_a_pin(self) -> None:
        signed = list(LedgerEntry.objects.exclude(proof=None).select_related("proof", "second_proof"))
        proofs = [each.proof for each in signed] + [each.second_proof for each in signed if each.second_proof]
        counted = list(CountSigning.objects.select_related("proof"))
        used = [each.pk for each in proofs if each] + [each.proof_id for each in counted]
        assert sorted(used) == sorted(Proof.objects.exclude(used_at=None).values_list("pk", flat=True))
        for each in signed:
            assert each.proof is not None
            assert (each.proof.used_at, each.proof.attempt.right) == (each.at, True)
            assert each.proof.person_id != each.by_id
        assert all(each.proof.person_id == each.person_id for each in counted)

    @invariant()
    def no_difference_is_hidden_and_no_lock_is_opened(self) -> None:
        for number in CountNumber.objects.filter(signing__count__ended_at__isnull=False).select_related("signing"):
            if number.counted != number.balance:
                known = Variance.objects.filter(line=number.line_id, opened_at__lte=number.signing.count.ended_at)
                assert any(each.ended_at is None or each.ended_at >= number.signing.at for each in known)
        for variance in Variance.objects.filter(ended_at=None):
            assert not LedgerEntry.objects.filter(line=variance.line_id, at__gt=variance.opened_at).exists()


@pytest.mark.django_db
def test_no_sequence_of_acts_loses_forges_or_hides_anything() -> None:
    shelf = stocked(NOW - timedelta(minutes=30))
    shelf.receive(shelf.safe, lot="B7", amount=Decimal(4))
    Ledger.shelf = shelf
    Ledger.order = order(
        shelf.order.episode, shelf.lorazepam, AsNeeded(min_gap=MINUTE, max_in_24h=99), by=shelf.prescriber
    )
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            derandomize=True, database=None, deadline=None, max_examples=3, stateful_step_count=30, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
