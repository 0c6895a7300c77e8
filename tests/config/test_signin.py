"""Signing in: by password and second factor everywhere, by one tap in the demonstration only; and the headers every page has."""

import os
import subprocess
import sys

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, hotp_value, yield_hotp_counters_from_time
from django.test import Client as Session

from audit.models import Event
from config import env
from config.demo.people import PASSWORD, SIGN_INS
from staff.models import Person
from staff.rules.capabilities import Role
from tests.factories import World, assign, person

LONG = "a long pass phrase"


@pytest.fixture
def cole(here: World) -> Person:
    here.on_unit.set_password(LONG)
    here.on_unit.save()
    return here.on_unit


def sign_in(session: Session, password: str = LONG) -> str:
    answer = session.post("/accounts/login/", {"login": "cole", "password": password, "next": "/beds/"})
    return str(answer.headers.get("Location", "")) or answer.content.decode()


def test_a_password_signs_in_and_leads_where_one_wanted_to_go(cole: Person) -> None:
    assert sign_in(Session()) == "/beds/"


def test_a_wrong_password_gets_a_sentence_and_keeps_the_name(cole: Person) -> None:
    page = sign_in(Session(), "not this one at all")
    assert 'value="cole"' in page
    assert "not correct" in page


def test_a_refused_sign_in_is_on_the_trail_without_what_was_typed(cole: Person) -> None:
    sign_in(Session(), "not this one at all")
    Session().post("/accounts/login/", {"login": "my password by mistake", "password": "cole"})
    [event] = Event.objects.filter(verb="staff.sign_in_refused")
    assert event.by_id == cole.pk
    assert "was refused" in event.summary
    assert not Event.objects.filter(summary__contains="not this one").exists()


def test_a_second_factor_is_asked_for_once_it_is_set_up(cole: Person) -> None:
    secret = generate_totp_secret()
    TOTP.activate(cole, secret)
    session = Session()
    assert "/accounts/2fa/authenticate/" in sign_in(session)
    assert session.get("/beds/").status_code == 302
    code = f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"
    session.post("/accounts/2fa/authenticate/", {"code": code})
    assert session.get("/beds/").status_code == 200


def test_nobody_signs_up_by_themselves(db: None) -> None:
    answer = Session().post("/accounts/signup/", {"username": "me", "password1": LONG, "password2": LONG})
    assert not Person.objects.filter(username="me").exists()
    assert answer.status_code in {200, 403}


def test_one_tap_signs_in_as_an_offered_person_only(here: World) -> None:
    assign(person("intake", "Imani Clarkwell"), here.site, Role.INTAKE, at=here.now)
    session = Session()
    assert session.post("/demo/sign-in/", {"as": "cole"}).status_code == 404
    assert session.post("/demo/sign-in/", {"as": "intake", "next": "https://elsewhere.example/"})["Location"] == "/"
    assert session.get("/beds/").status_code == 200


def test_outside_the_demonstration_the_one_tap_page_does_not_exist() -> None:
    script = (
        "import django; django.setup()\n"
        "from django.urls import Resolver404, resolve\n"
        "try:\n    resolve('/demo/sign-in/'); print('there')\n"
        "except Resolver404:\n    print('nothing')\n"
    )
    outside = os.environ | {"STEPWELL_DEMO": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=env.ROOT, env=outside, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "nothing"


def test_every_offered_person_is_invented_with_one_known_password() -> None:
    assert PASSWORD
    assert {sign_in.username for sign_in in SIGN_INS} >= {role.value for role in Role}


@pytest.mark.parametrize("where", ["/accounts/login/", "/beds/", "/nothing-here/"])
def test_every_page_has_its_security_headers(here: World, where: str) -> None:
    session = Session()
    session.force_login(here.on_unit)
    headers = session.get(where, follow=True).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_person_switches_to_another_site_and_role_they_hold_and_to_no_other(here: World) -> None:
    assign(here.on_unit, here.other_site, Role.PRESCRIBER, at=here.now)
    session = Session()
    session.force_login(here.on_unit)
    assert b"Riverbend campus" in session.get("/").content
    session.post("/desk/", {"site": here.other_site.pk})
    page = session.get("/").content.decode()
    assert "Prescriber" in page
    session.post("/desk/", {"site": 987654, "role": "administrator"})
    assert session.get("/staff/").status_code == 403
