"""Bad days: the hour that comes twice, a client who left meanwhile, a double tap, a storm of retries, strange values."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.models import Event
from audit.rules.findings import Refused
from emar import actions
from emar.actions.asked import Asked, measured, refuse_unwritable
from emar.models import Administration
from emar.rules.administration import Outcome
from programs.models import Episode, Leave, Placement
from tests.emar.conftest import EIGHT, NOW, Morning, make_morning
from tests.factories.meds import as_needed, at_times, medication, order

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
AUTUMN = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30 in New York, for the first time
quick = settings(derandomize=True, deadline=None, database=None, max_examples=150)


def told(call: Any, **changes: Any) -> str:
    before = Administration.objects.count(), Event.objects.count()
    with pytest.raises(Refused) as refused:
        call(**changes)
    assert (Administration.objects.count(), Event.objects.count()) == before
    return f"{refused.value.findings[0].code}: {refused.value}"


def test_0130_comes_twice_in_autumn_and_the_dose_once(db: None) -> None:
    morning = make_morning(AUTUMN)
    due = order(morning.episode, medication("Doxepin", "6 mg"), at_times("01:30"), by=morning.here.prescriber)
    ask: dict[str, Any] = {"order_id": due.pk, "due_at": AUTUMN, "amount": Decimal(6)}
    second = AUTUMN + HOUR
    assert told(morning.chart, order_id=due.pk, due_at=second, at=second, amount=Decimal(6)).startswith("dose.not_due")
    row = morning.chart(**ask, at=second)
    assert (row.minutes_off, row.wall_clock) == (60, "2026-11-01T01:30-05:00")
    said = told(morning.chart, **ask, at=second + MINUTE, by=morning.here.second_nurse)
    assert said == "dose.already_charted: Doxepin 01:30 was already charted given at 01:30 (second time) by RN Cole."


def test_an_as_needed_gap_counts_the_hour_that_comes_twice(db: None) -> None:
    morning = make_morning(AUTUMN)
    hourly = order(morning.episode, medication("Naproxen", "250 mg"), as_needed(1, 9), by=morning.here.prescriber)
    ask: dict[str, Any] = {"order_id": hourly.pk, "due_at": None, "amount": Decimal(250), "prn_reason": "Sore knee"}
    morning.chart(**ask)
    assert told(morning.chart, **ask, at=AUTUMN + 59 * MINUTE).startswith("prn.too_soon")
    assert morning.chart(**ask, at=AUTUMN + HOUR).outcome == "given"


def test_a_time_without_a_zone_never_falls_to_a_default_zone(db: None) -> None:
    morning = make_morning(AUTUMN)
    naive = datetime(2026, 11, 1, 1, 30)
    assert told(morning.chart, due_at=AUTUMN, given_at=naive).startswith("dose.no_zone")


def test_a_client_discharged_meanwhile_gets_nothing_but_what_was_given_before_is_charted(morning: Morning) -> None:
    left = NOW - 5 * MINUTE
    Placement.objects.filter(episode=morning.episode).update(ended_at=left)
    Episode.objects.filter(pk=morning.episode.pk).update(ended_at=left)
    assert told(morning.chart) == (
        "dose.not_placed: The client was not in a program at that time. Check the placement or the time."
    )
    assert morning.chart(given_at=left - MINUTE).given_at == left - MINUTE


def test_a_client_who_went_on_leave_after_the_dose_was_given_can_have_it_charted(morning: Morning) -> None:
    Leave.objects.create(episode=morning.episode, kind="pass", started_at=NOW - 5 * MINUTE, expected_at=NOW + 9 * HOUR)
    assert told(morning.chart).startswith("dose.on_leave")
    assert morning.chart(given_at=NOW - 6 * MINUTE).outcome == "given"


def test_a_client_who_moved_to_another_program_meanwhile_was_placed_all_the_time(morning: Morning) -> None:
    here, moved = morning.here, NOW - 5 * MINUTE
    Placement.objects.filter(episode=morning.episode).update(ended_at=moved)
    Placement.objects.create(
        episode=morning.episode, program=here.php, kind=here.php.kind, level=here.php.level, started_at=moved
    )
    assert morning.chart(given_at=NOW - 8 * MINUTE).outcome == "given"


def test_a_dose_given_while_the_order_was_held_is_not_charted_as_given(morning: Morning) -> None:
    hold: dict[str, Any] = {"by": morning.here.prescriber, "order_id": morning.thiamine.pk}
    actions.hold_order(**hold, at=NOW - 9 * MINUTE, why="Sedated")
    actions.release_order(**hold, at=NOW - 2 * MINUTE)
    assert told(morning.chart, given_at=NOW - 5 * MINUTE).startswith("dose.order_held")
    assert morning.chart(given_at=NOW - MINUTE).outcome == "given"


def test_an_as_needed_order_that_begins_later_is_not_given(morning: Morning) -> None:
    tonight = order(
        morning.episode, medication("Melatonin", "3 mg"), as_needed(), by=morning.here.prescriber, started_at=NOW + HOUR
    )
    said = told(morning.chart, order_id=tonight.pk, due_at=None, amount=Decimal(3), prn_reason="Cannot sleep")
    assert said == "dose.order_not_begun: The order for Melatonin begins at 09:10. Do not give it before."


def test_another_route_is_refused(morning: Morning) -> None:
    assert told(morning.chart, route="injection").startswith(
        "dose.wrong_route: The order is for by mouth, not injection."
    )
    assert morning.chart(route="By Mouth").outcome == "given"


def test_a_double_tap_is_one_dose(morning: Morning) -> None:
    key = uuid4()
    assert morning.chart(key=key).pk == morning.chart(key=key, at=NOW + timedelta(seconds=1)).pk


def test_the_same_request_fifty_times_at_once_is_one_dose(transactional_db: None) -> None:
    morning, key = make_morning(), uuid4()

    def tap(_: int) -> int:
        try:
            return int(morning.chart(key=key).pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        answered = set(pool.map(tap, range(50)))
    assert answered == {Administration.objects.get().pk}
    assert Event.objects.filter(verb="emar.administer").count() == 1


def test_two_nurses_who_send_a_whole_pass_at_once_double_nothing(transactional_db: None) -> None:
    morning = make_morning()
    here = morning.here
    orders = [
        order(morning.episode, medication(f"Vitamin {letter}", "10 mg"), at_times("08:00"), by=here.prescriber)
        for letter in "ABCD"
    ]

    def send(number: int) -> list[str]:
        doses = [
            Asked(order_id=each.pk, due_at=EIGHT, outcome=Outcome.GIVEN, identifiers=("wristband",), amount=Decimal(10),
                  unit="mg", key=uuid4())
            for each in (orders if number % 2 else reversed(orders))
        ]  # fmt: skip
        try:
            nurse = here.on_unit if number % 2 else here.second_nurse
            answers = actions.administer_all(by=nurse, at=NOW, client_id=morning.elin.pk, doses=doses)
            return [each.findings[0].code if each.findings else "written" for each in answers]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        said = [code for codes in pool.map(send, range(6)) for code in codes]
    assert (said.count("written"), said.count("dose.already_charted")) == (4, 20)
    assert Administration.objects.count() == 4


def test_a_dose_charted_while_it_is_undone_and_charted_again_stays_one(transactional_db: None) -> None:
    morning = make_morning()
    first = morning.chart()
    actions.undo(by=morning.here.on_unit, at=NOW + MINUTE, administration_id=first.pk)

    def again(number: int) -> str:
        nurse = morning.here.on_unit if number % 2 else morning.here.second_nurse
        try:
            return str(morning.chart(by=nurse, at=NOW + 2 * MINUTE, key=uuid4()).outcome)
        except Refused as refused:
            return refused.findings[0].code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(again, range(6)))
    assert (said.count("given"), said.count("dose.already_charted")) == (1, 5)


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"measure": "pulse"}, {"measure": "mood", "value": "3", "taken_at": NOW}, {"measure": "pulse", "value": "x"},
        {"measure": "pulse", "value": "NaN", "taken_at": NOW}, {"measure": "pulse", "value": "1e9", "taken_at": "soon"},
        {"measure": "pulse", "value": "60.00001", "taken_at": NOW}, {"measure": "pulse", "value": None, "taken_at": NOW},
    ],
)  # fmt: skip
def test_a_value_that_is_none_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        measured([sent])
    assert refused.value.findings[0].code == "dose.measure_wrong"


@quick
@given(
    st.one_of(st.none(), st.decimals()),
    st.text(max_size=400),
    st.one_of(st.none(), st.decimals()),
    st.datetimes(timezones=st.just(UTC)) | st.datetimes(),
    st.sampled_from(Outcome),
)
def test_whatever_is_sent_is_refused_with_a_sentence_or_can_be_written(
    amount: Decimal | None, text: str, score: Decimal | None, moment: datetime, outcome: Outcome
) -> None:
    asked = Asked(
        order_id=1,
        due_at=moment,
        outcome=outcome,
        amount=amount,
        note=text,
        prn_reason=text,
        score=score,
        given_at=moment,
    )
    try:
        refuse_unwritable(asked, NOW)
    except Refused as refused:
        assert all(finding.message.endswith(".") for finding in refused.findings)
    else:
        assert "\x00" not in text
        assert len(text) <= 120
        assert moment.utcoffset() is not None
