"""Charting a dose: once, by who may, for who it is for; and what each refusal says."""

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit.models import Event, Override
from audit.rules.findings import Refused
from emar import actions
from emar.models import Administration, Order, OrderHold
from emar.rules.administration import Outcome
from live.queries import current_seq
from programs.models import Leave
from programs.topics import pass_topic
from staff.access import NotAllowed
from tests.emar.conftest import EIGHT, NOW, Morning, make_morning
from tests.factories import admit, client
from tests.factories.meds import at_times, medication, order

MINUTE = timedelta(minutes=1)
NOT_TAKEN = {"amount": None, "unit": None, "identifiers": ()}


def refusal(morning: Morning, **changes: Any) -> tuple[str, str]:
    """The code and the sentence of the first finding; and nothing was written."""
    before = Administration.objects.count(), Event.objects.count()
    with pytest.raises(Refused) as refused:
        morning.chart(**changes)
    assert (Administration.objects.count(), Event.objects.count()) == before
    first = refused.value.findings[0]
    return first.code, first.message


def test_a_dose_is_given_once(morning: Morning) -> None:
    row = morning.chart()
    assert (row.outcome, row.amount, row.unit, row.minutes_off) == ("given", Decimal(100), "mg", 10)
    assert row.wall_clock == "2026-01-05T08:10-05:00"
    event = Event.objects.get(verb="emar.administer")
    assert event.summary == "Thiamine 100 mg given 08:10, due 08:00"
    assert event.client_id == morning.elin.pk


def test_the_unit_is_told(morning: Morning) -> None:
    topic = pass_topic(morning.here.unit.pk)
    before = current_seq(topic)
    morning.chart()
    assert current_seq(topic) == before + 1


def test_a_second_nurse_is_told_who_gave_it_and_when(morning: Morning) -> None:
    morning.chart()
    said = refusal(morning, by=morning.here.second_nurse, at=NOW + 5 * MINUTE, key=uuid4())
    assert said == ("dose.already_charted", "Thiamine 08:00 was already charted given at 08:10 by RN Cole.")


