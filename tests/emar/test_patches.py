"""Patches come in pairs: the new one asks for the old one's removal, and says where it is (emar-safety rule 36)."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from audit.models import Override
from audit.rules.findings import Refused
from emar import actions
from emar.keys import minute_of
from emar.models import Administration, Order, PatchSeen
from emar.queries import dose_row
from emar.queries.patches import worn
from emar.rules.administration import Outcome
from emar.rules.schedule import Once
from live.queries import current_seq
from programs.topics import pass_topic
from staff.access import NotAllowed
from tests.emar.conftest import EIGHT, NOW, Morning, make_morning
from tests.emar.desk import body
from tests.emar.test_views import pass_url, verified
from tests.factories.meds import at_times, medication, order

DAY = timedelta(days=1)
ON_THE_ARM: dict[str, Any] = {"amount": Decimal(21), "unit": "mg", "body_site": "upper_arm_left"}


def nicotine(morning: Morning, **more: Any) -> Order:
    drug = medication("Nicotine", "21 mg", form="patch", route="on the skin", sites="patch")
    return order(morning.episode, drug, at_times("08:00"), by=morning.here.prescriber, **more)


def put_on(morning: Morning, patch: Order, at: datetime, **changes: Any) -> Administration:
    due = EIGHT + (at.date() - EIGHT.date())
    return morning.chart(order_id=patch.pk, due_at=due, at=at, **ON_THE_ARM | changes)


def on_now(morning: Morning, at: datetime = NOW) -> list[str]:
    return [each.where for each in worn(morning.elin.pk, at) if each.on]


def test_the_first_patch_asks_for_nothing(morning: Morning) -> None:
    put_on(morning, nicotine(morning), NOW)
    assert on_now(morning) == ["Left upper arm"]


def test_the_next_patch_asks_for_the_old_one_and_says_where_it_is(morning: Morning) -> None:
    patch = nicotine(morning)
    put_on(morning, patch, NOW - DAY)
    with pytest.raises(Refused) as refused:
        put_on(morning, patch, NOW, body_site="chest_right")
    assert str(refused.value) == (
        "The old Nicotine patch is still on: left upper arm, since 08:10 on Sun 4 Jan."
        " Take it off and say so, or say why it stays."
    )
    new = put_on(morning, patch, NOW, body_site="chest_right", patch_off=True)
    assert on_now(morning) == ["Chest, right"]
    seen = PatchSeen.objects.get()
    assert (seen.state, seen.seen_at, seen.by_id) == ("off", new.given_at, morning.here.on_unit.pk)


def test_a_patch_that_stays_has_its_reason(morning: Morning) -> None:
    patch = nicotine(morning)
    put_on(morning, patch, NOW - DAY)
    put_on(morning, patch, NOW, body_site="chest_right", overrides={"dose.patch_on": "Two ordered today"})
    assert on_now(morning) == ["Chest, right", "Left upper arm"]
    assert Override.objects.filter(code="dose.patch_on", reason="Two ordered today").exists()


def test_a_patch_of_another_ingredient_asks_for_nothing(morning: Morning) -> None:
    put_on(morning, nicotine(morning), NOW - DAY)
    drug = medication(
        "Clonidine patch", "0.1 mg", ingredient="clonidine", form="patch", route="on the skin", sites="patch"
    )
    other = order(morning.episode, drug, at_times("08:00"), by=morning.here.prescriber)
    put_on(morning, other, NOW, amount=Decimal("0.1"), body_site="chest_right")
    assert len(on_now(morning)) == 2


@pytest.mark.parametrize("state", ["off", "fell_off", "missing"])
def test_after_it_came_off_the_next_asks_for_nothing(morning: Morning, state: str) -> None:
    patch, here = nicotine(morning), morning.here
    row = put_on(morning, patch, NOW - DAY)
    before = current_seq(pass_topic(here.unit.pk))
    actions.see_patch(by=here.second_nurse, at=NOW - DAY / 2, administration_id=row.pk, state=state)
    assert current_seq(pass_topic(here.unit.pk)) == before + 1
    assert on_now(morning) == []
    assert put_on(morning, patch, NOW, body_site="chest_right").outcome == "given"


def test_a_slip_is_put_right_by_a_second_statement_and_both_stay(morning: Morning) -> None:
    here, row = morning.here, put_on(morning, nicotine(morning), NOW - DAY)

    def see(state: str, **more: Any) -> PatchSeen:
        return actions.see_patch(by=here.on_unit, at=NOW, administration_id=row.pk, state=state, **more)

    see("off")
    with pytest.raises(Refused, match="Say why it is on after all"):
        see("on")
    see("on", note="Wrong patch")
    assert on_now(morning) == ["Left upper arm"]
    assert list(PatchSeen.objects.order_by("pk").values_list("state", flat=True)) == ["off", "on"]


def test_a_second_nurse_is_told_who_took_it_off(morning: Morning) -> None:
    here, row = morning.here, put_on(morning, nicotine(morning), NOW - DAY)
    actions.see_patch(by=here.on_unit, at=NOW, administration_id=row.pk, state="off")
    with pytest.raises(Refused, match="written down as taken off at 08:10 by RN Cole already"):
        actions.see_patch(by=here.second_nurse, at=NOW, administration_id=row.pk, state="fell_off")


def test_what_was_said_of_a_row_goes_over_to_its_correction(morning: Morning) -> None:
    here, row = morning.here, put_on(morning, nicotine(morning), NOW - DAY)
    actions.see_patch(by=here.on_unit, at=NOW - DAY / 2, administration_id=row.pk, state="off")
    actions.correct(
        by=here.on_unit, at=NOW, administration_id=row.pk, outcome=Outcome.GIVEN, note="It was the right arm",
        amount=Decimal(21), unit="mg", body_site="upper_arm_right",
    )  # fmt: skip
    assert on_now(morning) == []


def test_an_undone_patch_is_not_on_and_what_is_no_patch_is_refused(morning: Morning) -> None:
    here, row = morning.here, put_on(morning, nicotine(morning), NOW)
    actions.undo(by=here.on_unit, at=NOW, administration_id=row.pk, note="Wrong tap")
    assert on_now(morning) == []
    pill = morning.chart()
    for each in (row, pill):
        with pytest.raises(Refused, match="not a patch that the client wears"):
            actions.see_patch(by=here.on_unit, at=NOW, administration_id=each.pk, state="off")


def test_who_gives_no_doses_may_not(morning: Morning) -> None:
    row = put_on(morning, nicotine(morning), NOW)
    with pytest.raises(NotAllowed):
        actions.see_patch(by=morning.here.prescriber, at=NOW, administration_id=row.pk, state="off")


def test_the_database_keeps_what_was_said(morning: Morning) -> None:
    row = put_on(morning, nicotine(morning), NOW)
    asked: dict[str, Any] = {"administration": row, "by": morning.here.on_unit, "seen_at": NOW, "recorded_at": NOW}
    for wrong in ({"state": "on"}, {"state": "off", "seen_at": NOW + DAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PatchSeen.objects.create(**asked | wrong)
    kept = PatchSeen.objects.create(**asked | {"state": "off"})
    with pytest.raises(DatabaseError), transaction.atomic():
        PatchSeen.objects.filter(pk=kept.pk).update(state="on", note="no")


@pytest.mark.django_db
def test_the_page_shows_the_patch_takes_it_off_in_two_taps_and_the_sheet_asks_for_the_old_one() -> None:
    morning = make_morning(timezone.now())
    now, by = morning.here.now, morning.here.prescriber
    drug = nicotine(morning).medication
    old, new = (
        order(morning.episode, drug, Once(), by=by, started_at=now - late) for late in (DAY, timedelta(minutes=2))
    )
    row = morning.chart(order_id=old.pk, due_at=old.started_at, at=now - DAY, **ON_THE_ARM)
    morning.thiamine = new
    browser = verified(morning, morning.here.on_unit)
    page = body(browser.get(f"{pass_url(morning)}?client={morning.elin.pk}"))
    assert "Nicotine patch 21 mg is on" in page and "Left upper arm · put on" in page
    sheet = body(browser.get(f"/pass/orders/{new.pk}/{minute_of(new.started_at)}/sheet/?give=yes"))
    assert "Old patch taken off: Left upper arm, on since" in sheet
    asked = dose_row(morning.here.site, new.pk, minute_of(new.started_at), at=timezone.now())
    assert asked is not None
    take = body(browser.get(f"/pass/patches/{row.pk}/sheet/"))
    key = take.split('name="key" value="')[1].split('"')[0]
    answer = body(browser.post(f"/pass/patches/{row.pk}/", {"key": key, "state": "off"}))
    assert "Nicotine patch 21 mg is off" in answer and "taken off" in answer
    assert body(browser.post(f"/pass/patches/{row.pk}/", {"key": key, "state": "off"})) == answer
    assert PatchSeen.objects.count() == 1
