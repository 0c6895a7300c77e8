"""Setting a PIN, coming on duty, and the piece that other rooms ask a second person with."""

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.template.loader import render_to_string
from django.test import Client as Session

from audit.rules.findings import Refused
from staff.actions import go_off
from staff.forms import SecondPersonForm
from staff.models import Duty, Pin, Proof
from staff.queries import PinState, pin_states
from staff.rules.capabilities import Capability, Role
from tests.factories import PIN, World, assign, person, signs, world
from tests.factories.people import PASSWORD
from tests.signing import signed_in


@pytest.fixture
def here(db: None) -> World:
    """The pages read the clock, so the world stands a little before it."""
    return world(datetime.now(UTC) - timedelta(minutes=5))


@pytest.fixture
def cole(here: World) -> Session:
    here.on_unit.set_password(PASSWORD)
    here.on_unit.save()
    return signed_in(here.on_unit)


def choose(session: Session, pin: str = PIN, again: str = PIN, password: str = PASSWORD) -> tuple[int, str]:
    answer = session.post("/staff/pin/", {"pin": pin, "again": again, "password": password})
    return answer.status_code, answer.content.decode()


def test_a_person_sets_their_own_pin(cole: Session, here: World) -> None:
    assert "You have no PIN to sign with yet" in cole.get("/").content.decode()
    assert choose(cole)[0] == 302
    assert Pin.objects.get().person == here.on_unit
    assert "You have no PIN" not in cole.get("/").content.decode()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"pin": "1234", "again": "1234"}, "in a row"), ({"again": "6084"}, "The two PINs differ"),
        ({"password": "some other phrase"}, "not the password you sign in with"), ({"pin": ""}, "Write the PIN you want"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_new_pin_is_said_and_no_digit_is_sent_back(
    asked: dict[str, str], said: str, cole: Session
) -> None:
    status, page = choose(cole, **asked)
    assert (status, said in page) == (422, True)
    assert not re.search(r'value="(7305|1234|6084)"', page)
    assert not Pin.objects.exists()


def test_an_open_tablet_is_no_place_to_guess_a_password(cole: Session) -> None:
    for _ in range(10):
        choose(cole, password="a guess at it")
    status, page = choose(cole)
    assert (status, "too many passwords" in page) == (422, True)


def test_one_tap_comes_on_duty_and_one_goes_off(cole: Session, here: World) -> None:
    key = uuid4()
    for _ in range(2):
        assert cole.post("/staff/duty/on/", {"key": key}).status_code == 302
    assert "Robin Cole" in cole.get("/staff/duty/").content.decode()
    assert Duty.objects.get().person == here.on_unit
    again = cole.post("/staff/duty/on/", {"key": uuid4()})
    assert (again.status_code, "on duty here already" in again.content.decode()) == (422, True)
    assert cole.post("/staff/duty/off/", {"key": uuid4()}).status_code == 302
    assert "Nobody is on duty" in cole.get("/staff/duty/").content.decode()


def test_an_administrator_takes_a_pin_away(here: World) -> None:
    ames = signs(here.second_nurse, here.site, at=here.now)
    chief = signed_in(assign(person("chief", "Ora Chief"), here.site, Role.ADMINISTRATOR, at=here.now))
    assert "Take the PIN of Ada Ames away" in chief.get("/staff/").content.decode()
    assert chief.post(f"/staff/{ames.pk}/take-pin/").status_code == 302
    again = chief.post(f"/staff/{ames.pk}/take-pin/")
    assert (again.status_code, "no PIN to take away" in again.content.decode()) == (422, True)


def test_the_staff_page_knows_whose_pin_is_locked(here: World) -> None:
    pairs = {who: Pin.objects.get(person=signs(who, here.site, at=here.now)) for who in (here.on_unit, here.intake)}
    for who, pin in pairs.items():
        for right in ([False] * 3 + [True] + [False] * 9, [True] + [False] * 10)[who == here.intake]:
            pin.tries.create(person=who, site=here.site, at=here.now, right=right)
    found = pin_states([here.on_unit.pk, here.intake.pk, here.director.pk])
    assert found == {here.on_unit.pk: PinState.SET, here.intake.pk: PinState.LOCKED}


class TestSecondPerson:
    """templates/components/second_person.html and staff.forms.SecondPersonForm."""

    @staticmethod
    def form(here: World, **typed: object) -> SecondPersonForm:
        return SecondPersonForm(
            typed or None, site=here.site, at=here.now, capability=Capability.WITNESS, but_not=[here.on_unit.pk]
        )  # fmt: skip

    def test_it_offers_who_may_sign_and_asks_for_digits(self, here: World) -> None:
        for who in (here.on_unit, here.second_nurse, here.intake):
            signs(who, here.site, at=here.now)
        html = render_to_string("components/second_person.html", {"second": self.form(here)})
        assert re.findall(r"<option[^>]*>([^<]+)", html) == ["Choose who signs with you", "Ada Ames, RN"]
        pin = re.search(r'<input[^>]*name="pin"[^>]*>', html)
        assert pin is not None
        for each in ('type="password"', 'inputmode="numeric"', 'autocomplete="off"'):
            assert each in pin[0]

    def test_the_right_pin_makes_the_proof(self, here: World) -> None:
        ames = signs(here.second_nurse, here.site, at=here.now)
        proof = self.form(here, second=ames.pk, pin=PIN).proof(purpose="waste")
        assert (proof.person, proof.purpose, proof.site) == (ames, "waste", here.site)

    def test_every_refusal_is_a_sentence_and_no_proof(self, here: World) -> None:
        ames, cole = (signs(who, here.site, at=here.now) for who in (here.second_nurse, here.on_unit))
        clarke = signs(here.intake, here.site, at=here.now)
        for typed, said in (
            ({"second": "", "pin": PIN}, "Choose who signs with you"),
            ({"second": ames.pk, "pin": ""}, "enters their own PIN"),
            ({"second": cole.pk, "pin": PIN}, "RN Cole signs already"),
            ({"second": clarke.pk, "pin": PIN}, "may not witness"),
            ({"second": here.elsewhere.pk, "pin": PIN}, "no role at this site"),
            ({"second": ames.pk, "pin": "9182"}, "not the PIN of RN Ames"),
        ):
            with pytest.raises(Refused, match=said):
                self.form(here, **typed).proof(purpose="waste")
        assert not Proof.objects.exists()

    def test_where_nobody_can_be_asked_it_says_so(self, here: World) -> None:
        ames = signs(here.second_nurse, here.site, at=here.now)
        go_off(by=ames, at=here.now, site_id=here.site.pk)
        html = render_to_string("components/second_person.html", {"second": self.form(here)})
        assert "Nobody else on duty here may witness a waste" in html
        with pytest.raises(Refused, match="not on duty at this site"):
            self.form(here, second=ames.pk, pin=PIN).proof(purpose="waste")
        with pytest.raises(Refused, match="Nobody else on duty"):
            self.form(here, second="", pin="").proof(purpose="waste")
