"""All doses of a client in one request: each judged by itself, in one transaction, with one announcement."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Answer, Event
from audit.rules.findings import Refused
from emar import actions
from emar.actions import Asked, NothingWritten
from emar.models import Administration, Order
from emar.rules.administration import Outcome
from live.queries import current_seq
from programs.topics import pass_topic
from staff.access import NotAllowed
from tests.emar.conftest import EIGHT, NOW, Morning
from tests.factories import admit, client
from tests.factories.meds import as_needed, at_times, medication, order


def several(morning: Morning, number: int) -> list[Order]:
    return [
        order(morning.episode, medication(f"Vitamin {letter}", "10 mg"), at_times("08:00"), by=morning.here.prescriber)
        for letter in "ABCDEFGHIJKLMNOPQRST"[:number]
    ]


def asked(each: Order, **changes: Any) -> Asked:
    given = Asked(
        order_id=each.pk, due_at=EIGHT, outcome=Outcome.GIVEN, identifiers=("wristband",), amount=each.dose, unit=each.unit,
        key=uuid4(),
    )  # fmt: skip
    return replace(given, **changes)


def chart(morning: Morning, doses: list[Asked], **changes: Any) -> tuple[actions.Answer, ...]:
    request: dict[str, Any] = {"by": morning.here.on_unit, "at": NOW, "client_id": morning.elin.pk, "doses": doses}
    return actions.administer_all(**request | changes)


def test_every_dose_is_written_with_its_event_and_the_unit_is_told_once(morning: Morning) -> None:
    doses, topic = [asked(each) for each in several(morning, 5)], pass_topic(morning.here.unit.pk)
    before = current_seq(topic)
    answers = chart(morning, doses)
    assert [answer.row.order_id for answer in answers if answer.row] == [dose.order_id for dose in doses]
    assert Event.objects.filter(verb="emar.administer").count() == 5
    assert current_seq(topic) == before + 1


def test_a_dose_that_is_refused_leaves_the_others_alone(morning: Morning) -> None:
    one, other = several(morning, 2)
    answers = chart(morning, [asked(one, amount=Decimal(1000)), asked(other)])
    assert [finding.code for finding in answers[0].findings] == ["dose.amount"]
    assert (answers[0].row, answers[1].findings) == (None, ())
    assert Administration.objects.get().order_id == other.pk


def test_together_means_all_or_none(morning: Morning) -> None:
    one, other = several(morning, 2)
    with pytest.raises(NothingWritten) as refused:
        chart(morning, [asked(one), asked(other, unit="mL")], together=True)
    assert [bool(answer.findings) for answer in refused.value.answers] == [False, True]
    assert not Administration.objects.exists()
    assert not Answer.objects.exists()


def test_a_retry_is_answered_dose_by_dose(morning: Morning) -> None:
    one, other = (asked(each) for each in several(morning, 2))
    first = chart(morning, [one])
    again = chart(morning, [one, other])
    assert (again[0].again, again[0].row) == (True, first[0].row)
    assert not again[1].again
    assert Administration.objects.count() == 2


def test_a_refused_dose_does_not_use_up_its_key_and_a_key_means_one_dose(morning: Morning) -> None:
    one, other = several(morning, 2)
    key = uuid4()
    chart(morning, [asked(one, key=key, amount=Decimal(1000)), asked(other)])
    assert chart(morning, [asked(one, key=key)])[0].row
    (reused,) = chart(morning, [asked(one, key=key, outcome=Outcome.PARTIAL, amount=Decimal(5))])
    assert [finding.code for finding in reused.findings] == ["request.key_reused"]
    with pytest.raises(Refused, match="Two doses of this request have one key"):
        chart(morning, [asked(one, key=key), asked(other, key=key)])


def test_doses_of_one_request_count_for_each_other(morning: Morning) -> None:
    prn = order(morning.episode, medication("Naproxen", "250 mg"), as_needed(6, 4), by=morning.here.prescriber)
    twice = [asked(prn, due_at=None, prn_reason="Sore knee") for _ in range(2)]
    assert [[finding.code for finding in answer.findings] for answer in chart(morning, twice)] == [[], ["prn.too_soon"]]
    (one,) = several(morning, 1)
    double = chart(morning, [asked(one), asked(one)])
    assert [[finding.code for finding in answer.findings] for answer in double] == [[], ["dose.already_charted"]]


def test_somebody_elses_dose_is_told_and_a_charted_one_too(morning: Morning) -> None:
    here = morning.here
    other = admit(here, client(here, "Wale", "Tunde"), here.residential, here.beds[1])
    theirs = order(other, medication("Lithium", "300 mg"), at_times("08:00"), by=here.prescriber)
    (mine,) = several(morning, 1)
    chart(morning, [asked(mine)])
    answers = chart(morning, [asked(theirs), asked(mine)], by=here.second_nurse)
    assert [[finding.code for finding in answer.findings] for answer in answers] == [
        ["dose.wrong_client"], ["dose.already_charted"],
    ]  # fmt: skip


def test_who_may_not_chart_one_dose_may_not_chart_many(morning: Morning) -> None:
    with pytest.raises(NotAllowed):
        chart(morning, [asked(each) for each in several(morning, 2)], by=morning.here.facilitator)
    with pytest.raises(Order.DoesNotExist):
        chart(morning, [replace(asked(morning.thiamine), order_id=10**9)])
    with pytest.raises(Refused, match="Send 1 to 60 doses"):
        chart(morning, [])


def test_times_that_cannot_be_are_told_for_their_dose(morning: Morning) -> None:
    one, other = several(morning, 2)
    answers = chart(morning, [asked(one, due_at=EIGHT.replace(tzinfo=None)), asked(other)])
    assert [[finding.code for finding in answer.findings] for answer in answers] == [["dose.no_zone"], []]
    far = asked(other, due_at=EIGHT + timedelta(days=800))
    assert chart(morning, [far])[0].findings[0].code == "dose.time"


def test_twenty_doses_take_as_many_queries_as_two(morning: Morning) -> None:
    orders = several(morning, 20)

    def counted(doses: list[Asked]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            chart(morning, doses)
        return len(seen)

    few, many = counted([asked(each) for each in orders[:2]]), counted([asked(each) for each in orders[2:]])
    assert few == many
    assert many <= 14


def test_one_dose_takes_few_queries(morning: Morning) -> None:
    with CaptureQueriesContext(connection) as seen:
        morning.chart(key=uuid4())
    assert len(seen) <= 13, "\n".join(each["sql"][:150] for each in seen.captured_queries)
