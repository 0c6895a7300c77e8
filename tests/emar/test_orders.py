"""Writing, changing and stopping an order: in the same transaction for the due list, once, and with everybody told."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from audit.models import Event, Override
from audit.rules.findings import Refused
from chart.models import Allergy
from emar import actions
from emar.models import Administration, Cosign, Order, OrderHold
from emar.queries.ordering import check_order
from emar.queries.orders import Stands, order_row, orders_of, versions_of
from emar.rules.administration import Outcome
from emar.rules.orders import Comparison, Measure, limits_to_json
from emar.rules.orders.facts import Sig
from emar.rules.schedule import EveryHours, to_json
from live.actions import current_seq
from programs.topics import pass_topic
from staff.access import NotAllowed
from tests.emar.conftest import EIGHT, NOW, Morning, make_morning
from tests.emar.ordering import DAILY, HOUR, MINUTE, change, due, folic, page_says, refused, write
from tests.factories.meds import as_needed, at_times, hold_if, medication, order

# Writing


def test_an_order_is_due_at_once(morning: Morning) -> None:
    seq = current_seq(pass_topic(morning.here.unit.pk))
    made = write(morning)
    assert (made.pk, EIGHT + 24 * HOUR, True) not in due(morning)  # tomorrow's
    soon = write(
        morning, medication_id=medication("Gabapentin", "300 mg").pk,
        sig=replace(DAILY, dose=Decimal(300), schedule=to_json(at_times("14:00"))),
    )  # fmt: skip
    assert (soon.pk, EIGHT + 6 * HOUR, True) in due(morning)
    assert current_seq(pass_topic(morning.here.unit.pk)) == seq + 2
    event = Event.objects.filter(verb="emar.write_order").earliest("pk")
    assert (event.summary, event.client_id) == ("Folic acid ordered: Folic acid 1 mg daily at 08:00", morning.elin.pk)


def test_what_is_left_out_is_as_the_formulary_says(morning: Morning) -> None:
    drug = medication(
        "Lispro", "100 units/mL", route="under the skin", form="pen", time_critical=True, witness="required"
    )
    limits = limits_to_json([hold_if(Measure.GLUCOSE, Comparison.BELOW, "70")])
    made = write(
        morning, medication_id=drug.pk,
        sig=Sig(
            schedule=to_json(at_times("08:00", "12:00")), dose=Decimal(6), unit="units", hold_limits=tuple(limits),
            until=NOW + 72 * HOUR,
        ),
    )  # fmt: skip
    made.refresh_from_db()
    assert (made.route, made.time_critical, made.witness, made.limits[0].words) == (
        "under the skin", True, "required", "Hold if glucose is under 70 mg/dL",
    )  # fmt: skip
    assert (made.started_at, made.ended_at, made.until, made.written_at) == (NOW, NOW + 72 * HOUR, NOW + 72 * HOUR, NOW)


def test_an_allergy_needs_a_reason_which_is_kept(morning: Morning) -> None:
    Allergy.objects.create(client=morning.elin, substance="Folic acid", reaction="rash", noted_at=NOW - HOUR)
    refused(lambda: write(morning), "order.allergy")
    made = write(morning, overrides={"order.allergy": "Tolerated last year"})
    assert made.overrides == [{
        "code": "order.allergy", "reason": "Tolerated last year",
        "message": "Allergy on the chart: Folic acid (rash). Choose another medication, or say why this is safe.",
    }]  # fmt: skip
    assert Override.objects.get().reason == "Tolerated last year"


def test_the_page_is_told_before_what_the_act_will_say(morning: Morning) -> None:
    found = check_order(morning.here.site, morning.elin.pk, medication(), DAILY, at=NOW)
    assert [each.code for each in found] == ["order.duplicate_ingredient"]
    own = check_order(morning.here.site, morning.elin.pk, medication(), DAILY, at=NOW, replaces=morning.thiamine)
    assert own == []


def test_a_duplicate_counts_over_other_names_and_not_once_it_ran_out(morning: Morning) -> None:
    advil = medication("Advil", "200 mg", ingredient="ibuprofen")
    asked = replace(DAILY, dose=Decimal(200))
    said = refused(lambda: write(morning, medication_id=advil.pk, sig=asked), "order.duplicate_ingredient")
    assert said.startswith("Ibuprofen is ordered already: Ibuprofen 400 mg as needed, every 6 h, at most 4 in 24 h.")
    actions.stop_order(by=morning.here.prescriber, at=NOW, order_id=morning.ibuprofen.pk, why="Not needed")
    once = write(morning, medication_id=advil.pk, sig=replace(asked, schedule={"kind": "once"}), at=NOW + MINUTE)
    refused(lambda: write(morning, medication_id=advil.pk, sig=asked, at=NOW + HOUR), "order.duplicate_ingredient")
    assert write(morning, medication_id=advil.pk, sig=asked, at=NOW + 24 * HOUR).pk > once.pk


@pytest.mark.parametrize("who", ["on_unit", "director", "elsewhere"])
def test_only_a_prescriber_of_the_site_orders(morning: Morning, who: str) -> None:
    with pytest.raises(NotAllowed):
        write(morning, by=getattr(morning.here, who))
    assert Order.objects.count() == 2


def test_nothing_is_ordered_for_a_client_who_left(morning: Morning) -> None:
    morning.episode.ended_at = NOW - HOUR
    morning.episode.save()
    refused(lambda: write(morning), "programs.episode_ended")


def test_the_same_request_is_one_order(morning: Morning) -> None:
    key = uuid4()
    assert write(morning, key=key) == write(morning, key=key)
    assert Order.objects.filter(medication=folic()).count() == 1
    refused(lambda: write(morning, key=key, sig=replace(DAILY, dose=Decimal(2))), "request.key_reused")


def test_an_order_may_begin_later_and_then_never(morning: Morning) -> None:
    made = write(morning, sig=replace(DAILY, dose=Decimal(1), started_at=NOW + 24 * HOUR))
    assert order_row(made.pk, at=NOW, tz=morning.here.site.tz).stands is Stands.COMING  # type: ignore[union-attr]
    stopped = actions.stop_order(by=morning.here.prescriber, at=NOW + HOUR, order_id=made.pk, why="Discharged before")
    assert (stopped.ended_at, stopped.stopped_at) == (made.started_at, NOW + HOUR)
    row = order_row(made.pk, at=NOW + 48 * HOUR, tz=morning.here.site.tz)
    assert row is not None
    assert (row.stands, row.stopped_by, row.stopped_why) == (Stands.STOPPED, "MD Okoye", "Discharged before")
    assert not Order.objects.current(NOW + 48 * HOUR).filter(pk=made.pk).exists()


# Changing


def test_an_open_dose_goes_over_to_the_new_version(morning: Morning) -> None:
    """08:10: the 08:00 dose is not charted yet. It is given as the order reads now."""
    new, old = change(morning), morning.thiamine.pk
    assert [each for each in due(morning) if each[1] == EIGHT] == [(new.pk, EIGHT, True)]
    refused(lambda: morning.chart(at=NOW + MINUTE), "dose.not_due", "dose.order_stopped")
    refused(lambda: morning.chart(at=NOW + MINUTE, given_at=NOW - 2 * MINUTE), "dose.not_due")
    row = morning.chart(order_id=new.pk, amount=Decimal(200), at=NOW + MINUTE)
    assert (row.order_id, row.due_at, new.replaces_id) == (new.pk, EIGHT, old)


def test_a_charted_dose_stays_with_its_version(morning: Morning) -> None:
    morning.chart()
    new = change(morning, at=NOW + MINUTE)
    assert [each for each in due(morning, NOW + 2 * MINUTE) if each[1] == EIGHT] == [
        (morning.thiamine.pk, EIGHT, False)
    ]
    with pytest.raises(Refused, match="Thiamine is not due at 08:00"):
        morning.chart(order_id=new.pk, amount=Decimal(200), at=NOW + 2 * MINUTE)


def test_a_dose_charted_ahead_is_not_due_again(morning: Morning) -> None:
    early = EIGHT - HOUR
    morning.chart(at=early)
    new = change(morning, at=early + MINUTE)
    assert [each[:2] for each in due(morning, early + 2 * MINUTE) if each[1] == EIGHT] == [(morning.thiamine.pk, EIGHT)]
    assert new.span[0] > EIGHT


def test_a_missed_dose_stays_with_its_version(morning: Morning) -> None:
    late = EIGHT + 3 * HOUR
    change(morning, at=late)
    assert [each[:2] for each in due(morning, late) if each[1] == EIGHT] == [(morning.thiamine.pk, EIGHT)]


def test_a_refused_dose_is_charted_too(morning: Morning) -> None:
    morning.chart(outcome=Outcome.REFUSED, reason="nausea", amount=None, unit=None)
    new = change(morning, at=NOW + MINUTE)
    assert new.span[0] == NOW + MINUTE


def test_every_six_hours_keeps_its_hours(morning: Morning) -> None:
    drug, start = medication("Methocarbamol", "500 mg"), EIGHT - 8 * HOUR
    six = order(morning.episode, drug, EveryHours(6), by=morning.here.prescriber, started_at=start)
    sig = Sig(schedule=to_json(EveryHours(6)), dose=Decimal(500), unit="mg", instructions="With food")
    new = change(morning, order_id=six.pk, sig=sig)
    assert [each[:2] for each in due(morning) if each[0] in (six.pk, new.pk)] == [
        (six.pk, start), (six.pk, start + 6 * HOUR), (new.pk, start + 12 * HOUR), (new.pk, start + 18 * HOUR),
    ]  # fmt: skip
    eight = change(morning, order_id=new.pk, sig=replace(sig, schedule=to_json(EveryHours(8))), at=NOW + HOUR)
    assert [each[1] for each in due(morning, NOW + HOUR) if each[0] == eight.pk][:1] == [start + 14 * HOUR]


def test_a_change_that_would_drop_an_open_dose_asks_first(morning: Morning) -> None:
    evening = replace(DAILY, schedule=to_json(at_times("20:00")))
    said = refused(lambda: change(morning, sig=evening), "order.dose_waits")
    assert said == "Thiamine 08:00 is not charted yet and would not be due any more. Chart it first, or say why."
    new = change(morning, sig=evening, overrides={"order.dose_waits": "Asleep, begin tonight"})
    assert [each[:2] for each in due(morning)] == [(new.pk, EIGHT + 12 * HOUR)]


def test_a_hold_goes_on_with_the_new_version(morning: Morning) -> None:
    prescriber = morning.here.prescriber
    actions.hold_order(by=prescriber, at=NOW - HOUR, order_id=morning.thiamine.pk, why="Sedated")
    new = change(morning)
    assert [(hold.why, hold.started_at) for hold in new.holds.all()] == [("Sedated", NOW)]
    assert [each for each in due(morning) if each[1] == EIGHT] == [(new.pk, EIGHT, False)]
    actions.release_order(by=prescriber, at=NOW + MINUTE, order_id=new.pk)
    assert OrderHold.objects.get(order=new).ended_by == prescriber


def test_the_second_who_changes_is_told_who_was_first(morning: Morning) -> None:
    new = change(morning)
    assert refused(lambda: change(morning, at=NOW + MINUTE), "order.changed_already") == page_says(
        "order.changed_already"
    )
    stop: dict[str, Any] = {"by": morning.here.prescriber, "order_id": morning.thiamine.pk, "why": "Rash"}
    refused(lambda: actions.stop_order(at=NOW + MINUTE, **stop), "order.changed_already")
    assert change(morning, order_id=new.pk, at=NOW + MINUTE).replaces_id == new.pk


def test_a_change_is_of_the_same_medication(morning: Morning) -> None:
    fifty = medication("Thiamine", "50 mg")
    new = change(morning, medication_id=fifty.pk)
    assert (new.medication, new.client_id) == (fifty, morning.elin.pk)
    one = replace(DAILY, dose=Decimal(1))
    refused(
        lambda: change(morning, order_id=new.pk, medication_id=folic().pk, sig=one, at=NOW + MINUTE),
        "order.other_medication",
    )
    later = replace(DAILY, started_at=NOW + 2 * HOUR)
    assert refused(
        lambda: change(morning, order_id=new.pk, sig=later, at=NOW + MINUTE), "order.change_now"
    ) == page_says("order.change_now")  # fmt: skip


def test_the_same_change_sent_again_is_one_version(morning: Morning) -> None:
    key = uuid4()
    assert change(morning, key=key) == change(morning, key=key, at=NOW + MINUTE)
    assert [row.pk for row in versions_of(morning.thiamine.pk, at=NOW, tz=morning.here.site.tz)][1:] == [
        morning.thiamine.pk
    ]


# Stopping and holding


def test_a_stop_takes_the_open_dose_off_the_pass(morning: Morning) -> None:
    actions.stop_order(by=morning.here.prescriber, at=NOW, order_id=morning.thiamine.pk, why="Rash")
    assert due(morning, NOW + MINUTE) == []
    row = morning.chart(at=NOW + 2 * MINUTE, given_at=NOW - 2 * MINUTE)
    assert row.order_id == morning.thiamine.pk  # given before the stop


def test_a_missed_dose_stays_missed_when_the_order_stops(morning: Morning) -> None:
    late = EIGHT + 3 * HOUR
    actions.stop_order(by=morning.here.prescriber, at=late, order_id=morning.thiamine.pk, why="Rash")
    assert due(morning, late + MINUTE) == [(morning.thiamine.pk, EIGHT, True)]


def test_who_comes_second_is_told_who_stopped_it_and_why(morning: Morning) -> None:
    stop: dict[str, Any] = {"by": morning.here.prescriber, "order_id": morning.thiamine.pk, "why": "Rash"}
    actions.stop_order(at=NOW, **stop)
    for act in (
        lambda: actions.stop_order(at=NOW + MINUTE, **stop),
        lambda: actions.hold_order(at=NOW + MINUTE, **stop),
        lambda: change(morning, at=NOW + MINUTE),
    ):
        assert refused(act, "order.stopped_already") == page_says("order.stopped_already")


def test_an_order_that_ended_as_planned_is_not_changed(morning: Morning) -> None:
    ended = order(morning.episode, folic(), at_times("08:00"), by=morning.here.prescriber, ended_at=EIGHT)
    said = refused(lambda: change(morning, order_id=ended.pk), "order.not_running")
    assert said == page_says("order.not_running").replace("Thiamine", "Folic acid")


def test_a_hold_is_told_to_the_second(morning: Morning) -> None:
    hold: dict[str, Any] = {"by": morning.here.prescriber, "order_id": morning.thiamine.pk, "why": "Sedated"}
    actions.hold_order(at=NOW, **hold)
    assert refused(lambda: actions.hold_order(at=NOW + MINUTE, **hold), "order.held_already") == page_says(
        "order.held_already"
    )
    assert refused(lambda: actions.hold_order(at=NOW, **hold | {"why": " "}), "order.why") == page_says("order.why")
    other: dict[str, Any] = {"by": morning.here.prescriber, "at": NOW, "order_id": morning.ibuprofen.pk}
    assert refused(lambda: actions.release_order(**other), "order.not_held") == page_says("order.not_held")


# Reading


def test_a_clients_orders_as_of_a_past_minute(morning: Morning) -> None:
    tz, prescriber = morning.here.site.tz, morning.here.prescriber
    new = change(morning)
    actions.hold_order(by=prescriber, at=NOW + HOUR, order_id=new.pk, why="Sedated")
    actions.stop_order(by=prescriber, at=NOW + 2 * HOUR, order_id=morning.ibuprofen.pk, why="Rash")

    def stands(at: datetime) -> dict[int, Stands]:
        return {row.pk: row.stands for row in orders_of(morning.elin.pk, at=at, tz=tz)}

    old, prn = morning.thiamine.pk, morning.ibuprofen.pk
    assert stands(NOW - MINUTE) == {old: Stands.RUNS, prn: Stands.RUNS}
    assert stands(NOW) == {new.pk: Stands.RUNS, prn: Stands.RUNS, old: Stands.CHANGED}
    assert stands(NOW + HOUR) == {new.pk: Stands.HELD, prn: Stands.RUNS, old: Stands.CHANGED}
    assert stands(NOW + 2 * HOUR) == {new.pk: Stands.HELD, prn: Stands.STOPPED, old: Stands.CHANGED}


def test_the_list_of_orders_costs_the_same_for_many(morning: Morning, django_assert_num_queries: Any) -> None:
    for number in range(8):
        order(morning.episode, medication(f"Drug {number}", "5 mg"), as_needed(), by=morning.here.prescriber)
    with django_assert_num_queries(3):
        assert len(orders_of(morning.elin.pk, at=NOW, tz=morning.here.site.tz)) == 10


# Two at once


@pytest.mark.django_db(transaction=True)
def test_of_two_prescribers_at_once_one_changes_and_one_is_told() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    morning = make_morning(now)
    gate, said = Barrier(2), []

    def act(dose: int) -> None:
        gate.wait()
        try:
            change(morning, at=now, sig=replace(DAILY, dose=Decimal(dose)), overrides={"order.dose_waits": "New times"})
            said.append("changed")
        except Refused as refusal:
            said.append(refusal.findings[0].code)
        finally:
            connection.close()

    threads = [Thread(target=act, args=(dose,)) for dose in (200, 300)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["changed", "order.changed_already"]
    assert Order.objects.filter(replaces=morning.thiamine).count() == 1


def test_nothing_is_left_of_an_act_that_fails(morning: Morning) -> None:
    refused(lambda: change(morning, sig=replace(DAILY, dose=Decimal(-1))), "order.dose")
    morning.thiamine.refresh_from_db()
    assert (morning.thiamine.ended_at, Order.objects.count(), Administration.objects.count(), Cosign.objects.count()) == (
        None, 2, 0, 0,
    )  # fmt: skip