def test_the_database_tells_the_same_sentence_when_the_rule_was_passed_by(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning.chart()
    monkeypatch.setattr("emar.actions.gather.charted", lambda *_: None)
    said = refusal(morning, by=morning.here.second_nurse, at=NOW + 5 * MINUTE)
    assert said == ("dose.already_charted", "Thiamine 08:00 was already charted given at 08:10 by RN Cole.")


def test_the_same_key_answers_the_same_row(morning: Morning) -> None:
    key = uuid4()
    first = morning.chart(key=key)
    again = morning.chart(key=key, at=NOW + MINUTE)
    assert again.pk == first.pk
    assert Administration.objects.count() == 1
    assert Event.objects.filter(verb="emar.administer").count() == 1


def test_a_key_is_not_taken_for_another_question(morning: Morning) -> None:
    key = uuid4()
    morning.chart(key=key)
    code, _ = refusal(morning, key=key, outcome=Outcome.REFUSED, reason="asleep", **NOT_TAKEN)
    assert code == "request.key_reused"


def test_a_refused_request_does_not_use_up_its_key(morning: Morning) -> None:
    key = uuid4()
    refusal(morning, key=key, amount=Decimal(1000))
    assert morning.chart(key=key).pk


def test_someone_from_the_other_site_may_not(morning: Morning) -> None:
    with pytest.raises(NotAllowed):
        morning.chart(by=morning.here.elsewhere)


@pytest.mark.parametrize("who", ["intake", "facilitator", "prescriber", "without_role"])
def test_who_does_not_give_doses_may_not(morning: Morning, who: str) -> None:
    with pytest.raises(NotAllowed, match="You may not chart doses here"):
        morning.chart(by=getattr(morning.here, who))


def test_an_unknown_order_is_none(morning: Morning) -> None:
    with pytest.raises(Order.DoesNotExist):
        morning.chart(order_id=10**9)


def test_a_stopped_order_is_not_given(morning: Morning) -> None:
    actions.stop_order(by=morning.here.prescriber, at=NOW - 5 * MINUTE, order_id=morning.thiamine.pk, why="Allergic")
    said = refusal(morning)
    assert said == ("dose.order_stopped", "The order for Thiamine is stopped since 08:05. Do not give it.")


def test_a_held_order_is_not_given_but_charted_as_held(morning: Morning) -> None:
    actions.hold_order(by=morning.here.prescriber, at=NOW - 5 * MINUTE, order_id=morning.thiamine.pk, why="Sedated")
    assert refusal(morning)[0] == "dose.order_held"
    assert morning.chart(outcome=Outcome.HELD, reason="sedated", **NOT_TAKEN).outcome == "held"


def test_a_released_order_is_given_again(morning: Morning) -> None:
    prescriber, thiamine = morning.here.prescriber, morning.thiamine.pk
    actions.hold_order(by=prescriber, at=NOW - 5 * MINUTE, order_id=thiamine, why="Sedated")
    actions.release_order(by=prescriber, at=NOW - MINUTE, order_id=thiamine)
    assert morning.chart().outcome == "given"
    assert OrderHold.objects.get().ended_at == NOW - MINUTE


def test_a_nurse_may_not_stop_an_order(morning: Morning) -> None:
    with pytest.raises(NotAllowed):
        actions.stop_order(by=morning.here.on_unit, at=NOW, order_id=morning.thiamine.pk, why="I think so")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"client_id": 10**6}, "dose.wrong_client"),
        ({"identifiers": ("photo",)}, "dose.not_verified"),
        ({"identifiers": ("name", "room")}, "dose.not_verified"),
        ({"amount": None}, "dose.amount"),
        ({"amount": Decimal(0)}, "dose.amount"),
        ({"amount": Decimal(-100)}, "dose.amount"),
        ({"amount": Decimal("NaN")}, "dose.amount"),
        ({"amount": Decimal("Infinity")}, "dose.amount"),
        ({"amount": Decimal(1000)}, "dose.amount"),
        ({"amount": Decimal("99.9999")}, "dose.amount"),
        ({"unit": "mL"}, "dose.unit"),
        ({"given_at": NOW + timedelta(hours=1)}, "dose.future"),
        ({"given_at": NOW.replace(tzinfo=None)}, "dose.no_zone"),
        ({"due_at": EIGHT.replace(tzinfo=None)}, "dose.no_zone"),
        ({"due_at": EIGHT + timedelta(days=800)}, "dose.time"),
        ({"due_at": EIGHT + MINUTE}, "dose.not_due"),
        ({"due_at": None}, "dose.not_due"),
        ({"due_at": EIGHT + timedelta(days=3)}, "dose.too_early"),
        ({"outcome": Outcome.REFUSED, **NOT_TAKEN}, "dose.reason_needed"),
        ({"outcome": Outcome.HELD, "reason": "because", **NOT_TAKEN}, "dose.reason_needed"),
        ({"outcome": Outcome.NOT_AVAILABLE, "reason": "other", **NOT_TAKEN}, "dose.reason_needed"),
        ({"reason": "asleep"}, "dose.reason"),
        ({"note": "x" * 301}, "dose.note"),
        ({"note": "nul \x00"}, "dose.note"),
    ],
)
def test_what_cannot_be_charted_is_refused_with_its_sentence(
    morning: Morning, changes: dict[str, Any], code: str
) -> None:
    assert refusal(morning, **changes)[0] == code


def test_a_refusal_with_its_reason_is_charted(morning: Morning) -> None:
    row = morning.chart(outcome=Outcome.REFUSED, reason="nausea", note="Makes me sick", **NOT_TAKEN)
    assert (row.outcome, row.reason, row.amount, row.unit) == ("refused", "nausea", None, "")


def test_a_late_dose_asks_why_and_keeps_the_answer(morning: Morning) -> None:
    late = NOW + timedelta(hours=3)
    assert refusal(morning, at=late)[0] == "dose.outside_window"
    morning.chart(at=late, overrides={"dose.outside_window": "At the dentist"})
    assert Override.objects.get().reason == "At the dentist"


def test_a_tablet_a_few_minutes_ahead_is_written_as_now(morning: Morning) -> None:
    row = morning.chart(given_at=NOW + 4 * MINUTE)
    assert row.given_at == row.recorded_at == NOW


def test_a_client_on_leave_is_charted_as_absent_only(morning: Morning) -> None:
    Leave.objects.create(
        episode=morning.episode, kind="pass", started_at=NOW - timedelta(hours=1), expected_at=NOW + timedelta(hours=9)
    )
    assert refusal(morning) == (
        "dose.on_leave",
        "On leave until 17:10. Record the return first, or chart the dose as absent.",
    )
    assert morning.chart(outcome=Outcome.ABSENT, reason="on_leave", **NOT_TAKEN).outcome == "absent"


