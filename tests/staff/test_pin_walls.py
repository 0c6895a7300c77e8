"""What the database refuses whoever asks, and two at the same moment."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.rules.findings import Refused
from staff.actions import come_on, prove, use
from staff.models import Duty, Person, Pin, PinTry, Proof
from staff.rules.capabilities import Capability
from tests.beds.racing import WON, race
from tests.factories import PIN, World, signs, world

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ames(here: World) -> Person:
    return signs(here.second_nurse, here.site, at=here.now)


def proved(here: World, who: Person) -> Proof:
    return prove(person_id=who.pk, pin=PIN, site=here.site, purpose="waste", at=here.now)


@pytest.mark.parametrize(
    "change", [{"used_at": None}, {"person_id": 1}, {"purpose": "count"}, {"expires_at": datetime(2030, 1, 1, tzinfo=UTC)}]
)  # fmt: skip
def test_a_used_proof_never_changes(change: dict[str, object], here: World, ames: Person) -> None:
    proof = proved(here, ames)
    use(proof.pk, purpose="waste", site=here.site, at=here.now, capability=Capability.WITNESS)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Proof.objects.filter(pk=proof.pk).update(**change)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Proof.objects.filter(pk=proof.pk).delete()


def test_an_unused_proof_takes_nothing_but_its_use(here: World, ames: Person) -> None:
    mine = Proof.objects.filter(pk=proved(here, ames).pk)
    for change in ({"person": here.on_unit}, {"purpose": "count"}, {"at": here.now + MINUTE}):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            mine.update(**change)
    with pytest.raises(IntegrityError, match="staff_proof_used_in_time"), transaction.atomic():
        mine.update(used_at=here.now + 3 * MINUTE)
    assert mine.update(used_at=here.now) == 1


def test_no_proof_without_a_right_pin_of_that_person(here: World, ames: Person) -> None:
    pin = Pin.objects.get(person=ames)

    def row(who: Person, right: bool, used: datetime | None = None) -> Proof:
        tried = PinTry.objects.create(person=ames, pin=pin, site=here.site, at=here.now, right=right)
        return Proof.objects.create(
            person=who, site=here.site, purpose="waste", at=here.now, expires_at=here.now + MINUTE, attempt=tried,
            used_at=used,
        )  # fmt: skip

    for asked in ((ames, False, None), (here.on_unit, True, None), (ames, True, here.now)):
        with pytest.raises(IntegrityError, match=r"right PIN|before it is made"), transaction.atomic():
            row(*asked)
    assert row(ames, True).pk


def test_pins_and_tries_are_never_changed(here: World, ames: Person) -> None:
    proved(here, ames)
    for model in (Pin, PinTry):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            model.objects.update(person=here.on_unit)
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            model.objects.all()._raw_delete(model.objects.db)  # past Django, which minds protected rows


def test_a_duty_that_ended_is_history(here: World, ames: Person) -> None:
    Duty.objects.update(ended_at=here.now)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Duty.objects.update(ended_at=None)
    with pytest.raises(IntegrityError, match="staff_duty_once"), transaction.atomic():
        Duty.objects.create(person=ames, site=here.site, started_at=here.now - MINUTE)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Threads and transactions of their own."""

    @pytest.fixture
    def here(self, transactional_db: None, now: datetime) -> World:
        return world(now)

    def test_of_two_acts_with_one_proof_one_is_signed(self, here: World, ames: Person) -> None:
        proof = proved(here, ames)

        def act() -> None:
            with transaction.atomic():
                use(proof.pk, purpose="waste", site=here.site, at=here.now, capability=Capability.WITNESS)

        assert sorted(race(act, act))[::-1] == [WON, "The PIN of RN Ames signed something already. Enter it again."]

    def test_wrong_pins_at_once_are_each_counted_and_only_three_looked_at(self, here: World, ames: Person) -> None:
        def guess() -> None:
            prove(person_id=ames.pk, pin="9182", site=here.site, purpose="waste", at=here.now)

        assert WON not in race(*[guess] * 4)
        assert PinTry.objects.filter(right=False).count() == 3

    def test_a_wrong_try_is_kept_though_its_act_never_was(self, here: World, ames: Person) -> None:
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            proved(here, ames)
        with pytest.raises(Refused):
            prove(person_id=ames.pk, pin="9182", site=here.site, purpose="waste", at=here.now)
        assert PinTry.objects.count() == 1

    def test_two_taps_come_on_duty_once(self, here: World) -> None:
        def tap() -> None:
            come_on(by=here.on_unit, at=here.now, site_id=here.site.pk)

        assert sorted(race(tap, tap))[::-1] == ["won", "You are on duty here already. Reload the page."]
        assert Duty.objects.count() == 1
