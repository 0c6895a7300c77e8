"""Doses that a tablet charted without the network: each once, judged again, and kept for a person where a rule refuses."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from audit.rules.findings import Refused, stop
from emar import actions
from emar.actions.offline import revoke_tablet, take_queue
from emar.models import Administration, Order, TabletDose, Unsettled
from emar.rules.administration import Outcome
from live.queries import current_seq
from programs.topics import pass_topic
from staff.models import RoleAssignment
from tests.emar.conftest import EIGHT, NOW, Morning, make_morning
from tests.emar.tablets import queued, said_of, send, tablet
from tests.factories import admit, client
from tests.factories.meds import at_times, medication, order

DUE = EIGHT.isoformat()
LATER = NOW + timedelta(hours=3)


def vitamins(morning: Morning, count: int) -> list[Order]:
    drugs = [medication(f"Vitamin {number}", "10 mg") for number in range(count)]
    return [order(morning.episode, drug, at_times("08:00"), by=morning.here.prescriber) for drug in drugs]


def test_a_dose_is_charted_when_it_was_given_and_says_why_it_comes_late(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    [taken] = send(cart, nurse, LATER, said_of(morning, nurse, NOW, due_at=DUE))
    row = Administration.objects.get(pk=taken.administration_id or 0)
    assert (row.given_at, row.recorded_at, row.by, row.device) == (NOW, LATER, nurse, "Cart 1")
    assert row.reasons["dose.late_entry"] == "Charted at 08:10 without the network"


def test_both_clocks_are_kept_and_the_tablets_is_corrected(morning: Morning) -> None:
    cart, nurse, behind = tablet(morning.here), morning.here.on_unit, timedelta(minutes=47)
    said = said_of(morning, nurse, NOW - behind, due_at=DUE, offset=behind)
    [taken] = send(cart, nurse, LATER, said)
    kept = TabletDose.objects.get(administration=taken.administration_id)
    assert (kept.device_at, kept.charted_at, kept.received_at) == (NOW - behind, NOW, LATER)
    assert (kept.offset_ms, kept.offset_now_ms) == (47 * 60_000, 47 * 60_000)
    assert Administration.objects.get().given_at == NOW


def test_the_same_queue_twice_gets_the_same_answer_and_doubles_nothing(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    good = said_of(morning, nurse, NOW, due_at=DUE)
    wrong = said_of(morning, nurse, NOW, vitamins(morning, 1)[0], place=2, due_at=DUE, amount="900")
    first = send(cart, nurse, LATER, good, wrong)
    again = send(cart, nurse, LATER + timedelta(hours=1), good, wrong)
    assert again == first
    assert [bool(each.administration_id) for each in first] == [True, False]
    assert (Administration.objects.count(), TabletDose.objects.count(), Unsettled.objects.count()) == (1, 2, 1)


def test_a_dose_that_a_colleague_charted_meanwhile_is_neither_dropped_nor_doubled(morning: Morning) -> None:
    cart, nurse, colleague = tablet(morning.here), morning.here.on_unit, morning.here.second_nurse
    theirs = morning.chart(by=colleague)
    topic = pass_topic(morning.here.unit.pk)
    before = current_seq(topic)
    [taken] = send(cart, nurse, LATER, said_of(morning, nurse, NOW, due_at=DUE))
    row = Unsettled.objects.get(pk=taken.unsettled_id or 0)
    assert [finding.code for finding in taken.findings] == ["dose.already_charted"]
    assert (row.other, row.dose.person, row.client) == (theirs, nurse, morning.elin)
    assert Administration.objects.count() == 1
    assert current_seq(topic) > before, "the pass is told"
    assert Event.objects.filter(verb="emar.unsettled").count() == 1


def test_a_tap_whose_answer_was_lost_is_the_same_dose(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    known = morning.chart(by=nurse)
    [taken] = send(cart, nurse, LATER, said_of(morning, nurse, NOW + timedelta(minutes=1), due_at=DUE))
    assert (taken.administration_id, taken.findings) == (known.pk, ())
    assert not Unsettled.objects.exists()


def test_the_same_person_with_another_amount_or_much_later_is_not_the_same_tap(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    morning.chart(by=nurse)
    part = said_of(morning, nurse, NOW, due_at=DUE, outcome="partial", amount="50")
    later = said_of(morning, nurse, NOW + timedelta(minutes=11), place=2, due_at=DUE)
    assert [each.administration_id for each in send(cart, nurse, LATER, part, later)] == [None, None]


def test_an_order_stopped_meanwhile_leaves_a_dose_to_settle_only_where_it_came_after_the_stop(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    vitamin = vitamins(morning, 1)[0]
    for each in (morning.thiamine, vitamin):
        actions.stop_order(
            by=morning.here.prescriber, at=NOW + timedelta(minutes=5), order_id=each.pk, why="No longer needed"
        )
    before = said_of(morning, nurse, NOW, due_at=DUE)
    after = said_of(morning, nurse, NOW + timedelta(minutes=20), vitamin, place=2, due_at=DUE)
    first, second = send(cart, nurse, LATER, before, after)
    assert first.administration_id is not None, "it was given while the order ran"
    assert [finding.code for finding in second.findings] == ["dose.order_stopped"]


def test_an_order_held_meanwhile_leaves_a_dose_to_settle(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    actions.hold_order(by=morning.here.prescriber, at=NOW, order_id=morning.thiamine.pk, why="Nausea")
    [taken] = send(cart, nurse, LATER, said_of(morning, nurse, NOW + timedelta(minutes=2), due_at=DUE))
    assert [finding.code for finding in taken.findings] == ["dose.order_held"]


def test_two_tablets_without_the_network_with_the_same_client(morning: Morning) -> None:
    one, two = tablet(morning.here), tablet(morning.here, "Cart 2")
    nurse, colleague = morning.here.on_unit, morning.here.second_nurse
    [first] = send(one, nurse, LATER, said_of(morning, nurse, NOW, due_at=DUE))
    theirs = said_of(morning, colleague, NOW + timedelta(minutes=3), due_at=DUE)
    [second] = send(two, colleague, LATER, theirs)
    assert first.administration_id and second.unsettled_id
    assert Administration.objects.count() == 1
    assert Unsettled.objects.get().dose.tablet == two


def test_the_gap_of_an_as_needed_dose_counts_what_was_queued_before_it(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    pain: dict[str, Any] = {"prn_reason": "Headache", "scale": "pain", "score": "6"}
    doses = [
        said_of(morning, nurse, NOW + timedelta(hours=hours), morning.ibuprofen, place=hours + 1, **pain)
        for hours in (0, 2, 7)
    ]
    first, too_soon, free = send(cart, nurse, NOW + timedelta(hours=8), *doses)
    assert first.administration_id and free.administration_id
    assert [finding.code for finding in too_soon.findings] == ["prn.too_soon"]


def test_thirteen_hours_without_the_network_across_a_clock_change(db: None) -> None:
    """The night of 2 November 2025 in New York: 01:30 comes twice, both are instants of their own."""
    evening = datetime(2025, 11, 2, 1, 0, tzinfo=UTC)  # 21:00 on Saturday
    morning = make_morning(evening)
    cart, nurse = tablet(morning.here), morning.here.on_unit
    hourly = [order(morning.episode, medication(f"Drug {n}", "5 mg"), at_times("01:30"), by=nurse) for n in range(2)]
    first, second = datetime(2025, 11, 2, 5, 30, tzinfo=UTC), datetime(2025, 11, 2, 6, 30, tzinfo=UTC)
    doses = [
        said_of(morning, nurse, moment, each, place=place, due_at=first.isoformat(), contact_at=evening.isoformat())
        for place, (moment, each) in enumerate(zip((first, second), hourly, strict=True))
    ]
    back = evening + timedelta(hours=13)
    assert all(each.administration_id for each in send(cart, nurse, back, *doses))
    rows = Administration.objects.order_by("pk")
    assert [row.wall_clock for row in rows] == ["2025-11-02T01:30-04:00", "2025-11-02T01:30-05:00"]
    assert [row.minutes_off for row in rows] == [0, 60]
    assert rows[1].reasons["dose.late_entry"] == "Charted at 01:30 (second time) without the network"


def test_a_clock_that_jumped_leaves_the_time_to_a_person(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    [taken] = send(cart, nurse, LATER, said_of(morning, nurse, NOW, due_at=DUE), now_off=timedelta(hours=-2))
    assert [finding.code for finding in taken.findings] == ["tablet.clock_moved"]
    assert "moved by 120 min" in taken.findings[0].message


def test_a_tablet_that_heard_of_nobody_for_a_day_is_not_believed_blindly(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    long_ago = (NOW - timedelta(hours=25)).isoformat()
    [taken] = send(cart, nurse, LATER, said_of(morning, nurse, NOW, due_at=DUE, contact_at=long_ago))
    assert [finding.code for finding in taken.findings] == ["tablet.too_long"]


def test_who_entered_it_late_on_the_tablet_says_why_then(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    said = said_of(morning, nurse, NOW + timedelta(hours=1), due_at=DUE, given_at=NOW.isoformat())
    [mute] = send(cart, nurse, LATER, said)
    assert [finding.code for finding in mute.findings] == ["dose.late_entry"]
    told = said | {"key": str(uuid4()), "overrides": {"dose.late_entry": "Was with another client"}}
    [taken] = send(cart, nurse, LATER, told)
    assert (
        Administration.objects.get(pk=taken.administration_id or 0).reasons["dose.late_entry"]
        == "Was with another client"
    )


def test_nothing_of_a_revoked_tablet_is_charted_and_nothing_of_it_is_lost(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    [before] = send(cart, nurse, LATER, said_of(morning, nurse, NOW, due_at=DUE))
    cart = revoke_tablet(by=morning.here.director, at=LATER, tablet_id=cart.pk)
    vitamin = vitamins(morning, 1)[0]
    [after] = send(cart, nurse, LATER, said_of(morning, nurse, NOW, vitamin, due_at=DUE))
    assert [finding.code for finding in after.findings] == ["tablet.revoked"]
    assert Administration.objects.get().pk == before.administration_id, "what it sent before stands"
    assert Unsettled.objects.get().dose.order == vitamin


def test_whose_role_ended_meanwhile_charts_nothing_any_more(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    said = said_of(morning, nurse, NOW, due_at=DUE)
    RoleAssignment.objects.filter(person=nurse).update(ended_at=NOW + timedelta(hours=1))
    [taken] = send(cart, morning.here.second_nurse, LATER, said)
    assert [finding.code for finding in taken.findings] == ["staff.not_allowed"]


@pytest.mark.parametrize(
    "wrong", [{"outcome": "swallowed"}, {"order_id": "one"}, {"due_at": "eight"}, {"amount": 100}, {"amount": "1e400"}]
)
def test_an_entry_that_cannot_be_read_is_kept_word_for_word(morning: Morning, wrong: dict[str, Any]) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    said = said_of(morning, nurse, NOW, **{"due_at": DUE} | wrong)
    read = replace(queued(said), trouble=(stop("tablet.unreadable", "It cannot be read."),))
    assert read.asked is None
    [taken] = take_queue(by=nurse, at=LATER, tablet=cart, doses=[read])
    assert Unsettled.objects.get(pk=taken.unsettled_id or 0).dose.said == said


def test_a_client_of_another_site_is_nobodys_business_here(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    stranger = client(morning.here, "Sol", "Away")
    [taken] = send(cart, nurse, LATER, said_of(morning, nurse, NOW, due_at=DUE, client_id=stranger.pk))
    assert [finding.code for finding in taken.findings] == ["dose.wrong_client"]
    assert Unsettled.objects.get().client is None


def test_a_key_that_meant_another_dose_is_no_answer(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    said = said_of(morning, nurse, NOW, due_at=DUE)
    send(cart, nurse, LATER, said)
    [other] = send(cart, nurse, LATER, said | {"note": "Something else"})
    assert (other.administration_id, other.unsettled_id) == (None, None)
    assert [finding.code for finding in other.findings] == ["request.key_reused"]


def test_a_queue_has_at_most_two_hundred_doses(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    many = [said_of(morning, nurse, NOW, place=place, due_at=DUE) for place in range(201)]
    with pytest.raises(Refused, match="1 to 200"):
        send(cart, nurse, LATER, *many)
    with pytest.raises(Refused, match="one key"):
        send(cart, nurse, LATER, many[0], many[0])


def test_two_hundred_doses_in_one_request_cost_by_the_client_not_by_the_dose(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit

    def queries(doses: int, clients: int) -> int:
        made: list[dict[str, Any]] = []
        for number in range(clients):
            who = client(morning.here, f"Ada{doses}", f"Client{number}")
            episode = admit(morning.here, who, morning.here.residential)
            for each in range(doses):
                drug = medication(f"Drug {each}", "10 mg")
                ordered = order(episode, drug, at_times("08:00"), by=morning.here.prescriber)
                made.append(said_of(morning, nurse, NOW, ordered, place=len(made), due_at=DUE, client_id=who.pk))
        with CaptureQueriesContext(connection) as seen:
            answers = send(cart, nurse, LATER, *made)
        assert all(answer.administration_id for answer in answers)
        return len(seen)

    few, many = queries(2, 4), queries(50, 4)
    assert many <= few
    assert few <= 4 * 25


def test_outcomes_without_an_amount_go_through_as_well(morning: Morning) -> None:
    cart, nurse = tablet(morning.here), morning.here.on_unit
    said = said_of(morning, nurse, NOW, due_at=DUE, outcome="refused", amount=None, unit=None, reason="not_needed")
    [taken] = send(cart, nurse, LATER, said)
    assert Administration.objects.get(pk=taken.administration_id or 0).outcome == Outcome.REFUSED
