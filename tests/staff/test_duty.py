"""Who is on duty can be asked to sign; coming on and going off is one tap each."""

from datetime import timedelta
from uuid import uuid4

import pytest

from audit.models import Event
from audit.rules.findings import Refused
from staff.access import NotAllowed
from staff.actions import come_on, go_off
from staff.models import Duty, Person
from staff.queries import on_duty, who_may_sign
from staff.rules.capabilities import Capability
from tests.factories import World, signs

HOUR = timedelta(hours=1)


def names(here: World, after: timedelta = timedelta(0)) -> list[str]:
    return [line.person.name for line in on_duty(here.site.pk, here.now + after)]


def test_who_comes_on_is_on_duty_until_they_go(here: World) -> None:
    come_on(by=here.on_unit, at=here.now, site_id=here.site.pk)
    assert names(here) == ["Robin Cole"]
    assert on_duty(here.other_site.pk, here.now) == []
    go_off(by=here.on_unit, at=here.now + HOUR, site_id=here.site.pk)
    assert names(here, HOUR) == []
    assert list(Event.objects.order_by("id").values_list("verb", flat=True)) == ["staff.come_on", "staff.go_off"]


def test_a_second_tap_with_the_same_key_is_the_same_act(here: World) -> None:
    key = uuid4()
    taps = [come_on(by=here.on_unit, at=here.now, site_id=here.site.pk, key=key) for _ in range(2)]
    assert taps[0] == taps[1]


def test_nobody_comes_on_twice_or_goes_off_twice_or_at_the_very_instant(here: World) -> None:
    come_on(by=here.on_unit, at=here.now, site_id=here.site.pk)
    with pytest.raises(Refused, match="on duty here already"):
        come_on(by=here.on_unit, at=here.now + HOUR, site_id=here.site.pk)
    with pytest.raises(Refused, match="this very moment"):
        go_off(by=here.on_unit, at=here.now, site_id=here.site.pk)
    go_off(by=here.on_unit, at=here.now + HOUR, site_id=here.site.pk)
    with pytest.raises(Refused, match="not on duty here"):
        go_off(by=here.on_unit, at=here.now + 2 * HOUR, site_id=here.site.pk)


def test_who_holds_no_role_at_the_site_does_not_come_on_there(here: World) -> None:
    with pytest.raises(NotAllowed, match="no role at this site"):
        come_on(by=here.elsewhere, at=here.now, site_id=here.site.pk)


def test_a_duty_that_somebody_forgot_to_end_wears_off_and_they_come_on_again(here: World) -> None:
    first = come_on(by=here.on_unit, at=here.now, site_id=here.site.pk)
    assert names(here, 16 * HOUR - timedelta(seconds=1)) == ["Robin Cole"]
    assert names(here, 16 * HOUR) == []
    come_on(by=here.on_unit, at=here.now + 20 * HOUR, site_id=here.site.pk)
    assert names(here, 20 * HOUR) == ["Robin Cole"]
    first.refresh_from_db()
    assert first.ended_at == here.now + 20 * HOUR
    assert Duty.objects.filter(ended_at=None).count() == 1


def test_only_who_is_on_duty_and_holds_the_capability_is_offered(here: World) -> None:
    for who in (here.on_unit, here.second_nurse, here.intake, here.prescriber):
        signs(who, here.site, at=here.now)
    signs(here.elsewhere, here.other_site, at=here.now)
    Person.objects.filter(pk=here.prescriber.pk).update(is_active=False)

    def offered(capability: Capability, *but_not: int) -> list[str]:
        return [who.name for who in who_may_sign(here.site.pk, here.now, capability, but_not)]

    assert offered(Capability.WITNESS) == ["Ada Ames", "Robin Cole"]
    assert offered(Capability.WITNESS, here.on_unit.pk) == ["Ada Ames"]
    assert offered(Capability.STOCK_SUPERVISE) == []
    assert names(here) == ["Ada Ames", "Imani Clarke", "Robin Cole"]
