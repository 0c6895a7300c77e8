"""A second person signs on a shared tablet: their own PIN, their own site, one purpose, one act, two minutes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from audit.models import Answer, Event
from audit.rules.findings import Refused
from staff.access import NotAllowed
from staff.actions import end_role, go_off, prove, set_pin, take_pin, use
from staff.models import Person, Pin, PinTry, Proof, RoleAssignment
from staff.rules.capabilities import Capability, Role
from tests.factories import PIN, World, assign, person, signs

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WRONG = "9182"


@pytest.fixture
def ames(here: World) -> Person:
    return signs(here.second_nurse, here.site, at=here.now)


def enter(here: World, who: Person, pin: str = PIN, *, after: timedelta = 0 * SECOND, purpose: str = "waste") -> Proof:
    return prove(person_id=who.pk, pin=pin, site=here.site, purpose=purpose, at=here.now + after)


def sign(here: World, proof: Proof, *, after: timedelta = 0 * SECOND, purpose: str = "waste") -> Person:
    return use(proof.pk, purpose=purpose, site=here.site, at=here.now + after, capability=Capability.WITNESS)


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.findings[0].code


def test_the_right_pin_signs_once(here: World, ames: Person) -> None:
    proof = enter(here, ames)
    assert sign(here, proof, after=MINUTE) == ames
    with pytest.raises(Refused, match="signed something already"):
        sign(here, proof, after=MINUTE)
    proof.refresh_from_db()
    assert (proof.used_at, proof.attempt.right) == (here.now + MINUTE, True)


def test_a_wrong_pin_proves_nothing_and_counts(here: World, ames: Person) -> None:
    with pytest.raises(Refused, match=r"not the PIN of RN Ames\. 2 more tries"):
        enter(here, ames, WRONG)
    assert not Proof.objects.exists()
    assert PinTry.objects.get().right is False


def test_the_pin_of_somebody_else_is_wrong(here: World, ames: Person) -> None:
    signs(here.prescriber, here.site, at=here.now, pin="6084")
    with pytest.raises(Refused, match="not the PIN of RN Ames"):
        enter(here, ames, "6084")


def test_after_three_wrong_tries_even_the_right_one_waits_until_a_named_second(here: World, ames: Person) -> None:
    for _ in range(3):
        with pytest.raises(Refused):
            enter(here, ames, WRONG)
    with pytest.raises(Refused, match="wait until 10:42:30") as refused:
        enter(here, ames, after=29 * SECOND)
    assert (code(refused), PinTry.objects.count()) == ("pin.wait", 3)
    assert enter(here, ames, after=30 * SECOND).person == ames


def lock(here: World, who: Person) -> None:
    for number in range(10):
        with pytest.raises(Refused):
            enter(here, who, WRONG, after=number * MINUTE)


def test_ten_wrong_tries_lock_the_pin_until_its_person_sets_a_new_one(here: World, ames: Person) -> None:
    lock(here, ames)
    later = here.now + timedelta(hours=2)
    with pytest.raises(Refused, match=r"locked after 10 wrong tries\. They set a new one") as refused:
        enter(here, ames, after=timedelta(hours=2))
    assert (code(refused), PinTry.objects.count()) == ("pin.locked", 10)
    assert Event.objects.filter(verb="staff.pin_locked", site_id=here.site.pk).count() == 1
    ames.set_password("a long pass phrase")
    ames.save()
    set_pin(by=ames, at=later, pin="6084", password="a long pass phrase", site_id=here.site.pk)
    assert enter(here, ames, "6084", after=timedelta(hours=2)).person == ames


def test_an_administrator_takes_a_pin_away_and_knows_no_new_one(here: World, ames: Person) -> None:
    chief = assign(person("chief", "Ora Chief"), here.site, Role.ADMINISTRATOR, at=here.now)
    take_pin(by=chief, at=here.now, person_id=ames.pk, site_id=here.site.pk)
    with pytest.raises(Refused, match="RN Ames has no PIN yet"):
        enter(here, ames)
    with pytest.raises(Refused, match="no PIN to take away"):
        take_pin(by=chief, at=here.now, person_id=ames.pk, site_id=here.site.pk)
    with pytest.raises(NotAllowed, match="Ask an administrator"):
        take_pin(by=here.director, at=here.now, person_id=ames.pk, site_id=here.site.pk)
    with pytest.raises(IntegrityError, match="staff_pin_set_by_its_person"), transaction.atomic():
        Pin.objects.create(person=ames, by=chief, secret="known", set_at=here.now)


def test_a_pin_is_set_with_the_password_of_the_account_and_neither_is_kept_in_a_fast_hash(here: World) -> None:
    cole = here.on_unit
    cole.set_password("a long pass phrase")
    cole.save()

    def choose(pin: str, password: str = "a long pass phrase") -> Pin:
        return set_pin(by=cole, at=here.now, pin=pin, password=password, site_id=here.site.pk)

    with pytest.raises(Refused, match="not the password"):
        choose("7305", "another pass phrase")
    with pytest.raises(Refused, match="in a row"):
        choose("1234")
    made = choose("7305")
    with pytest.raises(Refused, match="the PIN you have now"):
        choose("7305")
    assert made.secret.startswith("argon2")
    assert "7305" not in str(list(Event.objects.values("summary", "detail")))
    assert not Answer.objects.exists()


def _off_duty(here: World, ames: Person) -> None:
    go_off(by=ames, at=here.now, site_id=here.site.pk)


def _role_ended(here: World, ames: Person) -> None:
    chief = assign(person("chief", "Ora Chief"), here.site, Role.ADMINISTRATOR, at=here.now)
    end_role(by=chief, at=here.now, assignment_id=RoleAssignment.objects.get(person=ames).pk)


def _inactive(here: World, ames: Person) -> None:
    Person.objects.filter(pk=ames.pk).update(is_active=False)


@pytest.mark.parametrize(
    ("leaves", "said"),
    [(_off_duty, "not on duty at this site"), (_role_ended, "holds no role"), (_inactive, "no longer works")],
)  # fmt: skip
def test_who_left_proves_nothing_and_what_they_proved_before_signs_no_more(
    leaves: Callable[[World, Person], None], said: str, here: World, ames: Person
) -> None:
    proof = enter(here, ames)
    leaves(here, ames)
    with pytest.raises(Refused, match=said):
        enter(here, ames, after=SECOND)
    with pytest.raises(Refused, match=said):
        sign(here, proof, after=SECOND)
    assert Proof.objects.get().used_at is None


def test_a_proof_is_for_one_purpose_one_site_and_two_minutes(here: World, ames: Person) -> None:
    proof = enter(here, ames)
    with pytest.raises(Refused, match="for something else"):
        sign(here, proof, purpose="count")
    with pytest.raises(Refused, match="for something else"):
        use(proof.pk, purpose="waste", site=here.other_site, at=here.now, capability=Capability.WITNESS)
    with pytest.raises(Refused, match="too long ago"):
        sign(here, proof, after=2 * MINUTE)
    with pytest.raises(Refused, match="too long ago"):
        sign(here, proof, after=-SECOND)
    assert sign(here, proof, after=2 * MINUTE - SECOND) == ames


def test_nobody_is_the_second_person_to_themselves(here: World, ames: Person) -> None:
    proof = enter(here, ames)
    with pytest.raises(Refused, match="Ask someone else"):
        use(
            proof.pk, purpose="waste", site=here.site, at=here.now, capability=Capability.WITNESS, but_not=(ames.pk,)
        )  # fmt: skip


def test_who_lacks_the_capability_is_told_before_the_pin_is_looked_at(here: World) -> None:
    clarke = signs(here.intake, here.site, at=here.now)
    with pytest.raises(Refused, match=r"may not witness a waste, .* Ask a nurse, prescriber or clinical director"):
        prove(
            person_id=clarke.pk, pin=PIN, site=here.site, purpose="waste", at=here.now, capability=Capability.WITNESS
        )  # fmt: skip
    assert not PinTry.objects.exists()
    with pytest.raises(Refused, match="may not witness"):
        sign(here, enter(here, clarke))


def test_an_act_that_is_refused_leaves_the_proof_unused(here: World, ames: Person) -> None:
    proof = enter(here, ames)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        sign(here, proof)
        raise ZeroDivisionError
    assert sign(here, proof) == ames


def test_a_form_sent_again_gets_the_proof_it_used_and_only_with_the_right_pin(here: World, ames: Person) -> None:
    key = uuid4()

    def again(pin: str, at: datetime) -> Proof:
        return prove(person_id=ames.pk, pin=pin, site=here.site, purpose="waste", at=at, key=key)

    first = again(PIN, here.now)
    sign(here, first)
    assert again(PIN, here.now + 5 * MINUTE) == first
    with pytest.raises(Refused, match="not the PIN"):
        again(WRONG, here.now + 5 * MINUTE)


def test_a_form_sent_again_that_used_no_proof_gets_another(here: World, ames: Person) -> None:
    key = uuid4()
    pair = [
        prove(person_id=ames.pk, pin=PIN, site=here.site, purpose="waste", at=here.now + wait, key=key)
        for wait in (0 * SECOND, 5 * MINUTE)
    ]
    assert pair[0] != pair[1]
    assert sign(here, pair[1], after=5 * MINUTE) == ames
