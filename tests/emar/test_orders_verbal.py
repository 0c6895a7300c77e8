"""A nurse writes down what a prescriber says, reads it back, and the prescriber signs it."""

from typing import Any

import pytest

from emar import actions
from emar.models import VerbalOrder
from emar.queries.orders import cosigns
from staff.access import NotAllowed
from tests.emar.conftest import NOW, Morning
from tests.emar.ordering import HOUR, MINUTE, by_phone, change, page_says, refused, write
from tests.factories.meds import policy


def test_a_nurse_writes_down_what_a_prescriber_says(morning: Morning) -> None:
    policy(morning.here.site, at=NOW - HOUR, cosign_hours=12)
    made = write(morning, by=morning.here.on_unit, verbal=by_phone(morning))
    row = VerbalOrder.objects.get()
    assert (row.order, row.prescriber, row.by, row.cosign_due_at) == (
        made, morning.here.prescriber, morning.here.on_unit, NOW + 12 * HOUR,
    )  # fmt: skip
    assert (made.by, made.written_at) == (morning.here.on_unit, NOW)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"read_back": False}, "order.read_back"),
        ({"heard": "rumour"}, "order.heard"),
        ({"prescriber_id": 0}, "order.prescriber"),
    ],
)
def test_a_verbal_order_is_named_heard_and_read_back(morning: Morning, changes: dict[str, Any], code: str) -> None:
    verbal = by_phone(morning, **changes)
    assert refused(lambda: write(morning, by=morning.here.on_unit, verbal=verbal), code) == page_says(code)


def test_only_who_may_order_is_named(morning: Morning) -> None:
    for who in (morning.here.second_nurse, morning.here.on_unit):
        verbal = by_phone(morning, prescriber_id=who.pk)
        refused(lambda verbal=verbal: write(morning, by=morning.here.on_unit, verbal=verbal), "order.prescriber")  # type: ignore[misc]
    with pytest.raises(NotAllowed):
        write(morning, by=morning.here.facilitator, verbal=by_phone(morning))


def test_a_nurse_stops_holds_releases_and_changes_on_a_prescribers_word(morning: Morning) -> None:
    nurse: dict[str, Any] = {"by": morning.here.on_unit, "verbal": by_phone(morning)}
    new = change(morning, **nurse)
    actions.hold_order(at=NOW + MINUTE, order_id=new.pk, why="Low pressure", **nurse)
    actions.release_order(at=NOW + 2 * MINUTE, order_id=new.pk, **nurse)
    actions.stop_order(at=NOW + 3 * MINUTE, order_id=new.pk, why="Rash", **nurse)
    assert list(VerbalOrder.objects.order_by("pk").values_list("act", flat=True)) == [
        "change",
        "hold",
        "release",
        "stop",
    ]


def test_a_co_signature_is_due_and_then_there(morning: Morning) -> None:
    write(morning, by=morning.here.on_unit, verbal=by_phone(morning))
    site, prescriber = morning.here.site.pk, morning.here.prescriber
    (waiting,) = cosigns(site, at=NOW)
    assert (waiting.prescriber, waiting.by, waiting.overdue, waiting.act) == ("MD Okoye", "RN Cole", False, "Written")
    assert [row.overdue for row in cosigns(site, at=NOW + 25 * HOUR, prescriber_id=prescriber.pk)] == [True]
    assert (
        cosigns(site, at=NOW, prescriber_id=morning.here.on_unit.pk)
        == cosigns(morning.here.other_site.pk, at=NOW)
        == []
    )
    actions.cosign(by=prescriber, at=NOW + HOUR, verbal_id=waiting.pk)
    assert cosigns(site, at=NOW + HOUR) == []
    said = refused(lambda: actions.cosign(by=prescriber, at=NOW + HOUR, verbal_id=waiting.pk), "order.cosigned_already")
    assert said == page_says("order.cosigned_already")
    with pytest.raises(NotAllowed):
        actions.cosign(by=morning.here.on_unit, at=NOW, verbal_id=waiting.pk)