def test_as_needed_doses_keep_their_distance(morning: Morning) -> None:
    prn = {"order_id": morning.ibuprofen.pk, "due_at": None, "amount": Decimal(400), "note": "Headache"}
    morning.chart(**prn)
    code, message = refusal(morning, **prn, at=NOW + timedelta(hours=2), by=morning.here.second_nurse)
    assert code == "prn.too_soon"
    assert "The next is allowed at 14:10." in message


def test_a_correction_keeps_both_and_says_why(morning: Morning) -> None:
    old = morning.chart()
    new = actions.correct(
        by=morning.here.on_unit,
        at=NOW + 5 * MINUTE,
        administration_id=old.pk,
        outcome=Outcome.REFUSED,
        reason="nausea",
        note="Spat it out before swallowing",
    )
    assert new.corrects_id == old.pk
    assert Administration.objects.count() == 2
    said = refusal(morning, at=NOW + 6 * MINUTE)
    assert said[1] == "Thiamine 08:00 was already charted refused at 08:10 by RN Cole."
    with pytest.raises(Refused, match="already corrected by RN Cole"):
        actions.correct(
            by=morning.here.second_nurse,
            at=NOW + 7 * MINUTE,
            administration_id=old.pk,
            outcome=Outcome.GIVEN,
            amount=Decimal(100),
            unit="mg",
            note="No",
        )


ROW: dict[str, Any] = {
    "due_at": EIGHT, "outcome": "given", "amount": 100, "unit": "mg", "given_at": NOW, "recorded_at": NOW, "wall_clock": "08:10"
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "wall"),
    [
        ({"amount": -1}, "emar_amount_when_taken"),
        ({"amount": None}, "emar_amount_when_taken"),
        ({"unit": ""}, "emar_amount_when_taken"),
        ({"outcome": "refused", "amount": None}, "emar_reason_when_not_given"),
        ({"given_at": NOW + MINUTE}, "emar_not_in_the_future"),
    ],
)
def test_the_database_refuses_what_slipped_by(morning: Morning, changes: dict[str, Any], wall: str) -> None:
    with pytest.raises(IntegrityError, match=wall), transaction.atomic():
        Administration.objects.create(order=morning.thiamine, by=morning.here.on_unit, **ROW | changes)


def test_the_database_takes_each_dose_once(morning: Morning) -> None:
    Administration.objects.create(order=morning.thiamine, by=morning.here.on_unit, **ROW)
    with pytest.raises(IntegrityError, match="emar_each_dose_once"), transaction.atomic():
        Administration.objects.create(order=morning.thiamine, by=morning.here.second_nurse, **ROW)


def test_what_was_charted_is_never_changed_or_deleted(morning: Morning) -> None:
    row = morning.chart()
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        Administration.objects.filter(pk=row.pk).update(outcome="refused")
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        Administration.objects.filter(pk=row.pk).delete()


def test_another_clients_order_is_told_without_saying_more(morning: Morning) -> None:
    here = morning.here
    other = admit(here, client(here, "Wale", "Tunde"), here.residential, here.beds[1])
    theirs = order(other, medication("Lithium", "300 mg"), at_times("08:00"), by=here.prescriber)
    code, message = refusal(morning, order_id=theirs.pk)
    assert code == "dose.wrong_client"
    assert "Lithium" not in message


@pytest.mark.parametrize("same_key", [False, True])
def test_of_many_who_race_for_one_dose_exactly_one_wins(transactional_db: None, same_key: bool) -> None:
    morning = make_morning()
    key, start = uuid4(), threading.Barrier(8)
    told: list[object] = []

    def give(number: int) -> None:
        nurse = morning.here.on_unit if same_key or number % 2 else morning.here.second_nurse
        try:
            start.wait(10)
            told.append(morning.chart(by=nurse, key=key if same_key else uuid4()).pk)
        except Refused as refused:
            told.append(refused.findings[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    row = Administration.objects.get()
    assert len(told) == 8
    assert told.count(row.pk) == (8 if same_key else 1)
    assert told.count("dose.already_charted") == (0 if same_key else 7)
